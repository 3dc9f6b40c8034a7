/** XEP-0153 vCard-Based Avatars over XEP-0054, of people who do not publish by XEP-0084. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'
import { isPicture, LARGEST_AVATAR } from './avatars.ts'

/** SHA-1 (hex) of the picture announced in a presence; null: no picture; undefined: no announcement. */
export function photoHash(presence: Element): string | null | undefined {
  const photo = presence.getChild('x', NS.vcardUpdate)?.getChild('photo')
  if (photo === undefined) return undefined
  const hash = photo.text().trim().toLowerCase()
  if (hash === '') return null
  return /^[0-9a-f]{40}$/.test(hash) ? hash : undefined
}

export const vcardQuery = (jid: string): Element => xml('iq', { type: 'get', to: jid }, xml('vCard', { xmlns: NS.vcard }))

/** Sets or removes a group's avatar (XEP-0045 has no own way; rooms that announce vcard-temp accept it from their owners). `before`: its vCard, of which everything else stays. */
export const vcardSetPhoto = (jid: string, photo: { type: string; data: Buffer } | null, before: Element | null): Element =>
  xml(
    'iq',
    { type: 'set', to: jid },
    xml(
      'vCard',
      { xmlns: NS.vcard },
      ...(before?.getChildElements() ?? []).filter(({ name }) => name !== 'PHOTO'),
      ...(photo === null ? [] : [xml('PHOTO', {}, xml('TYPE', {}, photo.type), xml('BINVAL', {}, photo.data.toString('base64')))])
    )
  )

/** Picture in a vCard, or null if there is none that may be shown. */
export function vcardPhoto(answer: Element): { type: string; data: Buffer } | null {
  const photo = answer.getChild('vCard', NS.vcard)?.getChild('PHOTO')
  const type = photo?.getChildText('TYPE')?.trim().toLowerCase() ?? ''
  const encoded = photo?.getChildText('BINVAL') ?? ''
  if (!isPicture(type) || encoded.length > LARGEST_AVATAR * 2) return null
  const data = Buffer.from(encoded, 'base64')
  return data.length === 0 || data.length > LARGEST_AVATAR ? null : { type, data }
}
