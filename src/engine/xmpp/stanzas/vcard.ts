/** XEP-0153 vCard-Based Avatars over XEP-0054, for those who do not show theirs by XEP-0084. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'
import { isPicture, LARGEST_AVATAR } from './avatars.ts'

/** SHA-1 (hex) of the picture that a presence announces; null: there is none; undefined: it says nothing of one. */
export function photoHash(presence: Element): string | null | undefined {
  const photo = presence.getChild('x', NS.vcardUpdate)?.getChild('photo')
  if (photo === undefined) return undefined
  const hash = photo.text().trim().toLowerCase()
  if (hash === '') return null
  return /^[0-9a-f]{40}$/.test(hash) ? hash : undefined
}

export const vcardQuery = (jid: string): Element => xml('iq', { type: 'get', to: jid }, xml('vCard', { xmlns: NS.vcard }))

/** Gives a group another picture, or none (XEP-0045 has no own way; rooms that announce vcard-temp take it from their owners). */
export const vcardSetPhoto = (jid: string, photo: { type: string; data: Buffer } | null): Element =>
  xml(
    'iq',
    { type: 'set', to: jid },
    xml(
      'vCard',
      { xmlns: NS.vcard },
      ...(photo === null ? [] : [xml('PHOTO', {}, xml('TYPE', {}, photo.type), xml('BINVAL', {}, photo.data.toString('base64')))])
    )
  )

/** The picture of the vCard that answers, or null where it has none that may be shown. */
export function vcardPhoto(answer: Element): { type: string; data: Buffer } | null {
  const photo = answer.getChild('vCard', NS.vcard)?.getChild('PHOTO')
  const type = photo?.getChildText('TYPE')?.trim().toLowerCase() ?? ''
  const encoded = photo?.getChildText('BINVAL') ?? ''
  if (!isPicture(type) || encoded.length > LARGEST_AVATAR * 2) return null
  const data = Buffer.from(encoded, 'base64')
  return data.length === 0 || data.length > LARGEST_AVATAR ? null : { type, data }
}
