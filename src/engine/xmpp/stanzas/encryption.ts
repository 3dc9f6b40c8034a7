/** Messages that are encrypted end to end, which this version cannot read: XEP-0380, XEP-0384 (0.3 and later), XEP-0373, XEP-0027, OTR. */
import type { Element } from '@xmpp/client'
import { bodyOf } from './body.ts'
import { NS } from './namespaces.ts'

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
