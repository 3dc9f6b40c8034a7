/** Limits that both sides of the border hold; free of schemas, so that windows may load them. */

/** Characters of an error that a window tells of. */
export const LONGEST_ERROR = 2000
