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
  /** We asked to see their presence and they have not answered. */
  asked: boolean
  /** In which the user, or another program of his, has put it. */
  groups: string[]
}

const SUBSCRIPTIONS = new Set(['none', 'to', 'from', 'both', 'remove'])

/** `version`: of the roster that is known, '' where none is; null: the server has no versions, or all of it is wanted (section 2.6). */
export const rosterGet = (version: string | null = null): Element =>
  xml('iq', { type: 'get' }, xml('query', { xmlns: NS.roster, ...(version === null ? {} : { ver: version }) }))
/** The version that a result or a push brings the roster to; null: it names none. */
export const rosterVersion = (iq: Element): string | null => iq.getChild('query', NS.roster)?.attrs['ver'] ?? null
/** A result without a query: the roster is as it was. */
export const isRosterAsBefore = (iq: Element): boolean => iq.getChild('query', NS.roster) === undefined
/** Adds a contact, or gives it another name: all that an item is to have, for the server keeps nothing of the old one (section 2.3). */
export const rosterAdd = (jid: string, name: string, groups: readonly string[] = []): Element =>
  xml(
    'iq',
    { type: 'set' },
    xml('query', { xmlns: NS.roster }, xml('item', { jid, ...(name === '' ? {} : { name }) }, ...groups.map((group) => xml('group', {}, group))))
  )

/** No longer a contact (section 2.5). */
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

/** Whether an IQ is a roster push that may be believed: from nobody, our own account or our own server (section 2.1.6). */
export function isRosterPush(iq: Element, own: string): boolean {
  const { from, type } = iq.attrs
  if (type !== 'set' || iq.getChild('query', NS.roster) === undefined) return false
  return from === undefined || from === bare(own) || from === domainOf(own)
}
