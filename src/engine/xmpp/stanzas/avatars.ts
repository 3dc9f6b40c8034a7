/** XEP-0084 User Avatar; XEP-0172 User Nickname. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'
import { publish, type Item } from './pubsub.ts'
import { plainName } from '../../file-names.ts'

/** Largest avatar that is fetched, bytes. */
export const LARGEST_AVATAR = 512 * 1024
/** Media types that may be shown. */
const TYPES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'])

export const isPicture = (type: string): boolean => TYPES.has(type)

export interface AvatarInfo {
  /** Item id: SHA-1 of the picture, hex. */
  id: string
  bytes: number
  type: string
}

/** Metadata of an item; undefined: no usable metadata; null: the avatar was removed. */
export function avatarInfo({ payload }: Item): AvatarInfo | null | undefined {
  if (payload === null || !payload.is('metadata', NS.avatarMetadata)) return undefined
  const infos = payload.getChildren('info')
  if (infos.length === 0) return null
  for (const { attrs } of infos) {
    const bytes = Number(attrs['bytes'])
    const { id = '', type = '', url } = attrs
    if (url === undefined && /^[0-9a-f]{40}$/.test(id) && isPicture(type) && Number.isSafeInteger(bytes) && bytes > 0 && bytes <= LARGEST_AVATAR)
      return { id, bytes, type }
  }
  return undefined
}

export const avatarData = ({ payload }: Item): Buffer | null => (payload?.is('data', NS.avatarData) === true ? Buffer.from(payload.text(), 'base64') : null)

export const publishAvatarData = (id: string, data: Buffer): Element =>
  publish(NS.avatarData, id, xml('data', { xmlns: NS.avatarData }, data.toString('base64')), 'shown')
export const publishAvatarInfo = ({ id, bytes, type }: AvatarInfo, side: number): Element =>
  publish(
    NS.avatarMetadata,
    id,
    xml('metadata', { xmlns: NS.avatarMetadata }, xml('info', { id, bytes: String(bytes), type, width: String(side), height: String(side) })),
    'shown'
  )
export const removeAvatar = (): Element => publish(NS.avatarMetadata, 'current', xml('metadata', { xmlns: NS.avatarMetadata }), 'shown')

/** Publishes a nickname; an empty one removes it: not every server sends notifications of retracted items. */
export const publishNick = (nick: string): Element => publish(NS.nick, 'current', xml('nick', { xmlns: NS.nick }, nick), 'shown')
/** Nickname in an item; empty: none. */
export const nickOf = ({ payload }: Item): string => (payload?.is('nick', NS.nick) === true ? plainName(payload.text(), 200) : '')
