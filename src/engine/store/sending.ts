/** Own messages: queued, scheduled, sent again, discarded and changed. Each function runs in a transaction of the writer. */
import type { ChangeKind, Jid, MessageId } from '../../contract/domain.ts'
import type { createAltering } from './altering.ts'
import type { agendaWrites } from './tables/agenda.ts'
import type { Tables } from './tables/index.ts'
import { FLAG, IMPORTED, toMessage, type MessageRow } from './tables/message-row.ts'
import { SELF, type OutgoingMessage, type StoreChanges } from './types.ts'

/** Flags of an own message to be encrypted by this device, which needs no comparison. */
const SENT_SECRETLY = FLAG.encrypted | FLAG.verified

export function createSending(
  { alterations, conversations, messages, changes, read }: Tables,
  agenda: ReturnType<typeof agendaWrites>,
  alter: ReturnType<typeof createAltering>['alter']
) {
  function queueMessage(input: OutgoingMessage): StoreChanges {
    // repeated request: the thread ended before it could answer
    const known = messages.ownByOriginId(input.conversation, input.originId)
    if (known !== undefined) return changes([input.conversation], [toMessage(known)])
    const after = messages.newest(input.conversation) ?? 0
    const answered = input.reply === undefined || input.reply === null ? undefined : messages.byId(input.reply)
    const replyTo = answered === undefined ? null : publicId(answered)
    const id = messages.insert(
      { ...input, outgoing: true, state: 'queued', stanzaId: null, replyTo, flags: input.encrypted === true ? SENT_SECRETLY : 0 },
      messages.keyAfter(input.time, after)
    )
    if (input.encrypted === true) conversations.becomeEncrypted(input.conversation)
    conversations.advance(input.conversation, id, 0)
    conversations.read(input.conversation, id, 0)
    if (input.text !== '') conversations.saveDraft(input.conversation, '')
    return changes([input.conversation], [toMessage(read(id))], [], 1)
  }

  /** Sends a scheduled message now, once: its row is deleted in the same transaction. */
  function sendScheduled({ id, time }: { id: number; time: number }): StoreChanges {
    const row = agenda.scheduledById(id)
    const conversation = row === null ? null : conversations.byId(row.conversation)
    if (row === null || conversation === null) return changes([])
    agenda.unschedule(id)
    const own = conversation.account ?? ('me@local.invalid' as Jid)
    const sender = conversation.kind === 'group' ? (`${conversation.jid}/${conversation.nick ?? own}` as Jid) : own
    const { draft } = conversation
    const sent = queueMessage({ conversation: row.conversation, text: row.text, originId: row.originId, sender, time, reply: row.reply })
    // the current draft is another message
    if (draft !== '') conversations.saveDraft(row.conversation, draft)
    return { ...sent, conversations: changes([row.conversation]).conversations }
  }

  /** `due` (ms) null removes the reminder. */
  function remind({ id, due }: { id: MessageId; due: number | null }): StoreChanges {
    const row = messages.byId(id)
    if (row === undefined) return changes([])
    agenda.remind(id, due)
    messages.setFlag(row, FLAG.reminder, due !== null)
    return changes([row.conversation], [toMessage(read(id))])
  }

  function retry(id: number): StoreChanges {
    const row = messages.byId(id)
    if (row === undefined || row.state !== 'failed') return changes([])
    messages.setState(id, 'queued', null)
    // the user has turned encryption off since: the message goes unencrypted
    if (conversations.byId(row.conversation)?.encryption === 'off') messages.setFlag(row, FLAG.encrypted, false)
    return changes([row.conversation], [toMessage(read(id))])
  }

  function discard(id: number): StoreChanges {
    const row = messages.byId(id)
    if (row === undefined || !row.outgoing || (row.state !== 'failed' && row.state !== 'queued')) return changes([])
    messages.remove(row)
    conversations.summarize(row.conversation)
    return changes([row.conversation], [], [{ conversation: row.conversation, id: row.id }])
  }

  /** Id by which others know a message: in a group its archive's (XEP-0424 section 4.2, XEP-0444 section 4.2, XEP-0461 section 3). */
  function publicId(row: MessageRow): string | null {
    // nobody else knows an id given by an import
    if (row.message_id?.startsWith(IMPORTED) === true) return null
    const group = conversations.byId(row.conversation)?.kind === 'group'
    return group ? (row.stanza_id ?? row.origin_id) : (row.origin_id ?? row.message_id ?? row.stanza_id)
  }

  /** Changes a message and queues the change; does nothing if others could not tell which message is meant. */
  function change(input: { id: MessageId; kind: ChangeKind; text: string; originId: string; sender: Jid; time: number }): StoreChanges {
    const { id, kind, text, originId, sender, time } = input
    const row = messages.byId(id)
    if (row === undefined || (kind !== 'reactions' && row.outgoing === 0)) return changes([])
    const target = kind === 'correction' ? (row.origin_id ?? row.message_id) : publicId(row)
    if (target === null) return changes([])
    const encrypted = (row.flags & FLAG.encrypted) !== 0 || conversations.byId(row.conversation)?.encryption === 'on'
    alterations.add({
      conversation: row.conversation,
      sender: kind === 'reactions' ? sender : row.sender,
      occupant: SELF,
      outgoing: true,
      kind,
      target,
      text,
      time,
      state: 'queued',
      stanzaId: null,
      originId,
      encrypted
    })
    const latest = alterations.of(row.conversation, [target]).findLast((one) => one.kind === kind && one.outgoing === 1)
    if (latest !== undefined) alter(latest)
    return changes([row.conversation], [toMessage(read(row.id))])
  }

  /** Encrypts a queued message and the later ones of its conversation: they are sent encrypted or not at all. */
  function setEncrypted(id: MessageId): StoreChanges {
    const row = messages.byId(id)
    if (row === undefined || row.state !== 'queued') return changes([])
    messages.setFlag(row, SENT_SECRETLY, true)
    conversations.becomeEncrypted(row.conversation)
    return changes([row.conversation], [toMessage(read(id))])
  }

  return { queueMessage, sendScheduled, remind, retry, discard, change, setEncrypted }
}
