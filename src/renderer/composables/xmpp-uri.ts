/** xmpp: links (RFC 5122, XEP-0147). Pure. */
import { xmppUri } from '../../contract/address.ts'

export interface XmppLink {
  jid: string
  /** ?join: the link leads to a group. */
  group: boolean
  password: string | null
  /** Token of an invitation (XEP-0379, XEP-0445). */
  token: string | null
  /**
   * Kind of new account the link leads to: one with that name (XEP-0445 section 3), or one with that person as a contact
   * (XEP-0401).
   */
  account: 'named' | 'contact' | null
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Parses a link; null if it is no xmpp: link. */
export function parseXmppUri(text: string): XmppLink | null {
  const match = /^\s*xmpp:(?:\/\/[^/]*\/)?([^?#\s]+)(?:\?([^#\s]*))?/i.exec(text)
  if (match === null) return null
  const [action = '', ...pairs] = (match[2] ?? '').split(';')
  const value = (name: string): string | null => {
    const pair = pairs.find((one) => one.toLowerCase().startsWith(`${name}=`))
    return pair === undefined ? null : decode(pair.slice(name.length + 1))
  }
  return {
    jid: decode(match[1] ?? ''),
    group: action.toLowerCase() === 'join',
    password: value('password'),
    token: value('preauth'),
    account: action.toLowerCase() === 'register' ? 'named' : value('ibr') === 'y' ? 'contact' : null
  }
}

/** Public keys by device id, as other clients put them into a link (`omemo-sid-…`), 64 hex digits; libsignal's begin with 05. */
export function fingerprintsIn(text: string): Map<number, string> {
  const found = text.matchAll(/[?;&]omemo-sid-(\d{1,10})=(?:05)?([0-9a-f]{64})(?![0-9a-f])/gi)
  return new Map([...found].map(([, device, key]) => [Number(device), (key ?? '').toLowerCase()]))
}

/** Link to an account with the keys of its devices, for verification. */
export const xmppUriWithDevices = (jid: string, devices: readonly { device: number; fingerprint: string }[]): string =>
  `${xmppUri(jid)}?${devices.map(({ device, fingerprint }) => `omemo-sid-${device}=${fingerprint}`).join(';')}`

/** Address of the person if the text consists of only that link; otherwise null. */
export const contactIn = (text: string): string | null => /^xmpp:([^\s?#/]{1,1023}@[^\s?#/]{1,1023})$/i.exec(text.trim())?.[1]?.toLowerCase() ?? null
