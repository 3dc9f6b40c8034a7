/** Receipts (XEP-0184) and markers (XEP-0333) in a message. */
import type { Element } from '@xmpp/client'
import { addressOf, bare, resource } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { displayedId } from './markers.ts'
import { directPeer, type Self } from './message.ts'
import { sender } from './occupants.ts'
import { receiptFor } from './receipts.ts'

export interface DecodedAcknowledgement {
  kind: 'delivered' | 'displayed'
  conversation: Jid
  /** Id of the acknowledged message. */
  id: string
  /** Sent by another device of ours. */
  own: boolean
  /** Reader in a group. */
  nick: string | null
}

/** Receipts and markers of a live or archived stanza; empty if its conversation is not ours. */
export function decodeAcknowledgements(stanza: Element, self: Self): DecodedAcknowledgement[] {
  const [delivered, seen] = [receiptFor(stanza), displayedId(stanza)]
  const from = addressOf(stanza.attrs['from'] ?? self.jid)
  const to = addressOf(stanza.attrs['to'] ?? self.jid)
  const { type } = stanza.attrs
  if ((delivered === null && seen === null) || from === null || to === null || type === 'error') return []
  if (type === 'groupchat') {
    const nick = self.nickIn(bare(from))
    const reader = resource(from)
    if (seen === null || nick === null || reader === '') return []
    const { own } = sender(stanza, nick, self.occupantIds?.(bare(from)) ?? null, self)
    return [{ kind: 'displayed', conversation: bare(from), id: seen, own, nick: own ? null : reader }]
  }
  const { conversation, outgoing: own } = directPeer(from, to, self, stanza)
  const said: DecodedAcknowledgement[] = []
  // our own receipts acknowledge the peer's messages
  if (delivered !== null && !own) said.push({ kind: 'delivered', conversation, id: delivered, own, nick: null })
  if (seen !== null) said.push({ kind: 'displayed', conversation, id: seen, own, nick: null })
  return said
}
