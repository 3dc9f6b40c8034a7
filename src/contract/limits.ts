/** Limits that both sides of the IPC border enforce; free of schemas, so that windows may load them. */

/** Longest error reported by a window, in characters. */
export const LONGEST_ERROR = 2000
