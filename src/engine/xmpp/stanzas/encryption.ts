/** End-to-end encrypted messages: OMEMO (XEP-0384 0.3 and 0.8), and formats that cannot be read here: XEP-0384 0.4 to 0.7, XEP-0373, XEP-0027, OTR. */
import { xml, type Element } from '@xmpp/client'
import type { Jid } from '../../../contract/domain.ts'
import type { Sealed, SealedMessage } from '../omemo/sealed.ts'
import { decodeEnvelope, envelopeElement, NAMESPACES } from '../omemo/elements.ts'
import { OmemoRefusal } from '../omemo/refusal.ts'
import { VERSIONS, type Version } from '../omemo/version.ts'
import { bodyOf } from './body.ts'
import { NS } from './namespaces.ts'
import { fallbackOf } from './replies.ts'

const OMEMO = /^(?:eu\.siacs\.conversations\.axolotl|urn:xmpp:omemo:\d+)$/
const OPEN_PGP = new Set(['urn:xmpp:openpgp:0', 'jabber:x:encrypted'])
/** OTR data message or fragment (version 3); a request to start OTR is plain text. */
const OTR = /^\?OTR[:,|]/

/**
 * 'content': encrypted content; a body is only a note for clients that cannot decrypt it. 'keys': a key transport message between clients, without content
 * (XEP-0384 section 'Sending a key transport message'). null: not encrypted.
 */
export function encryptionOf(stanza: Element): 'content' | 'keys' | null {
  for (const child of stanza.getChildElements()) {
    const xmlns = child.getNS() ?? ''
    if (child.name === 'encrypted' && OMEMO.test(xmlns)) return child.getChild('payload') === undefined ? 'keys' : 'content'
    if (OPEN_PGP.has(xmlns)) return 'content'
  }
  if (OTR.test(bodyOf(stanza))) return 'content'
  return stanza.getChild('encryption', NS.encryption) === undefined ? null : 'content'
}

/**
 * Ciphertext for our device, decrypted when the message is stored; null: nothing that our OMEMO versions could decrypt. `from`: author according to the
 * server or group. A message may be encrypted in both versions, for devices that know one each: the newer one counts.
 */
export function sealedOf(stanza: Element, device: number | null, { from, own }: { from: Jid | null; own: Jid }): Sealed | null {
  if (device === null) return null
  const found = VERSIONS.flatMap((version) => sealedIn(stanza, version, device, { from, own }) ?? [])
  return found.findLast(({ key }) => key !== null) ?? found[0] ?? null
}

/** True for a message in one of our OMEMO versions, for this device or not. */
export const isOmemo = (stanza: Element): boolean => VERSIONS.some((version) => stanza.getChild('encrypted', NAMESPACES[version]) !== undefined)

function sealedIn(stanza: Element, version: Version, device: number, { from, own }: { from: Jid | null; own: Jid }): Sealed | null {
  const encrypted = stanza.getChild('encrypted', NAMESPACES[version])
  if (encrypted === undefined) return null
  try {
    const { deviceId, keys, payload } = decodeEnvelope(version, encrypted, own)
    return { version, from, device: deviceId, key: keys.get(device) ?? null, payload, fallback: version === 'axolotl' ? fallbackOf(stanza) : null }
  } catch (error) {
    if (error instanceof OmemoRefusal) return null
    throw error
  }
}

/** Text shown by clients without OMEMO, in the same words as other clients use. */
const WITHOUT_OMEMO = 'I sent you an OMEMO encrypted message but your client doesn’t seem to support that.'
/** Elements allowed beside an encrypted text: ids, and requests to the receiver. Anything else could reveal the content. */
const BESIDE = new Set<string>([NS.stableId, NS.receipts, NS.chatMarkers, NS.correction, NS.replies, NS.fallback, NS.mucUser, NS.styling])

/** Elements allowed beside an envelope: ids, data for servers, and requests to the receiver that every message contains. */
const BESIDE_ENVELOPE = new Set<string>([NS.stableId, NS.receipts, NS.chatMarkers, NS.mucUser, NS.hints])
const isBeside = (child: Element, names: ReadonlySet<string>): boolean => child.name !== 'body' && names.has(child.getNS() ?? '')

/** Elements that are encrypted in `urn:xmpp:omemo:2`: all but those allowed beside the envelope. */
export const contentOf = (message: Element): Element[] => message.getChildElements().filter((child) => !isBeside(child, BESIDE_ENVELOPE))

/**
 * Encrypted message in one version, or in both for devices that know one each: `sealed` replaces the content. In `urn:xmpp:omemo:2` alone nothing outside
 * tells a text from a reaction.
 */
export function encryptedMessage(message: Element, sealed: readonly SealedMessage[]): Element {
  const [newest] = sealed.toReversed()
  if (newest === undefined) throw new Error('no encrypted version of the message')
  const isOld = sealed.some(({ version }) => version === 'axolotl')
  const says = sealed.some(({ ciphertext }) => ciphertext !== null)
  const envelopes = sealed.map(({ version, device, keys, iv, ciphertext }) =>
    envelopeElement(version, { deviceId: device, keys, payload: ciphertext === null ? null : { iv, ciphertext } }, iv)
  )
  const beside = message.getChildElements().filter((child) => isBeside(child, isOld ? BESIDE : BESIDE_ENVELOPE) && !child.is('store', NS.hints))
  return xml(
    'message',
    message.attrs,
    ...envelopes,
    xml('encryption', { xmlns: NS.encryption, namespace: NAMESPACES[newest.version], name: 'OMEMO' }),
    ...(isOld && says ? [xml('body', {}, WITHOUT_OMEMO)] : []),
    ...beside,
    xml('store', { xmlns: NS.hints })
  )
}
