/** Server of a new account, from typed, pasted or opened text. Pure. */
import { domainOf, localOf, parseJid } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import { parseXmppUri } from './xmpp-uri.ts'

export interface NewAccount {
  domain: string
  /** Token of the invitation (XEP-0445). */
  token: string | null
  /** User name that the invitation gives; empty if none. */
  name: string
  /** Person who becomes a contact. */
  inviter: Jid | null
}

/** Parses an xmpp: link. */
function ofLink(text: string): NewAccount | null {
  const link = parseXmppUri(text)
  const jid = parseJid(link?.jid ?? '')
  if (link === null || jid === null || link.group) return null
  const hasName = jid.includes('@')
  return {
    domain: domainOf(jid),
    token: link.token,
    name: hasName && link.account === 'named' ? localOf(jid) : '',
    inviter: hasName && link.account !== 'named' ? jid : null
  }
}

/**
 * Parses the address of an invitation page, as Prosody's mod_invites_page and Snikket write it: the token in the path or in
 * the query; or the whole xmpp: link after the #, as easy-xmpp-invitation writes it.
 */
function ofPage(text: string): NewAccount | null {
  if (!URL.canParse(text)) return null
  const { protocol, hostname, pathname, search, searchParams, hash } = new URL(text)
  if (protocol !== 'https:') return null
  if (hash.includes('?')) return ofLink(`xmpp:${hash.slice(1)}`)
  const token = /^\/(?:invite|register)\/([\w-]{6,500})\/?$/.exec(pathname)?.[1] ?? searchParams.get('t') ?? /^\?([\w-]{6,500})$/.exec(search)?.[1]
  return token === undefined || !/^\/(invite|register)\b/.test(pathname) ? null : { domain: hostname, token, name: '', inviter: null }
}

/** Parses a server name, an xmpp: link, or the address of an invitation page; null if it is none of them. */
export function newAccountAt(text: string): NewAccount | null {
  const typed = text.trim()
  if (/^xmpp:/i.test(typed)) return ofLink(typed)
  if (/^https?:/i.test(typed)) return ofPage(typed)
  const jid = parseJid(typed)
  if (jid === null || typed.includes('/') || !/^[^.]+(\.[^.]+)*$/.test(domainOf(jid))) return null
  return { domain: domainOf(jid), token: null, name: jid.includes('@') ? localOf(jid) : '', inviter: null }
}
