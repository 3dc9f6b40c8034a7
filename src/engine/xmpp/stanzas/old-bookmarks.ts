/** XEP-0048 legacy bookmarks: one list of all groups, in private XML storage (XEP-0049) or in a PEP node. */
import { xml, type Element } from '@xmpp/client'
import { bare, parseJid } from '../../../contract/address.ts'
import type { Bookmark } from './bookmarks.ts'
import { NS } from './namespaces.ts'
import { plainName } from '../../file-names.ts'

export const storageQuery = (): Element => xml('iq', { type: 'get' }, xml('query', { xmlns: NS.privateStorage }, xml('storage', { xmlns: NS.oldBookmarks })))
export const keepStorage = (storage: Element): Element => xml('iq', { type: 'set' }, xml('query', { xmlns: NS.privateStorage }, storage))
/** Stored list; empty if there is none. */
export const storageOf = (answer: Element): Element =>
  answer.getChild('query', NS.privateStorage)?.getChild('storage', NS.oldBookmarks) ?? xml('storage', { xmlns: NS.oldBookmarks })

const groupOf = (conference: Element): string | null => {
  const jid = parseJid(conference.attrs['jid'] ?? '')
  return jid === null || !jid.includes('@') ? null : bare(jid)
}

/** Groups of a list, each once: of several entries the first with autojoin counts. */
export function oldBookmarks(storage: Element | null): Bookmark[] {
  if (storage === null || !storage.is('storage', NS.oldBookmarks)) return []
  const found = new Map<string, Bookmark>()
  for (const conference of storage.getChildren('conference')) {
    const group = groupOf(conference)
    if (group === null) continue
    const { autojoin, name = '' } = conference.attrs
    const mark: Bookmark = {
      group: bare(group),
      autojoin: autojoin === 'true' || autojoin === '1',
      name: plainName(name, 200),
      nick: conference.getChildText('nick')?.slice(0, 200) || null,
      password: conference.getChildText('password') || null
    }
    const before = found.get(group)
    if (before === undefined || (!before.autojoin && mark.autojoin)) found.set(group, mark)
  }
  return [...found.values()]
}

/** List with an added or changed bookmark; everything else stays, including unknown elements. Null: nothing to change. */
export function withBookmark(storage: Element, { group, autojoin, name, nick, password }: Bookmark): Element | null {
  const before = storage.getChildren('conference').find((conference) => groupOf(conference) === group)
  if (before === undefined && !autojoin) return null
  const ours = { nick, password }
  const kept = (before?.getChildElements() ?? []).filter(({ name: child }) => (child !== 'nick' && child !== 'password') || ours[child] === null)
  const given = Object.entries(ours).flatMap(([child, text]) => (text === null ? [] : [xml(child, {}, text)]))
  const named = name === '' || (before?.attrs['name'] ?? '') !== '' ? {} : { name }
  const conference = xml('conference', { ...before?.attrs, jid: group, autojoin: String(autojoin), ...named }, ...given, ...kept)
  const others = storage.getChildElements().filter((child) => child.name !== 'conference' || groupOf(child) !== group)
  return xml('storage', { xmlns: NS.oldBookmarks }, ...others, conference)
}
