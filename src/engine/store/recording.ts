/** What sync hands over, into history: each message once, in the order of its archive, with what was done to it. */
import { bare } from '../../contract/address.ts'
import type { ChangeKind, ConversationId, Jid, Message, MessageId } from '../../contract/domain.ts'
import { mentions } from './mentions.ts'
import type { createSigning } from './signing.ts'
import type { ChangePlace, ChangeRow } from './tables/change.ts'
import { FLAG, idsOf, toMessage, type MessageRow } from './tables/message-row.ts'
import type { IncomingMessage, RecordBatch, StoreChanges } from './types.ts'
import type { Tables } from './tables/index.ts'

/** What became of a batch. */
interface Recorded {
  changes: StoreChanges
  /** The keys of its first and last message; null and 0 where it had none. */
  first: number | null
  last: number
}

type Author = Pick<MessageRow, 'sender' | 'occupant' | 'outgoing'>
/** Whether two things were said by one person: by the occupant-ids of their group, else by the address, which in a group is a nickname. */
const isSame = (a: Author, b: Author): boolean => a.outgoing === b.outgoing && (a.occupant !== null && b.occupant !== null ? a.occupant === b.occupant : a.sender === b.sender)

export function createRecording({ messages, conversations, archives, alterations, changes, read }: Tables, sign: ReturnType<typeof createSigning>['sign']) {
  /** Gives a message another place; who has seen or read up to it still has. */
  function move(row: MessageRow, time: number, key: MessageId): MessageId {
    conversations.moved(row.conversation, row.id, messages.move(row, time, key))
    return key
  }

  /** A key after `prev` and, where there is room, before `next`; at its time where that fits. */
  const keyBetween = (time: number, prev: number, next: number): MessageId => {
    const key = messages.keyAfter(time, prev)
    return key < next ? key : messages.keyAfter(0, prev)
  }

  /** The place of what was held back since before what is here begins: within the part of the archive that is still missing, which puts it right when it is read. Null: it stands as any other. */
  function keyInHole({ replayed, time }: IncomingMessage, { archive, account }: RecordBatch): MessageId | null {
    const floor = !replayed || archive === null || archives.progress(archive.jid, account).hole === null ? null : archives.floor(archive.jid, account ?? '')
    const key = floor === null ? null : messages.keyAfter(time, 0)
    return floor === null || key === null || key >= floor ? null : key
  }

  /** The user has deleted it here, or the whole conversation as it was then: that is known by its ids and by its place in the archive, for clocks differ. */
  function isDeleted(id: ConversationId, incoming: IncomingMessage, older: boolean): boolean {
    const buried = messages.isBuried(id, incoming)
    const cleared = older ? conversations.cleared(id) : undefined
    if (cleared === undefined) return buried
    // the rest of the archive lies below it
    if (buried && cleared.met === 0) conversations.meetCleared(id)
    return buried || cleared.met === 1 || (cleared.met === 2 && incoming.time <= cleared.time)
  }

  /** The stored message that this one is, or undefined. */
  function find(id: ConversationId, incoming: IncomingMessage): MessageRow | undefined {
    const byArchive = incoming.stanzaId === null ? undefined : messages.byStanzaId(id, incoming.stanzaId)
    if (byArchive !== undefined) return byArchive
    const toldAgain = incoming.replayed && incoming.kind === 'group' && incoming.stanzaId === null ? messages.toldBefore(id, incoming) : undefined
    if (toldAgain !== undefined) return toldAgain
    const { originId, messageId = null, sender, outgoing } = incoming
    const byOrigin = originId === null ? undefined : (messages.byOriginId(id, sender, originId) ?? (outgoing ? messages.ownByOriginId(id, originId) : undefined))
    if (byOrigin !== undefined || !outgoing) return byOrigin
    // the origin-id may be lost on the way through a group, and the stanza's id, too
    const byId = messageId === null ? undefined : messages.ownByOriginId(id, messageId)
    return byId ?? (incoming.kind === 'group' && originId === null ? messages.unreflected(id, incoming) : undefined)
  }

  /** Notes that a group has told us our own message, and under which id others know it. */
  function reflect(known: MessageRow, key: number, { kind, outgoing, messageId = null }: IncomingMessage): void {
    if (kind === 'group' && outgoing && known.message_id === null) messages.setMessageId(key, messageId ?? known.origin_id)
  }

  function insert(id: ConversationId, incoming: IncomingMessage, key: MessageId, doc?: number): MessageId {
    const { kind, sender, outgoing, text, time, stanzaId, originId, messageId = null, replyTo = null, files = [], link = null, mentioned = false, occupant = null, unstyled = false, encrypted = false, raw = null } = incoming
    const nick = kind === 'group' && !outgoing ? conversations.nick(id) : null
    const flags = (nick !== null && (mentioned || mentions(text, nick)) ? FLAG.mention : 0) | (unstyled ? FLAG.unstyled : 0) | (encrypted ? FLAG.encrypted : 0)
    const stored = messages.insert({ conversation: id, sender, outgoing, text, time, state: outgoing ? 'sent' : 'received', stanzaId, originId, messageId, replyTo, occupant, flags, attachments: files.map((file) => ({ ...file, stored: null })), link }, key, doc)
    if (raw !== null) messages.raw.put(stored, raw.stanza, raw.decoder)
    // what was done to it may have come before it
    for (const change of alterations.of(id, [originId, messageId, stanzaId])) alter(change)
    return stored
  }

  /** Does what a change says, where its message is here and it is its author's to do; the message, or null. */
  function alter(change: ChangeRow): MessageRow | null {
    const { conversation, sender, kind, target, text } = change
    const found = messages.byAnyId(conversation, target)
    const own = (row: MessageRow | ChangeRow): boolean => isSame(row, change)
    if (kind === 'reactions') {
      const row = found[0]
      if (row === undefined) return null
      const all = alterations.of(conversation, idsOf(row)).filter((one) => one.kind === 'reactions' && own(one))
      // each says all that its author thinks now
      for (const older of all.slice(0, -1)) alterations.remove(older.id)
      messages.setFlag(row, FLAG.reacted, true)
      return row
    }
    // a group says itself what its moderators took back
    const row = found.find((one) => own(one) || (kind === 'retraction' && sender === bare(one.sender) && sender !== one.sender))
    if (row === undefined) return null
    if ((row.flags & FLAG.retracted) !== 0) {
      if (kind === 'correction') alterations.remove(change.id)
      return null
    }
    const corrections = alterations.of(conversation, idsOf(row)).filter((one) => one.kind === 'correction' && isSame(row, one))
    if (kind === 'retraction') {
      for (const { id } of corrections) alterations.remove(id)
      messages.retract(row)
    } else {
      if (corrections.at(-1)?.id !== change.id) return null
      messages.edit(row, text)
    }
    return row
  }

  /** Stores what is done to a message, and does it where that is here; the message's id, or null. */
  function recordChange(id: ConversationId, incoming: IncomingMessage, { kind, target: named }: { kind: ChangeKind; target: string }, place: ChangePlace): MessageId | null {
    const { sender, occupant = null, outgoing, text, time, stanzaId, originId } = incoming
    // XEP-0308 wants the first message's id; who names the correction before this one means the same
    const target = (messages.byAnyId(id, named).length === 0 ? alterations.correctedBy(id, sender, named) : undefined) ?? named
    if (!alterations.add({ conversation: id, sender, occupant, outgoing, kind, target, text, time, state: outgoing ? 'sent' : 'received', stanzaId, originId }, place)) return null
    const latest = alterations.of(id, [target]).findLast((change) => change.kind === kind && isSame(change, { sender, occupant, outgoing: outgoing ? 1 : 0 }))
    return latest === undefined ? null : (alter(latest)?.id ?? null)
  }

  /** Older history: from its end on, each message gets a key below the one that follows it, and all of them below `floor`. */
  function recordOlder(batch: RecordBatch, floor: number | null, era: number, missed: boolean): Recorded {
    let before = floor ?? Infinity
    let last = 0
    // an archive's end stands above all that is here; what came live meanwhile waits until it is read
    const newest = batch.archive?.lastId !== undefined
    const seen = new Set<ConversationId>()
    const reserved = new Set<number>()
    const fresh: { key: MessageId; id: ConversationId; incoming: IncomingMessage }[] = []
    const settled: Message[] = []
    const removed: StoreChanges['removed'] = []
    // where the page has what is here already, it is in order with that; otherwise below all that the archive gave us
    const overlaps = new Set(batch.messages.flatMap(({ conversation, stanzaId }) => (storedOf(batch.account, conversation, stanzaId) === undefined ? [] : [conversation])))
    const altering = batch.messages.filter(({ change }) => change !== undefined && change !== null)
    for (const incoming of newest ? altering : altering.toReversed()) {
      const id = conversations.ensure(incoming.conversation, incoming.kind, '', null, batch.account)
      const changed = incoming.change === undefined || incoming.change === null ? null : recordChange(id, incoming, incoming.change, { end: newest ? 'above' : 'below', era, firm: newest })
      if (changed !== null) settled.push(toMessage(read(changed)))
    }
    for (const incoming of batch.messages.toReversed()) {
      if (incoming.change !== undefined && incoming.change !== null) continue
      const id = conversations.ensure(incoming.conversation, incoming.kind, '', null, batch.account)
      if (isDeleted(id, incoming, true)) continue
      const known = find(id, incoming)
      if (floor === null && !newest && !seen.has(id) && !overlaps.has(incoming.conversation)) before = Math.min(before, messages.oldestArchived(id))
      seen.add(id)
      if (known !== undefined) {
        // of one that was sent twice the first counts, which is read last
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
      const repeated = incoming.originId === null ? -1 : fresh.findIndex((f) => f.id === id && f.incoming.originId === incoming.originId && f.incoming.sender === incoming.sender)
      if (repeated >= 0) fresh.splice(repeated, 1)
      const key = messages.keyBefore(incoming.time, before, reserved)
      before = key
      last ||= key
      reserved.add(key)
      fresh.push({ key, id, incoming })
    }
    // FTS5 gathers what it is given in memory only while row ids rise
    fresh.sort((a, b) => a.key - b.key)
    let isNews = false
    let doc = fresh.length === 0 ? 0 : messages.docs.block(fresh.length, fresh[0]?.key ?? 0, fresh.at(-1)?.key ?? 0)
    for (const { key, id, incoming } of fresh) {
      insert(id, incoming, key, doc++)
      // after an absence longer than the archive keeps: what is not here came meanwhile. Where nothing was ever read, as on a new device, it is history
      const readUpTo = conversations.byId(id)?.readUpTo ?? 0
      const unread = !incoming.outgoing && key > readUpTo && (missed || readUpTo > 0)
      conversations.advance(id, key, unread ? 1 : 0)
      isNews ||= unread
    }
    const stored = { ...changes([...fresh.map(({ id }) => id), ...settled.map((message) => message.conversation)], [...fresh.map(({ key }) => toMessage(read(key))), ...settled], removed, fresh.length), ...(isNews ? {} : { old: true }) }
    return { changes: stored, first: Number.isFinite(before) ? before : null, last }
  }

  /** What the archive gave us under that id. */
  function storedOf(account: Jid | undefined, jid: Jid, stanzaId: string | null): MessageRow | undefined {
    const conversation = stanzaId === null ? null : conversations.idOf(jid, account)
    return conversation === null || stanzaId === null ? undefined : messages.byStanzaId(conversation, stanzaId)
  }

  /** For each message of a page, the key of the next one that is stored and placed. `stored`: the rows that are. */
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

  /** What comes after all that is stored: each page of an archive after `lastKey`, in its order; what comes live at the end of its conversation. */
  function recordNewer(batch: RecordBatch, lastKey: number, era: number): Recorded {
    const touched = new Set<ConversationId>()
    const changed = new Map<number, Message>()
    const removed: StoreChanges['removed'] = []
    const lastOf = new Map<ConversationId, number>()
    const inOrder = batch.order === 'forward'
    const before = inOrder ? batch.messages.map(({ conversation, stanzaId }) => storedOf(batch.account, conversation, stanzaId)) : []
    const nextOf = following(before)
    // right after the mark: what was pushed along before pushes these, too
    const atMark = batch.archive?.after !== undefined && batch.archive.after === archives.progress(batch.archive.jid, batch.account).lastId
    // otherwise a page that was read before is in order with itself
    const firstKnown = atMark ? undefined : before.find((row) => row !== undefined)
    let last = firstKnown !== undefined && firstKnown.id <= lastKey ? 0 : lastKey
    let added = 0
    for (const [at, incoming] of batch.messages.entries()) {
      const id = conversations.ensure(incoming.conversation, incoming.kind, '', null, batch.account)
      if (incoming.change !== undefined && incoming.change !== null) {
        const altered = recordChange(id, incoming, incoming.change, { end: 'above', era, firm: inOrder })
        if (altered !== null) changed.set(altered, toMessage(read(altered)))
        touched.add(id)
        continue
      }
      if (isDeleted(id, incoming, false)) continue
      const known = find(id, incoming)
      // an archive's page is the order; what comes live stands at the end
      const next = nextOf[at] ?? Infinity
      const settledKey = known === undefined || known.stanza_id === null ? Infinity : known.id
      const prev = inOrder && last > 0 ? last : (lastOf.get(id) ?? (!inOrder && incoming.kind === 'group' && incoming.stanzaId === null ? messages.newestTold(id) : null) ?? messages.newestSettled(id, inOrder ? Math.min(next, settledKey) : Infinity) ?? 0)
      if (known !== undefined) {
        // a group without an archive: where it tells us our own message is its place for everybody
        const told = !inOrder && known.outgoing === 1 && incoming.kind === 'group' && incoming.stanzaId === null && known.stanza_id === null && known.message_id === null
        reflect(known, known.id, incoming)
        // sent twice because the first was not confirmed: the archive has both, and the first counts. The later one may have come live before the archive was read
        const repeated = known.stanza_id !== null && incoming.stanzaId !== null && known.stanza_id !== incoming.stanzaId
        const earlier = repeated && inOrder && known.id > prev
        const news = earlier || (known.stanza_id === null && incoming.stanzaId !== null)
        if ((!news && !told && !inOrder) || (repeated && !earlier)) continue
        const placed = known.id > prev && known.id < next
        const key = placed || (!known.outgoing && news && !earlier) ? known.id : move(known, news ? incoming.time : known.time, keyBetween(incoming.time, prev, next))
        if (key !== known.id) {
          removed.push({ conversation: id, id: known.id })
          conversations.summarize(id)
        }
        lastOf.set(id, key)
        last = key
        if (news || told) messages.settle(key, incoming.stanzaId, known.state === 'queued' || known.state === 'failed' ? 'sent' : known.state)
        if (!news && !told && key === known.id) continue
        changed.delete(known.id)
        changed.set(key, toMessage(read(key)))
        touched.add(id)
        continue
      }
      const stored = insert(id, incoming, keyInHole(incoming, batch) ?? keyBetween(incoming.time, prev, next))
      lastOf.set(id, stored)
      last = stored
      added++
      conversations.advance(id, stored, incoming.outgoing ? 0 : 1)
      // who answers has read what stood before it
      if (incoming.outgoing) conversations.read(id, stored, 0)
      touched.add(id)
      changed.set(stored, toMessage(read(stored)))
    }
    return { changes: changes(touched, [...changed.values()], removed, added), first: null, last }
  }

  /** Stores a batch and what it says of its archive; within a transaction. */
  function record(batch: RecordBatch): StoreChanges {
    const jid = batch.archive?.jid ?? ''
    const account = batch.account ?? ''
    const begun = batch.order === 'backward' && batch.archive?.lastId !== undefined
    const era = begun ? alterations.nextEra() : archives.era(jid, account)
    const missed = batch.order === 'backward' && (batch.missed === true || archives.isMissed(jid, account))
    if (begun) conversations.unmeetCleared(jid, account)
    const result = batch.order === 'backward' ? recordOlder(batch, archives.floor(jid, account), era, missed) : recordNewer(batch, archives.lastKey(jid, account), era)
    if (batch.archive !== null) {
      // what came live stands after own messages that the archive has and we have not seen there: it is read again from before them
      const passes = batch.order === 'live' && conversations.byJid(jid, batch.account)?.kind !== 'group' && messages.hasUnplaced(batch.account)
      const { lastId, lastOf, hole } = batch.archive
      if (lastId !== undefined && !passes) archives.setLast(jid, account, lastId, lastOf === undefined ? result.last : (storedOf(batch.account, lastOf, lastId)?.id ?? 0))
      if (begun) archives.setEra(jid, account, era)
      if (hole !== undefined) archives.setHole(jid, account, hole, result.first)
    }
    if (missed && batch.archive !== null) archives.setMissed(jid, account)
    return batch.signs === undefined || batch.signs.length === 0 ? result.changes : sign(batch.signs, batch.account, result.changes)
  }

  return { record, alter }
}
