/** Messages that are encrypted end to end: OMEMO as this version reads it (XEP-0384 0.3), and what it cannot read: XEP-0384 since 0.4, XEP-0373, XEP-0027, OTR. */
import { xml, type Element } from '@xmpp/client'
import type { Jid } from '../../../contract/domain.ts'
import type { Sealed, SealedMessage } from '../omemo/sealed.ts'
import { AXOLOTL, decodeEnvelope, envelopeElement } from '../omemo/elements.ts'
import { OmemoRefusal } from '../omemo/refusal.ts'
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

/** What a message has for our device, to be opened when it is stored; null: nothing that OMEMO as it is read here could open. `from`: whose it is, as the server or the group says. */
export function sealedOf(stanza: Element, device: number | null, from: Jid | null): Sealed | null {
  const encrypted = stanza.getChild('encrypted', AXOLOTL)
  if (encrypted === undefined || device === null) return null
  try {
    const { deviceId, keys, payload } = decodeEnvelope(encrypted)
    return { from, device: deviceId, key: keys.get(device) ?? null, payload, fallback: fallbackOf(stanza) }
  } catch (error) {
    if (error instanceof OmemoRefusal) return null
    throw error
  }
}

/** What clients without OMEMO show, as the others word it. */
const WITHOUT_OMEMO = 'I sent you an OMEMO encrypted message but your client doesn’t seem to support that.'
/** What may stand beside an encrypted text: ids, and what is asked of the receiver. All else could tell what it says. */
const BESIDE = new Set<string>([NS.stableId, NS.receipts, NS.chatMarkers, NS.correction, NS.replies, NS.fallback, NS.mucUser, NS.styling])

/** A message with its text encrypted: `sealed` in place of the body. */
export function encryptedMessage(message: Element, { device, keys, iv, ciphertext }: SealedMessage): Element {
  const payload = ciphertext === null ? null : { iv, ciphertext }
  const beside = message.getChildElements().filter((child) => child.name !== 'body' && BESIDE.has(child.getNS() ?? ''))
  return xml(
    'message',
    message.attrs,
    envelopeElement({ deviceId: device, keys, payload }, iv),
    xml('encryption', { xmlns: NS.encryption, namespace: AXOLOTL, name: 'OMEMO' }),
    ...(payload === null ? [] : [xml('body', {}, WITHOUT_OMEMO)]),
    ...beside,
    xml('store', { xmlns: NS.hints })
  )
}
