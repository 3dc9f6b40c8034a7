/** XEP-0402 PEP Native Bookmarks: the groups that our devices are in. */
import { xml } from '@xmpp/client'
import { bare, parseJid } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import { NS } from './namespaces.ts'
import type { Item } from './pubsub.ts'
import { plainName } from './text.ts'

export interface Bookmark {
  group: Jid
  /** All devices are to be in it. */
  autojoin: boolean
  name: string
  nick: string | null
  password: string | null
}

export const bookmarkItem = ({ group, autojoin, name, nick, password }: Bookmark): Item => ({
  id: group,
  payload: xml('conference', { xmlns: NS.bookmarks, autojoin: String(autojoin), ...(name === '' ? {} : { name }) }, ...(nick === null ? [] : [xml('nick', {}, nick)]), ...(password === null ? [] : [xml('password', {}, password)]))
})

/** What an item says; where it was taken back: not to be in it. */
export function bookmark({ id, payload }: Item): Bookmark | null {
  const group = parseJid(id)
  if (group === null || !group.includes('@') || group !== bare(group)) return null
  if (payload === null) return { group, autojoin: false, name: '', nick: null, password: null }
  if (!payload.is('conference', NS.bookmarks)) return null
  const autojoin = payload.attrs['autojoin'] === 'true' || payload.attrs['autojoin'] === '1'
  return { group, autojoin, name: plainName(payload.attrs['name'] ?? '', 200), nick: payload.getChildText('nick')?.slice(0, 200) ?? null, password: payload.getChildText('password') ?? null }
}
