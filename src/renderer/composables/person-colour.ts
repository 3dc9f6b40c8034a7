/**
 * Colour of a person: one of twelve in the style sheet (--person-0 to --person-11), the same for an address on every device.
 * Pure.
 */
export const PERSON_COLOURS = 12

/** Picks the colour by the FNV-1a hash of the address. */
export function personColour(address: string): string {
  let hash = 0x811c9dc5
  for (const character of address) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return `var(--person-${(hash >>> 4) % PERSON_COLOURS})`
}
