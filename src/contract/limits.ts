/** Limits that both sides of the IPC border enforce; free of schemas, so that windows may load them. */

/** Longest error reported by a window, in characters. */
export const LONGEST_ERROR = 2000

/** Longest query, in UTF-16 units. */
export const LONGEST_QUERY = 1000

/** Most messages of a page. */
export const LARGEST_PAGE = 200

/** Largest piece of a file handed over at once, in bytes. */
export const LARGEST_PIECE = 2 ** 20
