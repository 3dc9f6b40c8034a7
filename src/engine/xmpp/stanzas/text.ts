/** Texts that XML can carry. */

/** Characters that XML 1.0 cannot carry. */
const UNSENDABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** Message text without characters that XML cannot carry. */
export const sendable = (text: string): string => text.toWellFormed().replace(UNSENDABLE, '\ufffd')
