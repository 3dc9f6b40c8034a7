/** The query language, so far: words, all of which must be contained, and "exact phrases". Pure. */

/** The pieces of text that a message must contain, each as it was typed. */
export function parseQuery(query: string): string[] {
  const terms: string[] = []
  const rest = query.replace(/"([^"]+)"/g, (_, phrase: string) => {
    if (phrase.trim() !== '') terms.push(phrase.trim())
    return ' '
  })
  terms.push(...rest.split(/\s+/u).filter((word) => word !== ''))
  return [...new Set(terms)]
}
