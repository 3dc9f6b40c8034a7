/**
 * The value of a key that others chose (a word of a query, a name, an address, a condition); undefined: there is none. Read plainly, an object also
 * answers to 'constructor', '__proto__' and what else each object inherits.
 */
export const lookUp = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined)
