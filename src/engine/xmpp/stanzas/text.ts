/** Texts as XML can carry them. */

/** Characters that XML 1.0 cannot carry. */
const UNSENDABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** The text of a message as XML can carry it. */
export const sendable = (text: string): string => text.toWellFormed().replace(UNSENDABLE, '\ufffd')
