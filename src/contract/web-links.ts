/** Addresses of web pages in a text. Pure. */

/**
 * Pattern of links. The local part of an address is limited to 1,023 bytes (RFC 7622 section 3.3); without a limit, many candidate starts would
 * each scan to the end.
 */
export const LINK = /(?:https?:\/\/|xmpp:(?=[^\s@]{1,1023}@))[^\s<>"'“”‘’（）()，。；！？、]+[^\s<>"'“”‘’（）()，。；！？、.,;:!?\]]/gu

const canonical = (url: string): string => (URL.canParse(url) ? new URL(url).href : url)

/** Whether a text links to exactly that page, not to one whose address only begins with it. */
export const linksTo = (text: string, url: string): boolean => [...text.matchAll(LINK)].some(([link]) => canonical(link) === canonical(url))
