/** Stored copies of incoming messages: by ids where they are reliable, otherwise by sender, text and time. */
import type { ConversationId, Jid } from '../../contract/domain.ts'
import { authorOf, idsIn, isChange, isProven, type Author } from './authors.ts'
import { isReplayed, type createReplays } from './replays.ts'
import type { Tables } from './tables/index.ts'
import { FLAG, type MessageRow } from './tables/message-row.ts'
import type { IncomingMessage, RecordBatch } from './types.ts'

/** Largest number of messages that a message broadcast again moves past: nobody brings old ones back to the end. */
const MOST_SINCE = 1000

/** True if an older message of a page appears in the page again. */
export const isRepeated = (later: IncomingMessage, older: IncomingMessage): boolean =>
  later.sender === older.sender &&
  later.text === older.text &&
  later.standIn !== true &&
  older.standIn !== true &&
  ((older.originId !== null && later.originId === older.originId) ||
    (older.stanzaId !== null && later.stanzaId === older.stanzaId && later.messageId === older.messageId))

export function createMatching(
  { messages, conversations }: Pick<Tables, 'messages' | 'conversations'>,
  { replayOf }: Pick<ReturnType<typeof createReplays>, 'replayOf'>
) {
  /** True if a message has a text that a stored one has or had; assumed for messages that were retracted or cannot be read. */
  function saysSame(row: MessageRow, { text, files = [], sealed = null, unreadable = null }: IncomingMessage): boolean {
    if (sealed !== null || unreadable !== null || (row.flags & (FLAG.retracted | FLAG.unreadable)) !== 0) return true
    if (row.text !== text && ((row.flags & FLAG.edited) === 0 || messages.formerText(row.id) !== text)) return false
    if (files.length === 0 || row.attachments === null) return true
    const addresses = messages.files.of(row.id).map(({ url }) => url)
    return files.some(({ url }) => addresses.includes(url ?? null))
  }

  /** True if a stored message with the same archive id is this message: a broken server, or a group, may give an id twice. */
  function isOne(row: MessageRow, incoming: IncomingMessage): boolean {
    const { originId, messageId = null, occupant = null, sender, outgoing } = incoming
    const own = row.outgoing === 1 && outgoing
    if (!own && row.sender !== sender && (occupant === null || row.occupant !== occupant)) return false
    const known = [row.origin_id, row.message_id]
    return [originId, messageId].some((id) => id !== null && known.includes(id)) || saysSame(row, incoming)
  }

  /** True if a group says a recent message again, to all who are there. */
  const isBroadcastAgain = (known: MessageRow, { replayed, originId }: IncomingMessage): boolean =>
    !replayed && originId !== null && known.origin_id === originId && messages.isAmongLast(known.conversation, known.id, MOST_SINCE)

  /** Stored copy of this message, or undefined. */
  function find(id: ConversationId, incoming: IncomingMessage): MessageRow | undefined {
    // a stand-in is known by the id of the message it replaces
    if (incoming.standIn === true) return undefined
    const byArchive = incoming.stanzaId === null ? undefined : messages.byStanzaId(id, incoming.stanzaId).find((row) => isOne(row, incoming))
    if (byArchive !== undefined) return byArchive
    const replay = isReplayed(incoming) ? replayOf(id, incoming) : null
    const toldAgain =
      replay === null
        ? undefined
        : messages.replayableBefore(id, incoming).find((row) => !replay.known.has(row.id) && (row.outgoing === 1 || saysSame(row, incoming)))
    if (toldAgain !== undefined) return toldAgain
    // a server without an archive holds back unconfirmed messages, even if they arrived
    const keptBack =
      incoming.replayed && incoming.kind === 'direct' && incoming.stanzaId === null && incoming.originId === null && (incoming.messageId ?? null) !== null
    const cameBefore = keptBack
      ? messages.replayableBefore(id, incoming).find((row) => row.stanza_id === null && saysSame(row, incoming) && messages.isAtTime(row, incoming))
      : undefined
    if (cameBefore !== undefined) return cameBefore
    const { originId, messageId = null, sender, outgoing } = incoming
    const byOrigin =
      originId === null ? undefined : (messages.byOriginId(id, sender, originId) ?? (outgoing ? messages.ownByOriginId(id, originId) : undefined))
    // a client that restarts its counter gives one id to many messages
    if (byOrigin !== undefined && (outgoing || saysSame(byOrigin, incoming))) return byOrigin
    if (byOrigin !== undefined && originId !== null)
      return messages.byAnyId(id, originId).find((row) => row.message_id === originId && row.sender === sender && saysSame(row, incoming))
    if (!outgoing) return undefined
    // a group may drop the origin id, and the stanza's id as well
    const byId = messageId === null ? undefined : messages.ownByOriginId(id, messageId)
    return byId ?? (incoming.kind === 'group' && originId === null ? messages.unreflected(id, incoming) : undefined)
  }

  /** Stored message with that archive id. */
  function storedOf(account: Jid | undefined, jid: Jid, stanzaId: string | null): MessageRow | undefined {
    const conversation = stanzaId === null ? null : conversations.idOf(jid, account)
    return conversation === null || stanzaId === null ? undefined : messages.byStanzaId(conversation, stanzaId)[0]
  }

  /** True if the message that a stand-in replaces is stored, or comes with the same page. */
  function isComing(standIn: IncomingMessage, { messages: page, account }: RecordBatch): boolean {
    const { conversation: jid, messageId: target = null } = standIn
    const conversation = conversations.byJid(jid, account)
    if (conversation === null || target === null) return false
    const isTheirs = (row: Author): boolean => isProven(row, authorOf(standIn), conversation)
    return (
      messages.byAnyId(conversation.id, target).some(isTheirs) ||
      page.some((one) => !isChange(one) && one.conversation === jid && idsIn(one).includes(target) && isTheirs(authorOf(one)))
    )
  }

  return { find, isBroadcastAgain, isComing, storedOf }
}
