/** Storing of incoming messages: each message once, in archive order, with its corrections, retractions and reactions. */
import type { ConversationId, Message, MessageId } from '../../contract/domain.ts'
import type { createAcknowledgements } from './acknowledgements.ts'
import { createAltering } from './altering.ts'
import { authorOf, idsIn, isChange, isProven, isSame, type Author } from './authors.ts'
import { createMatching, isRepeated } from './matching.ts'
import { mentions } from './mentions.ts'
import { createReadings, isAhead } from './readings.ts'
import { createReplays, isReplayed } from './replays.ts'
import type { Tables } from './tables/index.ts'
import { FLAG, toMessage, type MessageRow } from './tables/message-row.ts'
import type { IncomingMessage, RecordBatch, StoreChanges } from './types.ts'
import { createUnsealing } from './unsealing.ts'

/** Result of a batch. */
interface Recorded {
  changes: StoreChanges
  /** Keys of the batch's first and last message; null and 0 if it had none. */
  first: number | null
  last: number
}

export function createRecording(
  { messages, conversations, archives, alterations, encrypting, changes, read }: Tables,
  acknowledge: ReturnType<typeof createAcknowledgements>['acknowledge']
) {
  const { replayOf, pass, gapIn } = createReplays({ messages })
  const readings = createReadings()
  const { find, isBroadcastAgain, isComing, storedOf } = createMatching({ messages, conversations }, { replayOf })
  /** Stand-ins removed because their message has arrived. */
  let removedStandIns: StoreChanges['removed'] = []
  /** Messages already counted as unread through their stand-ins. */
  let counted = new Set<number>()

  /**
   * Moves a message to another key; read positions at that message move along. An own message does not take the read position past unread messages of others.
   */
  function move(row: MessageRow, time: number, key: MessageId): MessageId {
    conversations.moved(row.conversation, row.id, messages.move(row, time, key), row.outgoing === 0)
    return key
  }

  /** Moves the read position back to before a new message, if only own messages stand between: their author had not seen it. */
  function stayUnread(id: ConversationId, key: MessageId): void {
    const readUpTo = conversations.readUpTo(id)
    if (key <= readUpTo && !messages.anyReceived(id, key, readUpTo)) conversations.unread(id, key)
  }

  /** Key after `prev` and, if there is space, before `next`; at its own time if that fits. */
  const keyBetween = (time: number, prev: number, next: number): MessageId => {
    const key = messages.keyAfter(time, prev)
    if (key < next) return key
    return prev > 0 ? messages.keyAfter(0, prev) : messages.keyBefore(time, next, new Set())
  }

  /**
   * Key for a message held back since before the stored history begins: inside the missing part of the archive, which corrects it when it is fetched. Null:
   * the ordinary key.
   */
  function keyInHole({ replayed, time }: IncomingMessage, { archive, account }: RecordBatch): MessageId | null {
    const floor = !replayed || archive === null || archives.progress(archive.jid, account).hole === null ? null : archives.floor(archive.jid, account ?? '')
    const key = floor === null ? null : messages.keyAfter(time, 0)
    return floor === null || key === null || key >= floor ? null : key
  }

  /** True if the user deleted this message, or its whole conversation after it: known by ids and by the archive position, because clocks differ. */
  function isDeleted(id: ConversationId, incoming: IncomingMessage, older: boolean): boolean {
    const deleted = messages.deleted.includes(id, incoming)
    const cleared = older ? conversations.cleared(id) : undefined
    if (cleared === undefined) return deleted
    // the rest of the archive lies below this message
    if (deleted && cleared.met === 0) conversations.meetCleared(id)
    return deleted || cleared.met === 1 || (cleared.met === 2 && incoming.time <= cleared.time)
  }

  /** Stores the id under which a group reflected our own message. */
  function reflect(known: MessageRow, key: number, { kind, outgoing, messageId = null }: IncomingMessage): void {
    if (kind === 'group' && outgoing && known.message_id === null) messages.setMessageId(key, messageId ?? known.origin_id)
  }

  /** Removes stand-ins for a message that is stored under `key` now; returns the flags set by the user, which stay. */
  function removeStandIns(id: ConversationId, ids: readonly (string | null)[], author: Author, key: MessageId): number {
    let kept = 0
    const waiting = messages.standInsFor(id, ids)
    const conversation = waiting.length === 0 ? null : conversations.byId(id)
    if (conversation === null) return kept
    for (const row of waiting) {
      if (!isProven(author, row, conversation)) continue
      kept |= row.flags & (FLAG.starred | FLAG.pinned)
      if (row.outgoing === 0 && row.id > conversation.readUpTo && conversation.unread > 0) {
        if (key > conversation.readUpTo) counted.add(key)
        else conversations.setUnread(id, conversation.unread - 1)
      }
      messages.remove(row)
      conversations.summarize(id)
      removedStandIns.push({ conversation: id, id: row.id })
    }
    return kept
  }

  function insert(id: ConversationId, incoming: IncomingMessage, key: MessageId, doc?: number): MessageId {
    const {
      kind,
      sender,
      outgoing,
      text,
      time,
      stanzaId,
      replyTo = null,
      files = [],
      link = null,
      mentioned = false,
      occupant = null,
      unstyled = false,
      encrypted = false,
      verified = false,
      misdated = false,
      unreadable = null,
      raw = null,
      standIn = false
    } = incoming
    // an origin id that another message of that sender has counts as the stanza's id
    const isTaken = incoming.originId !== null && messages.byOriginId(id, sender, incoming.originId) !== undefined
    const originId = isTaken ? null : incoming.originId
    // an own message reflected by the group was sent by another device of ours
    const messageId = isTaken ? incoming.originId : (incoming.messageId ?? (kind === 'group' && outgoing ? incoming.originId : null))
    const nick = kind === 'group' && !outgoing ? conversations.nick(id) : null
    const kept = standIn ? 0 : removeStandIns(id, idsIn(incoming), authorOf(incoming), key)
    const flags =
      kept |
      (nick !== null && (mentioned || mentions(text, nick)) ? FLAG.mention : 0) |
      (unstyled ? FLAG.unstyled : 0) |
      (encrypted ? FLAG.encrypted : 0) |
      (verified ? FLAG.verified : 0) |
      (misdated ? FLAG.misdated : 0) |
      (unreadable === null ? 0 : FLAG.unreadable)
    const stored = messages.insert(
      {
        conversation: id,
        sender,
        outgoing,
        text,
        time,
        state: outgoing ? 'sent' : 'received',
        stanzaId,
        originId,
        messageId,
        replyTo,
        occupant,
        flags,
        attachments: files.map((file) => ({ ...file, stored: null })),
        link
      },
      key,
      doc
    )
    if (unreadable !== null) messages.setState(stored, outgoing ? 'sent' : 'received', unreadable)
    if (encrypted && unreadable === null) conversations.becomeEncrypted(id)
    if (raw !== null) messages.raw.put(stored, raw.stanza, raw.decoder)
    if (standIn) messages.standIn(stored)
    // changes of this message may have arrived before it
    const before = alterations.of(id, [originId, messageId, stanzaId])
    // a message retracted before its correction arrived is the one that the stand-in replaces
    const from = standIn ? before.findIndex((one) => one.kind === 'correction' && isSame(one, authorOf(incoming))) : 0
    for (const [i, change] of before.entries()) if (i >= from || change.kind !== 'retraction') alter(change)
    return stored
  }

  const { alter, recordChange } = createAltering({ messages, conversations, alterations }, removeStandIns)

  /** Stores older history: from the page's end on, each message gets a key below the one that follows it, and all of them below `floor`. */
  function recordOlder(batch: RecordBatch, floor: number | null, era: number, missed: boolean): Recorded {
    let before = floor ?? Infinity
    let last = 0
    // an archive's end stands above all stored messages; live messages that arrive meanwhile wait until it is fetched
    const newest = batch.archive?.lastId !== undefined
    const seen = new Set<ConversationId>()
    const reserved = new Set<number>()
    const fresh: { key: MessageId; id: ConversationId; incoming: IncomingMessage }[] = []
    const settled: Message[] = []
    const altered = new Set<MessageId>()
    const removed: StoreChanges['removed'] = []
    // a page that overlaps with stored messages is placed by them; otherwise below all messages of the archive
    const overlaps = new Set(
      batch.messages.flatMap(({ conversation, stanzaId }) => (storedOf(batch.account, conversation, stanzaId) === undefined ? [] : [conversation]))
    )
    const altering = batch.messages.filter(isChange)
    const standIns = new Map<IncomingMessage, IncomingMessage>()
    for (const incoming of newest ? altering : altering.toReversed()) {
      if (incoming.change === undefined || incoming.change === null) continue
      const id = conversations.ensure(incoming.conversation, incoming.kind, '', null, batch.account)
      const { changed, instead } = recordChange(id, incoming, incoming.change, { end: newest ? 'above' : 'below', era, firm: newest }, standIns)
      if (changed !== null) altered.add(changed)
      if (instead !== null) standIns.set(incoming, instead)
    }
    // each message is read once, however often it was changed
    for (const changed of altered) settled.push(toMessage(read(changed)))
    for (const [given, one] of standIns) if (isComing(one, batch)) standIns.delete(given)
    for (const given of batch.messages.toReversed()) {
      const incoming = isChange(given) ? standIns.get(given) : given
      if (incoming === undefined) continue
      const id = conversations.ensure(incoming.conversation, incoming.kind, '', null, batch.account)
      if (isDeleted(id, incoming, true)) continue
      const known = find(id, incoming)
      if (floor === null && !newest && !seen.has(id) && !overlaps.has(incoming.conversation)) before = Math.min(before, messages.oldestArchived(id))
      seen.add(id)
      if (known !== undefined) {
        // the first copy of a message sent twice counts, which is read last
        const news = incoming.stanzaId !== null && known.stanza_id !== incoming.stanzaId
        const key = known.id < before ? known.id : move(known, news ? incoming.time : known.time, messages.keyBefore(incoming.time, before, reserved))
        if (key !== known.id) {
          removed.push({ conversation: id, id: known.id })
          conversations.summarize(id)
        }
        before = key
        last ||= key
        reflect(known, key, incoming)
        if (news) messages.settle(key, incoming.stanzaId, known.state === 'queued' || known.state === 'failed' ? 'sent' : known.state)
        if (news || key !== known.id) settled.push(toMessage(read(key)))
        continue
      }
      const repeated = fresh.findIndex((f) => f.id === id && isRepeated(f.incoming, incoming))
      if (repeated >= 0) fresh.splice(repeated, 1)
      const key = messages.keyBefore(incoming.time, before, reserved)
      before = key
      last ||= key
      reserved.add(key)
      fresh.push({ key, id, incoming })
    }
    // FTS5 buffers in memory only while row ids rise
    fresh.sort((a, b) => a.key - b.key)
    let isNews = false
    let doc = fresh.length === 0 ? 0 : messages.docs.block(fresh.length, fresh[0]?.key ?? 0, fresh.at(-1)?.key ?? 0)
    for (const { key, id, incoming } of fresh) {
      insert(id, incoming, key, doc++)
      // after an absence longer than the archive keeps, missing messages are unread. Where nothing was ever read, as on a new device, they are history
      const readUpTo = conversations.byId(id)?.readUpTo ?? 0
      const unread = !incoming.outgoing && key > readUpTo && (missed || readUpTo > 0)
      conversations.advance(id, key, unread && !counted.has(key) ? 1 : 0)
      isNews ||= unread
    }
    const stored = {
      ...changes(
        [...fresh.map(({ id }) => id), ...settled.map((message) => message.conversation)],
        [...fresh.map(({ key }) => toMessage(read(key))), ...settled],
        removed,
        fresh.length
      ),
      ...(isNews ? {} : { old: true })
    }
    return { changes: stored, first: Number.isFinite(before) ? before : null, last }
  }

  /** For each message of a page, the key of the next stored and placed one. `stored`: rows of the stored messages. */
  function following(stored: readonly (MessageRow | undefined)[]): (number | undefined)[] {
    let after: number | undefined
    return stored
      .toReversed()
      .map((row) => {
        const next = after
        after = row?.id ?? after
        return next
      })
      .reverse()
  }

  /** Stores newer messages: archive pages after `lastKey` in archive order, live messages at the end of their conversation. */
  function recordNewer(batch: RecordBatch, lastKey: number, era: number): Recorded {
    const touched = new Set<ConversationId>()
    const changed = new Map<number, Message>()
    /** Changed messages, each read once at the end. */
    const rewritten = new Set<MessageId>()
    const removed: StoreChanges['removed'] = []
    const lastOf = new Map<ConversationId, number>()
    const inOrder = batch.order === 'forward'
    const before = inOrder ? batch.messages.map(({ conversation, stanzaId }) => storedOf(batch.account, conversation, stanzaId)) : []
    const nextOf = following(before)
    const reading = readings.of(batch, lastKey)
    // right after the mark: messages that were pushed back before are pushed back by these, too
    const atMark = batch.archive?.after !== undefined && batch.archive.after === archives.progress(batch.archive.jid, batch.account).lastId
    // a page stored before keeps the order in which it is stored
    const firstKnown = atMark ? undefined : before.find((row) => row !== undefined)
    let last = firstKnown !== undefined && firstKnown.id <= lastKey ? 0 : lastKey
    let added = 0
    for (const [at, given] of batch.messages.entries()) {
      const id = conversations.ensure(given.conversation, given.kind, '', null, batch.account)
      const altered = given.change === undefined || given.change === null ? null : recordChange(id, given, given.change, { end: 'above', era, firm: inOrder })
      if (altered !== null) {
        if (altered.changed !== null) rewritten.add(altered.changed)
        touched.add(id)
      }
      const incoming = altered === null ? given : altered.instead
      if (incoming === null) continue
      if (isDeleted(id, incoming, false)) continue
      const known = find(id, incoming)
      const repeated = known !== undefined && known.stanza_id !== null && incoming.stanzaId !== null && known.stanza_id !== incoming.stanzaId
      // sent twice because the first copy was not confirmed: the archive has both, and the first counts. The later copy may have arrived live before the
      // archive was fetched
      const isFirst = repeated && inOrder && isAhead(reading, known)
      if (inOrder && incoming.stanzaId !== null) reading?.ids.add(incoming.stanzaId)
      const replay = isReplayed(incoming) ? replayOf(id, incoming) : null
      const gap =
        replay === null
          ? null
          : gapIn(
              id,
              incoming,
              replay,
              batch.messages.slice(at + 1).filter((one) => one.conversation === incoming.conversation)
            )
      // an archive page is in order, and so is a group's replay; live messages stand at the end
      const next = gap?.next ?? nextOf[at] ?? Infinity
      const settledKey = known === undefined || known.stanza_id === null ? Infinity : known.id
      const prev =
        gap !== null
          ? gap.prev
          : inOrder && last > 0
            ? last
            : (lastOf.get(id) ??
              (!inOrder && incoming.kind === 'group' && incoming.stanzaId === null ? messages.newestReplayable(id) : null) ??
              messages.newestSettled(id, inOrder ? Math.min(next, settledKey) : Infinity) ??
              0)
      if (known !== undefined) {
        // a group without an archive: its reflection of our own message gives the message's position for everybody. A message that is broadcast again was not
        // told to all the first time, and stands where all have it
        const isOfAll = !inOrder && incoming.kind === 'group' && incoming.stanzaId === null && known.stanza_id === null
        const reflected = isOfAll && ((known.outgoing === 1 && known.message_id === null) || isBroadcastAgain(known, incoming))
        reflect(known, known.id, incoming)
        const earlier = isFirst || (repeated && inOrder && known.id > prev)
        const news = earlier || (known.stanza_id === null && incoming.stanzaId !== null)
        // the group's order is the same for everybody
        const isBehind = replay !== null && known.id <= replay.at
        if (replay !== null) pass(replay, known.id)
        if ((!news && !reflected && !inOrder && !isBehind) || (repeated && !earlier)) continue
        const placed = known.id > prev && known.id < next
        const key =
          placed || (!known.outgoing && news && !earlier) ? known.id : move(known, news ? incoming.time : known.time, keyBetween(incoming.time, prev, next))
        if (key !== known.id) {
          removed.push({ conversation: id, id: known.id })
          conversations.summarize(id)
        }
        if (replay === null) lastOf.set(id, key)
        else pass(replay, key)
        last = key
        if (news || reflected) messages.settle(key, incoming.stanzaId, known.state === 'queued' || known.state === 'failed' ? 'sent' : known.state)
        if (!news && !reflected && key === known.id) continue
        changed.delete(known.id)
        changed.set(key, toMessage(read(key)))
        touched.add(id)
        continue
      }
      const stored = insert(id, incoming, keyInHole(incoming, batch) ?? keyBetween(incoming.time, prev, next))
      if (replay === null) lastOf.set(id, stored)
      else pass(replay, stored)
      last = stored
      added++
      conversations.advance(id, stored, incoming.outgoing || counted.has(stored) ? 0 : 1)
      if (!incoming.outgoing) stayUnread(id, stored)
      // a user who answers has read the messages before
      if (incoming.outgoing) conversations.readByAnswer(id, stored)
      touched.add(id)
      changed.set(stored, toMessage(read(stored)))
    }
    for (const id of rewritten) {
      // the message may have been moved or removed by then
      const row = messages.byId(id)
      if (row !== undefined) changed.set(id, toMessage(row))
    }
    return { changes: changes(touched, [...changed.values()], removed, added), first: null, last }
  }

  /** Adds removed stand-ins to the changes for windows. */
  function withoutRelieved(stored: StoreChanges): StoreChanges {
    if (removedStandIns.length === 0) return stored
    const gone = new Set(removedStandIns.map(({ id }) => id))
    return { ...stored, messages: stored.messages.filter(({ id }) => !gone.has(id)), removed: [...stored.removed, ...removedStandIns] }
  }

  function recordOpened(batch: RecordBatch): StoreChanges {
    removedStandIns = []
    counted = new Set()
    const jid = batch.archive?.jid ?? ''
    const account = batch.account ?? ''
    const begun = batch.order === 'backward' && batch.archive?.lastId !== undefined
    const era = begun ? alterations.nextEra() : archives.era(jid, account)
    const missed = batch.order === 'backward' && (batch.missed === true || archives.isMissed(jid, account))
    if (begun) conversations.unmeetCleared(jid, account)
    const result =
      batch.order === 'backward' ? recordOlder(batch, archives.floor(jid, account), era, missed) : recordNewer(batch, archives.lastKey(jid, account), era)
    if (batch.archive !== null) {
      // live messages stand after own messages that the archive has and we have not yet seen there: keep the position, so that the archive is fetched from
      // before them
      const passes = batch.order === 'live' && conversations.byJid(jid, batch.account)?.kind !== 'group' && messages.hasUnplaced(batch.account)
      const { lastId, lastOf, hole } = batch.archive
      if (lastId !== undefined && !passes)
        archives.setLast(jid, account, lastId, lastOf === undefined ? result.last : (storedOf(batch.account, lastOf, lastId)?.id ?? 0))
      if (begun) archives.setEra(jid, account, era)
      if (hole !== undefined) archives.setHole(jid, account, hole, result.first)
    }
    if (missed && batch.archive !== null) archives.setMissed(jid, account)
    const stored = withoutRelieved(result.changes)
    return batch.acknowledgements === undefined || batch.acknowledgements.length === 0 ? stored : acknowledge(batch.acknowledgements, batch.account, stored)
  }

  return { record: createUnsealing({ messages, conversations, alterations, encrypting }, find, recordOpened), alter }
}
