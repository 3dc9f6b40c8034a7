/** The colour of a person: one of twelve of the style sheet (--person-0 to --person-11), the same for an address on every device. Pure. */
export const PERSON_COLOURS = 12

/** FNV-1a of the address, with an initial value that gives the ten avatars of the demo ten colours. */
export function personColour(address: string): string {
  let hash = 0x811c9e40
  for (const character of address) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return `var(--person-${(hash >>> 4) % PERSON_COLOURS})`
}
