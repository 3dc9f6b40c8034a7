/** The messages of an import on their way to the writer. */
import type { NewAttachment } from './tables/attachment.ts'
import { hasLink, FLAG } from './tables/message-row.ts'
import { textColumn, type TextColumn } from './packing.ts'

export interface ImportRow {
  sender: string
  /** ms */
  time: number
  text: string
  edited?: boolean
  attachments?: readonly NewAttachment[]
}

/** The same as columns, in the order of their times. */
export interface PackedRows {
  /** ms */
  times: Float64Array
  texts: TextColumn
  /** UTF-16 units */
  lengths: Float64Array
  /** FLAG */
  flags: Uint16Array
  senders: string[]
  /** Indices into senders. */
  sender: Uint32Array
  /** Of the rows that have any. */
  attachments: [row: number, list: readonly NewAttachment[]][]
}

export function packRows(list: readonly ImportRow[]): PackedRows {
  const rows = list.every((row, i) => i === 0 || row.time >= (list[i - 1]?.time ?? 0)) ? list : list.toSorted((a, b) => a.time - b.time)
  const count = rows.length
  const packed: PackedRows = { times: new Float64Array(count), texts: textColumn(rows.map(({ text }) => text)), lengths: new Float64Array(count), flags: new Uint16Array(count), senders: [], sender: new Uint32Array(count), attachments: [] }
  const known = new Map<string, number>()
  for (const [i, { sender, time, text, edited = false, attachments = [] }] of rows.entries()) {
    let index = known.get(sender)
    if (index === undefined) {
      known.set(sender, (index = packed.senders.length))
      packed.senders.push(sender)
    }
    packed.sender[i] = index
    packed.times[i] = time
    packed.lengths[i] = text.length
    packed.flags[i] = (edited ? FLAG.edited : 0) | (hasLink(text) ? FLAG.link : 0) | attachments.reduce((flags, { kind }) => flags | FLAG[kind], 0)
    if (attachments.length > 0) packed.attachments.push([i, attachments])
  }
  return packed
}
