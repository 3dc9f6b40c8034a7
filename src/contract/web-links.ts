/** Addresses of pages within a text. Pure. */

export const LINK = /(?:https?:\/\/|xmpp:(?=[^\s@]+@))[^\s<>"'“”‘’（）()，。；！？、]+[^\s<>"'“”‘’（）()，。；！？、.,;:!?\]]/gu

const canonical = (url: string): string => (URL.canParse(url) ? new URL(url).href : url)

/** Whether a text links to that page itself, not to one whose address only begins so. */
export const linksTo = (text: string, url: string): boolean => [...text.matchAll(LINK)].some(([link]) => canonical(link) === canonical(url))
