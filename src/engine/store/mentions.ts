/** Mentions of a nickname in a text: after an @, or as a separate word. */
export function mentions(text: string, nick: string): boolean {
  const said = text.toLowerCase()
  const name = nick.toLowerCase()
  if (said.includes(`@${name}`)) return true
  const joined = /[\p{L}\p{N}]/u
  const spaced = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u.test(name)
  for (let at = said.indexOf(name); at >= 0 && spaced; at = said.indexOf(name, at + 1))
    if (!joined.test(said.charAt(at - 1)) && !joined.test(said.charAt(at + name.length))) return true
  return false
}
