/** RFC 6121 section 2: the roster. */
import { xml, type Element } from '@xmpp/client'
import { bare, domainOf, parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'
import { plainName } from '../../file-names.ts'

export interface RosterItem {
  jid: Jid
  name: string
  subscription: 'none' | 'to' | 'from' | 'both' | 'remove'
  /** Our presence request is unanswered. */
  asked: boolean
  /** Groups assigned by the user, here or in another client. */
  groups: string[]
}

const SUBSCRIPTIONS = new Set(['none', 'to', 'from', 'both', 'remove'])

/** `version`: of the local roster copy, '' without one; null: the server has no versions, or the whole roster is wanted (section 2.6). */
export const rosterGet = (version: string | null = null): Element =>
  xml('iq', { type: 'get' }, xml('query', { xmlns: NS.roster, ...(version === null ? {} : { ver: version }) }))
/** Roster version of a result or push; null: none. */
export const rosterVersion = (iq: Element): string | null => iq.getChild('query', NS.roster)?.attrs['ver'] ?? null
/** True for a result without a query: the roster is unchanged. */
export const isRosterAsBefore = (iq: Element): boolean => iq.getChild('query', NS.roster) === undefined
/** Adds or updates a contact; must contain the whole item, because the server replaces it (section 2.3). */
export const rosterAdd = (jid: string, name: string, groups: readonly string[] = []): Element =>
  xml(
    'iq',
    { type: 'set' },
    xml('query', { xmlns: NS.roster }, xml('item', { jid, ...(name === '' ? {} : { name }) }, ...groups.map((group) => xml('group', {}, group))))
  )

/** Removes a contact (section 2.5). */
export const rosterRemove = (jid: string): Element =>
  xml('iq', { type: 'set' }, xml('query', { xmlns: NS.roster }, xml('item', { jid, subscription: 'remove' })))

export function rosterItems(iq: Element): RosterItem[] {
  return (iq.getChild('query', NS.roster)?.getChildren('item') ?? []).flatMap((item) => {
    const jid = parseJid(item.attrs['jid'] ?? '')
    const subscription = item.attrs['subscription'] ?? 'none'
    if (jid === null || !SUBSCRIPTIONS.has(subscription)) return []
    return [
      {
        jid: bare(jid),
        name: plainName(item.attrs['name'] ?? '', 1023),
        subscription: subscription as RosterItem['subscription'],
        asked: item.attrs['ask'] === 'subscribe',
        groups: item.getChildren('group').map((group) => group.text())
      }
    ]
  })
}

/** True for a trustworthy roster push: without sender, or from our own account or server (section 2.1.6). */
export function isRosterPush(iq: Element, own: string): boolean {
  const { from, type } = iq.attrs
  if (type !== 'set' || iq.getChild('query', NS.roster) === undefined) return false
  return from === undefined || from === bare(own) || from === domainOf(own)
}
