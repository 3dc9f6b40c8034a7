/** XEP-0402 PEP Native Bookmarks: groups joined by all of our devices. */
import { xml, type Element } from '@xmpp/client'
import { bare, parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'
import type { Item } from './pubsub.ts'
import { plainName } from '../../file-names.ts'

export interface Bookmark {
  group: Jid
  /** All devices join the group automatically. */
  autojoin: boolean
  name: string
  nick: string | null
  password: string | null
}

/** `before`: the published item. Its other contents stay, including unknown extensions (section 4), and values that the bookmark leaves open. */
export function bookmarkItem({ group, autojoin, name, nick, password }: Bookmark, before: Element | null = null): Item {
  const known = before?.is('conference', NS.bookmarks) === true ? before : null
  const ours = { nick, password }
  const kept = (known?.getChildElements() ?? []).filter(({ name: child }) => (child !== 'nick' && child !== 'password') || ours[child] === null)
  const given = Object.entries(ours).flatMap(([child, text]) => (text === null ? [] : [xml(child, {}, text)]))
  const named = name === '' || (known?.attrs['name'] ?? '') !== '' ? {} : { name }
  return { id: group, payload: xml('conference', { ...known?.attrs, xmlns: NS.bookmarks, autojoin: String(autojoin), ...named }, ...given, ...kept) }
}

/** Bookmark in an item; a retracted item means that the group is left. */
export function bookmark({ id, payload }: Item): Bookmark | null {
  const group = parseJid(id)
  if (group === null || !group.includes('@') || group !== bare(group)) return null
  if (payload === null) return { group, autojoin: false, name: '', nick: null, password: null }
  if (!payload.is('conference', NS.bookmarks)) return null
  const autojoin = payload.attrs['autojoin'] === 'true' || payload.attrs['autojoin'] === '1'
  return {
    group,
    autojoin,
    name: plainName(payload.attrs['name'] ?? '', 200),
    nick: payload.getChildText('nick')?.slice(0, 200) ?? null,
    password: payload.getChildText('password') ?? null
  }
}
