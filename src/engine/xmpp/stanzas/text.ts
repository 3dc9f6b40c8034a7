/** Texts as XML can carry them. */

/** Characters that XML 1.0 cannot carry. */
const UNSENDABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** A name as it reads: nothing that changes the direction of what follows, hides, or moves the cursor. */
export const plainName = (name: string, longest = Infinity): string =>
  name
    .normalize('NFC')
    .replace(/[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, '')
    .trim()
    .slice(0, longest)
    .replace(/[\ud800-\udbff]$/, '')

/** The text of a message as XML can carry it. */
export const sendable = (text: string): string => text.toWellFormed().replace(UNSENDABLE, '\ufffd')
