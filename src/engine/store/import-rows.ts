/** Messages of an import, packed for the writer thread. */
import type { NewAttachment } from './tables/attachment.ts'
import { hasLink, FLAG, IMPORTED } from './tables/message-row.ts'
import { NO_TEXT, textColumn, type TextColumn } from './packing.ts'

export interface ImportRow {
  sender: string
  /** ms */
  time: number
  text: string
  /** Position in history if it differs from `time`, ms: the order within the file. */
  place?: number
  /** Set where the sender alone does not tell whether the message is the user's own. */
  outgoing?: boolean
  edited?: boolean
  pinned?: boolean
  starred?: boolean
  mention?: boolean
  retracted?: boolean
  /** Id within the file, and id of the message that this one answers. */
  id?: string
  replyTo?: string
  /** Emoji, separated by blanks; one entry per person. */
  reactions?: readonly ImportReaction[]
  attachments?: readonly NewAttachment[]
}
export interface ImportReaction {
  sender: string
  outgoing: boolean
  emoji: string
}

/** Texts that few rows have: for each row an index into `texts`, or NO_TEXT. */
export interface SparseColumn {
  at: Uint32Array
  texts: TextColumn
}

/** Import rows as columns, in order of their positions. */
export interface PackedRows {
  /** ms */
  times: Float64Array
  /** ms */
  places: Float64Array
  texts: TextColumn
  /** UTF-16 units */
  lengths: Float64Array
  /** FLAG */
  flags: Uint16Array
  senders: string[]
  /** Indices into senders. */
  sender: Uint32Array
  /** 1: own, 0: not own, 2: decided by the sender. */
  outgoing: Uint8Array
  ids: SparseColumn
  replies: SparseColumn
  reactions: [row: number, id: string, list: readonly ImportReaction[]][]
  /** Attachments, of rows that have any. */
  attachments: [row: number, list: readonly NewAttachment[]][]
}

function sparse(texts: readonly (string | undefined)[]): SparseColumn {
  const list: string[] = []
  const at = Uint32Array.from(texts, (text) => (text === undefined ? NO_TEXT : list.push(text) - 1))
  return { at, texts: textColumn(list) }
}
const place = (row: ImportRow): number => row.place ?? row.time
const named = (id: string | undefined): string | undefined => (id === undefined ? undefined : IMPORTED + id)

export function packRows(list: readonly ImportRow[]): PackedRows {
  const rows = list.every((row, i) => i === 0 || place(row) >= place(list[i - 1] ?? row)) ? list : list.toSorted((a, b) => place(a) - place(b))
  const count = rows.length
  const packed: PackedRows = {
    times: new Float64Array(count),
    places: Float64Array.from(rows, place),
    texts: textColumn(rows.map(({ text }) => text)),
    lengths: new Float64Array(count),
    flags: new Uint16Array(count),
    senders: [],
    sender: new Uint32Array(count),
    outgoing: Uint8Array.from(rows, ({ outgoing }) => (outgoing === undefined ? 2 : outgoing ? 1 : 0)),
    ids: sparse(rows.map(({ id }) => named(id))),
    replies: sparse(rows.map(({ replyTo }) => named(replyTo))),
    reactions: [],
    attachments: []
  }
  const known = new Map<string, number>()
  for (const [
    i,
    { sender, time, text, edited = false, pinned = false, starred = false, mention = false, retracted = false, id, reactions = [], attachments = [] }
  ] of rows.entries()) {
    let index = known.get(sender)
    if (index === undefined) {
      known.set(sender, (index = packed.senders.length))
      packed.senders.push(sender)
    }
    packed.sender[i] = index
    packed.times[i] = time
    packed.lengths[i] = text.length
    const reacted = id !== undefined && reactions.length > 0
    const said =
      (edited ? FLAG.edited : 0) |
      (pinned ? FLAG.pinned : 0) |
      (starred ? FLAG.starred : 0) |
      (mention ? FLAG.mention : 0) |
      (retracted ? FLAG.retracted : 0) |
      (reacted ? FLAG.reacted : 0) |
      (hasLink(text) ? FLAG.link : 0)
    packed.flags[i] = attachments.reduce((flags, { kind }) => flags | FLAG[kind], said)
    if (reacted) packed.reactions.push([i, IMPORTED + id, reactions])
    if (attachments.length > 0) packed.attachments.push([i, attachments])
  }
  return packed
}
