/** Messages as the rows of a list: day separators, the line above what is new, and who starts and ends a run. Pure. */
import type { Message } from '../../contract/domain.ts'

export type Row =
  | { kind: 'date'; key: string; time: number }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: Message; first: boolean; last: boolean }

/** Messages further apart than this do not belong to one run, in ms. */
const RUN_MS = 5 * 60_000

const dayOf = (time: number): number => new Date(time).setHours(0, 0, 0, 0)

function joins(a: Message | undefined, b: Message | undefined): boolean {
  return a !== undefined && b !== undefined && a.sender === b.sender && a.outgoing === b.outgoing && b.time - a.time < RUN_MS && dayOf(a.time) === dayOf(b.time)
}

/** `readUpTo`: the last message that had been read when the conversation was opened; 0: no line. */
export function toRows(messages: readonly Message[], readUpTo: number): Row[] {
  const rows: Row[] = []
  let drawn = readUpTo === 0
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1]
    const after = messages[index + 1]
    if (before === undefined || dayOf(before.time) !== dayOf(message.time)) rows.push({ kind: 'date', key: `d${dayOf(message.time)}-${message.key}`, time: message.time })
    const isFirstUnread = !drawn && message.id > readUpTo && before !== undefined && before.id <= readUpTo
    if (message.id > readUpTo) drawn = true
    if (isFirstUnread && !message.outgoing) rows.push({ kind: 'unread', key: 'unread' })
    rows.push({ kind: 'message', key: message.key, message, first: !joins(before, message) || isFirstUnread, last: !joins(message, after) })
  }
  return rows
}
