/** Live messages: decoded and handed to the inbox together with the receipts and markers in them. */
import type { Element } from '@xmpp/client'
import { bare, domainOf } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Incoming, Module } from '../module.ts'
import { heldBackSince, type ServerTime } from '../stanzas/delay.ts'
import { PAYLOADS } from '../stanzas/extensions.ts'
import { decodeMessage, type DecodedMessage, type Self } from '../stanzas/message.ts'
import { receiptOf } from '../stanzas/receipts.ts'
import { decodeAcknowledgements } from '../stanzas/acknowledgements.ts'
import type { Connection } from '../stream/connection.ts'
import type { Contacts } from './contacts.ts'
import type { Groups } from './groups.ts'
import type { Inbox } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import type { Typing } from './typing.ts'

interface MessagesOptions {
  connection: Connection
  self: Self
  time: ServerTime
  contacts: Contacts
  groups: Groups
  inbox: Inbox
  outbox: Outbox
  typing: Typing
}

export class Messages implements Module {
  readonly extensions = PAYLOADS
  readonly #options: MessagesOptions

  constructor(options: MessagesOptions) {
    this.#options = options
  }

  message({ message, copied }: Incoming): void {
    const { self, groups, inbox } = this.#options
    const decoded = decodeMessage(message, self)
    if (decoded !== null) this.#onDecoded(decoded, message, copied !== null)
    for (const acknowledgement of decodeAcknowledgements(message, self)) inbox.acknowledge(groups.archiveOf(acknowledgement.conversation), acknowledgement)
  }

  #onDecoded(decoded: DecodedMessage, message: Element, copied: boolean): void {
    const { connection, self, time, contacts, groups, inbox, outbox, typing } = this.#options
    const own = self.jid
    const stamp = heldBackSince(message, decoded.kind === 'group' ? [decoded.conversation] : [own, domainOf(own)], time)
    const receipt = copied || decoded.outgoing || decoded.change !== null || !contacts.has(bare(decoded.sender)) ? null : receiptOf(message)
    // the sender is shown 'delivered': true only once the message cannot be lost any more
    const onStored = receipt === null ? undefined : () => void (connection.isReady && connection.send(receipt).catch(() => undefined))
    const onTheWay = decoded.kind === 'group' && decoded.outgoing && decoded.originId === null ? outbox.onTheWay : []
    inbox.add(
      groups.archiveOf(decoded.conversation),
      {
        ...decoded,
        occupant: decoded.occupant ?? (stamp === null && !copied ? this.#personOf(decoded) : null),
        time: stamp ?? time.now,
        replayed: stamp !== null,
        onTheWay,
        ahead: time.ahead,
        ...(stamp !== null && decoded.kind === 'group' ? { replay: groups.replayOf(decoded.conversation) } : {})
      },
      onStored
    )
    // key transport messages have no content
    if (decoded.sealed?.payload === null) return
    if (!decoded.outgoing) typing.said(decoded.conversation, decoded.sender)
  }

  /** Real person behind a nickname while the message is received. */
  #personOf({ conversation, outgoing, sender }: DecodedMessage): string | null {
    const { groups } = this.#options
    return groups.personOf(outgoing ? `${conversation}/${groups.nickIn(conversation)}` : (sender as Jid))
  }
}
