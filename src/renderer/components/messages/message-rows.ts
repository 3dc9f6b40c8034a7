/** Messages as rows of a list: day separators, the line above unread messages, and the start and end of runs. Pure. */
import { isStickerName } from '../../../contract/stickers.ts'
import type { Message, Notice } from '../../../contract/domain.ts'

export type Row =
  | { kind: 'date'; key: string; time: number }
  | { kind: 'unread'; key: string }
  /** Consecutive group notices of one kind. */
  | { kind: 'notice'; key: string; notices: Notice[] }
  /** Pictures without text that were sent together. */
  | { kind: 'album'; key: string; messages: Message[]; first: boolean; last: boolean }
  | { kind: 'message'; key: string; message: Message; first: boolean; last: boolean }

/** Longest gap between two messages of a run, in ms. */
const RUN_MS = 5 * 60_000

/** Kinds of notices that are merged into one line. */
const JOINED: ReadonlySet<Notice['kind']> = new Set(['joined', 'left', 'added', 'removed'])

const dayOf = (time: number): number => new Date(time).setHours(0, 0, 0, 0)

function joins(a: Message | undefined, b: Message | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    !a.retracted &&
    !b.retracted &&
    a.sender === b.sender &&
    a.outgoing === b.outgoing &&
    b.time - a.time < RUN_MS &&
    dayOf(a.time) === dayOf(b.time)
  )
}

/** Largest album, and longest gap between two of its pictures, ms. */
const ALBUM = 10
const ALBUM_MS = 60_000
const isPicture = ({ text, attachments, reply, reactions, retracted }: Message): boolean =>
  text === '' &&
  !retracted &&
  reply === null &&
  reactions.length === 0 &&
  attachments.length === 1 &&
  attachments[0]?.kind === 'image' &&
  !isStickerName(attachments[0].name) &&
  (attachments[0].where === 'here' || attachments[0].width !== null)

/** Gathers pictures that were sent together into album rows. */
function gathered(rows: readonly Row[]): Row[] {
  const result: Row[] = []
  for (const row of rows) {
    const before = result.at(-1)
    if (row.kind !== 'message' || row.first || before === undefined || (before.kind !== 'message' && before.kind !== 'album') || !isPicture(row.message)) {
      result.push(row)
      continue
    }
    const messages = before.kind === 'album' ? before.messages : [before.message]
    const last = messages.at(-1)
    if (last === undefined || messages.length === ALBUM || !isPicture(last) || row.message.time - last.time > ALBUM_MS) result.push(row)
    else
      result[result.length - 1] = {
        kind: 'album',
        key: `a${messages[0]?.key ?? ''}`,
        messages: [...messages, row.message],
        first: before.first,
        last: row.last
      }
  }
  return result
}
/** The messages of a row. */
export const messagesOf = (row: Row): readonly Message[] => (row.kind === 'message' ? [row.message] : row.kind === 'album' ? row.messages : [])

/** `readUpTo`: read position when the conversation was opened; 0: no line. */
export function toRows(messages: readonly Message[], readUpTo: number, notices: readonly Notice[] = []): Row[] {
  const rows: Row[] = []
  let drawn = readUpTo === 0
  let day = NaN
  let noticed = 0
  const newDay = (time: number, key: string): boolean => {
    if (dayOf(time) === day) return false
    day = dayOf(time)
    rows.push({ kind: 'date', key: `d${day}-${key}`, time })
    return true
  }
  /** Adds the notices before a time and returns whether there were any. */
  const noticesBefore = (time: number): boolean => {
    const before = noticed
    for (let notice = notices[noticed]; notice !== undefined && notice.time < time; notice = notices[++noticed]) {
      newDay(notice.time, `n${notice.id}`)
      const last = rows.at(-1)
      if (last?.kind === 'notice' && last.notices[0]?.kind === notice.kind && JOINED.has(notice.kind)) last.notices.push(notice)
      else rows.push({ kind: 'notice', key: `n${notice.id}`, notices: [notice] })
    }
    return noticed > before
  }
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1]
    const after = messages[index + 1]
    const interrupted = noticesBefore(message.time)
    newDay(message.time, message.key)
    const isFirstUnread = !drawn && message.id > readUpTo && before !== undefined && before.id <= readUpTo
    if (message.id > readUpTo) drawn = true
    if (isFirstUnread && !message.outgoing) rows.push({ kind: 'unread', key: 'unread' })
    const next = notices[noticed]
    rows.push({
      kind: 'message',
      key: message.key,
      message,
      first: interrupted || !joins(before, message) || isFirstUnread,
      last: !joins(message, after) || (next !== undefined && after !== undefined && next.time < after.time)
    })
  }
  noticesBefore(Infinity)
  return gathered(rows)
}
