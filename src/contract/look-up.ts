/**
 * Value of a key chosen by others (a query word, a name, an address, an error condition), or undefined. Plain indexing of an object would also
 * find 'constructor', '__proto__' and everything else that objects inherit.
 */
export const lookUp = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined)
