/** What a message says of others without a text: that they came (XEP-0184), that all up to one was read (XEP-0333). */
import type { Element } from '@xmpp/client'
import { addressOf, bare, resource } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { displayedId } from './markers.ts'
import { directPeer, type Self } from './message.ts'
import { sender } from './occupants.ts'
import { receiptFor } from './receipts.ts'

export interface DecodedSign {
  kind: 'delivered' | 'displayed'
  conversation: Jid
  /** An id of the message. */
  id: string
  /** Another device of ours says it. */
  own: boolean
  /** Who in a group has read it. */
  nick: string | null
}

/** Live or from an archive; none where nobody of ours says it. */
export function decodeSigns(stanza: Element, self: Self): DecodedSign[] {
  const [delivered, seen] = [receiptFor(stanza), displayedId(stanza)]
  const from = addressOf(stanza.attrs['from'] ?? self.jid)
  const to = addressOf(stanza.attrs['to'] ?? self.jid)
  const { type } = stanza.attrs
  if ((delivered === null && seen === null) || from === null || to === null || type === 'error') return []
  if (type === 'groupchat') {
    const nick = self.nickIn(bare(from))
    const reader = resource(from)
    if (seen === null || nick === null || reader === '') return []
    const { own } = sender(stanza, nick, self.occupantIds?.(bare(from)) ?? null)
    return [{ kind: 'displayed', conversation: bare(from), id: seen, own, nick: own ? null : reader }]
  }
  const { conversation, outgoing: own } = directPeer(from, to, self, stanza)
  const said: DecodedSign[] = []
  // ours is for the other one's message
  if (delivered !== null && !own) said.push({ kind: 'delivered', conversation, id: delivered, own, nick: null })
  if (seen !== null) said.push({ kind: 'displayed', conversation, id: seen, own, nick: null })
  return said
}
