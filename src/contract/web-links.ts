/** Addresses of pages within a text. Pure. */

/** The part before the @ of an address is at most 1,023 bytes (RFC 7622 section 3.3); without a bound many beginnings would each look to the end. */
export const LINK = /(?:https?:\/\/|xmpp:(?=[^\s@]{1,1023}@))[^\s<>"'“”‘’（）()，。；！？、]+[^\s<>"'“”‘’（）()，。；！？、.,;:!?\]]/gu

const canonical = (url: string): string => (URL.canParse(url) ? new URL(url).href : url)

/** Whether a text links to that page itself, not to one whose address only begins so. */
export const linksTo = (text: string, url: string): boolean => [...text.matchAll(LINK)].some(([link]) => canonical(link) === canonical(url))
