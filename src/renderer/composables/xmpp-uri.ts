/** xmpp: links (RFC 5122, XEP-0147). Pure. */

export interface XmppLink {
  jid: string
  /** ?join: it leads to a group. */
  group: boolean
  password: string | null
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** null: it is no such link. */
export function parseXmppUri(text: string): XmppLink | null {
  const match = /^\s*xmpp:(?:\/\/[^/]*\/)?([^?#\s]+)(?:\?([^#\s]*))?/i.exec(text)
  if (match === null) return null
  const [action = '', ...pairs] = (match[2] ?? '').split(';')
  const password = pairs.find((pair) => pair.startsWith('password='))
  return { jid: decode(match[1] ?? ''), group: action.toLowerCase() === 'join', password: password === undefined ? null : decode(password.slice('password='.length)) }
}

/** The link to a bare address; what a link cannot hold as it is, is escaped (RFC 5122 section 2.2). */
export const xmppUri = (jid: string): string => `xmpp:${jid.split('@').map(encodeURIComponent).join('@')}`
