/** Messages that are encrypted end to end: OMEMO (XEP-0384 0.3 and 0.8), and what cannot be read here: XEP-0384 0.4 to 0.7, XEP-0373, XEP-0027, OTR. */
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
/** A data message or a fragment of one (OTR version 3); a request to begin is a text. */
const OTR = /^\?OTR[:,|]/

/**
 * 'content': what its author said is encrypted, and a body is but a word to clients that cannot decrypt it. 'keys': it carries keys for
 * the clients alone and says nothing (XEP-0384 section 'Sending a key transport message'). null: it is not encrypted.
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
 * What a message has for our device, to be opened when it is stored; null: nothing that OMEMO as it is read here could open. `from`: whose it is, as the server
 * or the group says. A message may be encrypted in both versions, for devices that know one of them each: of what is for us the newer counts.
 */
export function sealedOf(stanza: Element, device: number | null, { from, own }: { from: Jid | null; own: Jid }): Sealed | null {
  if (device === null) return null
  const found = VERSIONS.flatMap((version) => sealedIn(stanza, version, device, { from, own }) ?? [])
  return found.findLast(({ key }) => key !== null) ?? found[0] ?? null
}

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

/** What clients without OMEMO show, as the others word it. */
const WITHOUT_OMEMO = 'I sent you an OMEMO encrypted message but your client doesn’t seem to support that.'
/** What may stand beside an encrypted text: ids, and what is asked of the receiver. All else could tell what it says. */
const BESIDE = new Set<string>([NS.stableId, NS.receipts, NS.chatMarkers, NS.correction, NS.replies, NS.fallback, NS.mucUser, NS.styling])

/** What stands beside an envelope: ids, what is for servers, and what is asked of the receiver of everything alike. */
const BESIDE_ENVELOPE = new Set<string>([NS.stableId, NS.receipts, NS.chatMarkers, NS.mucUser, NS.hints])
const isBeside = (child: Element, names: ReadonlySet<string>): boolean => child.name !== 'body' && names.has(child.getNS() ?? '')

/** What of a message is encrypted in `urn:xmpp:omemo:2`: all but what stands beside it. */
export const contentOf = (message: Element): Element[] => message.getChildElements().filter((child) => !isBeside(child, BESIDE_ENVELOPE))

/**
 * A message that is encrypted, in one version or, for devices that know one each, in both: `sealed` in place of what it says. In `urn:xmpp:omemo:2` alone
 * nothing stands beside it that tells a text from a reaction.
 */
export function encryptedMessage(message: Element, sealed: readonly SealedMessage[]): Element {
  const [newest] = sealed.toReversed()
  if (newest === undefined) throw new Error('a message is encrypted in no version')
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
