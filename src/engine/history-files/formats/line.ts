/** LINE exports (.txt): a line for each date, then time, name and text, separated by tabs; on PCs by blanks. */
import type { ConversationHead } from '../history.ts'
import type { TextFile } from '../source.ts'
import { isOwnName } from './columns.ts'
import { bareFile, withoutPlaceholders } from './left-out.ts'
import { readStamp, type Stamp } from './stamps.ts'
import { weekdaysIn } from './weekdays.ts'
import { textHistory, type Entry, type LineRead, type TextReader } from './text-history.ts'

const TITLES = [
  /^\[LINE\] ?Chat history (?:with|in) (.+)$/i,
  /^Chat history (?:with|in) (.+)$/i,
  /^\[LINE\] ?(.+?)(?:との|の)トーク(?:履歴)?$/,
  /^\[LINE\] ?(?:与|與|和)(.+?)的(?:聊天|对话|對話)(?:记录|記錄|紀錄)?$/,
  /^\[LINE\] ?(.+?)的(?:聊天|对话|對話)(?:记录|記錄|紀錄)?$/,
  /^\[LINE\] ?(.+?)(?:님)?과의? ?대화(?: ?내용)?$/,
  /^\[LINE\] ?ประวัติการ(?:แชท|สนทนา)(?:กับ|ใน) ?(.+)$/,
  /^\[LINE\] ?Riwayat (?:obrolan|chat) (?:dengan|di) (.+)$/i,
  /^\[LINE\] ?(.+)$/
]
const SAVED = /^(?:Saved on|Saved time|保存日時|保存日期|保存时间|儲存日期|저장한? ?날짜|저장 일시|บันทึก(?:เมื่อ|วันที่)|Disimpan pada)\s*[:：]/i
/** 2024/05/31(金), 2024.05.31 Friday, Fri, 05/31/2024, 2024年5月31日(金) and their like. */
const DAY =
  /^(?:\p{L}+\.?,? )?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?(?: ?[(（]?[\p{L}.]+[)）]?)?$|^\d{4}[년年] ?\d{1,2}[월月] ?\d{1,2}[일日](?: ?[(（]?\p{L}+[)）]?)?$/u
/** Friday, May 31, 2024; 31 May 2024; 2024. 5. 31. 금요일 */
const LONG_DAY = /^(?:\p{L}+\.?,? )?(?:\p{L}+\.? \d{1,2},? \d{4}|\d{1,2}\.? \p{L}+\.? \d{4})$|^\d{4}\. ?\d{1,2}\. ?\d{1,2}\.(?: ?[(（]?\p{L}+[)）]?)?$/u
const isDay = (line: string): boolean => DAY.test(line) || (LONG_DAY.test(line) && readStamp(withoutWeekday(line)) !== null)
const CLOCK = String.raw`(?:(?:上午|下午|午前|午後|오전|오후|中午|凌晨|早上|晚上) ?)?\d{1,2}[:.]\d{2}(?: ?[AaPp]\.?[Mm]\.?)?`
const CLOCKED = new RegExp(`^${CLOCK}\\t`)
const TABBED = new RegExp(`^(${CLOCK})\\t([^\\t]*)\\t([\\s\\S]*)$`)
const TABBED_NOTICE = new RegExp(`^(${CLOCK})\\t([^\\t]+)$`)
const SPACED = new RegExp(`^(${CLOCK}) (.+)$`)
const UNSENT = /(?:unsent a message|Message unsent|メッセージの送信を取り消しました|已收回訊息|撤回了一?条?消息|메시지를 취소했습니다)\.?$/i

const withoutWeekday = (day: string): string =>
  day
    .replace(/^\p{L}+\.?,? (?=\d|\p{L}+\.? \d{1,2},? \d{4})/u, '')
    .replace(/[.]? ?[(（]?[\p{L}.]+[)）]?$/u, (end) => (/^[일日]/u.test(end) ? (end[0] ?? '') : ''))

/** Frequency of word sequences at the start of lines in a PC file, whose blanks do not separate names from texts. */
const begun = new WeakMap<TextFile, Map<string, number>>()
const MOST_WORDS = 4

function count(rest: string, counts: Map<string, number>): void {
  const words = rest.split(' ')
  for (let length = 1; length <= Math.min(MOST_WORDS, words.length - 1); length++) {
    const run = words.slice(0, length).join(' ')
    counts.set(run, (counts.get(run) ?? 0) + 1)
  }
}
/** Name at the start of a line: the conversation's, or a first word with the words that always follow it. */
function nameAt(rest: string, chat: string, counts: Map<string, number> | undefined): string {
  if (rest.startsWith(`${chat} `)) return chat
  const words = rest.split(' ')
  let name = words[0] ?? ''
  const often = counts?.get(name) ?? 0
  if (often < 3) return name
  for (let length = 2; length <= Math.min(MOST_WORDS, words.length - 1); length++) {
    const run = words.slice(0, length).join(' ')
    if (counts?.get(run) !== often) break
    name = run
  }
  return name
}

function openLine(file: TextFile): TextReader {
  const learned = begun.get(file)
  const counts = new Map<string, number>()
  if (learned === undefined) begun.set(file, counts)
  const head: ConversationHead = { name: file.name.replace(/^\[LINE\][ _]?/i, ''), id: null }
  let day = ''
  /** Weekdays that the date line may mean, as bits. */
  let weekdays = 0
  let cached: { text: string; stamp: Stamp | null } = { text: '', stamp: null }
  const at = (clock: string): Stamp | null => {
    const written = `${day} ${clock}`
    if (cached.text !== written) {
      const stamp = readStamp(written)
      cached = { text: written, stamp: stamp?.kind === 'date' && weekdays > 0 ? { ...stamp, weekdays } : stamp }
    }
    return cached.stamp
  }
  const entry = (clock: string, sender: string | null, text: string): Entry => ({
    stamp: at(clock),
    written: `${day} ${clock}`,
    sender,
    text,
    ...(sender !== null && isOwnName(sender) ? { outgoing: true } : {})
  })
  /** True within a multi-line text, which is in quotes with inner ones doubled. */
  let quoted = false
  return {
    line(text, number): LineRead {
      // a text that merely begins with a quote ends at the next message
      if (quoted && (CLOCKED.test(text) || isDay(text.trim()))) quoted = false
      if (quoted) {
        if (/(?:^|[^"])(?:"")*"$/.test(text)) quoted = false
        return null
      }
      if (number <= 3) {
        for (const pattern of TITLES) {
          const title = pattern.exec(text)?.[1]?.trim()
          if (title === undefined) continue
          head.name = title
          return 'skip'
        }
        if (SAVED.test(text)) return 'skip'
      }
      const trimmed = text.trim()
      if (trimmed === '') return day === '' ? 'skip' : null
      if (isDay(trimmed)) {
        day = withoutWeekday(trimmed)
        weekdays = weekdaysIn(trimmed)
        return 'skip'
      }
      if (day === '') return null
      const [, clock, name = '', said = ''] = TABBED.exec(text) ?? []
      if (clock !== undefined) {
        quoted = said.startsWith('"') && !/^"(?:[^"]|"")*"$/.test(said)
        return entry(clock, name.trim() === '' || UNSENT.test(said) ? null : name.trim(), said)
      }
      const notice = TABBED_NOTICE.exec(text)
      if (notice !== null) return entry(notice[1] ?? '', null, notice[2] ?? '')
      const spaced = text.includes('\t') ? null : SPACED.exec(text)
      if (spaced === null) return null
      const [, time = '', rest = ''] = spaced
      if (learned === undefined) count(rest, counts)
      const sender = nameAt(rest, head.name, learned)
      const body = rest.slice(sender.length + 1)
      return { ...entry(time, body === '' || UNSENT.test(rest) ? null : sender, body), spaced: true }
    },
    head: () => head,
    content(text, { spaced = false }) {
      const left = withoutPlaceholders(text, file)
      if (left !== null) return left
      // the computer's files have no brackets
      const bare = spaced ? bareFile(text, file) : null
      if (bare !== null) return { text: '', files: [bare] }
      return { text: /^"[\s\S]*"$/.test(text) && text.includes('\n') ? text.slice(1, -1).replaceAll('""', '"') : text }
    }
  }
}

/** Text of LINE (.txt). */
export const line = textHistory({
  format: 'line',
  matches: ({ lines, head }) => {
    if (/^\[LINE\]/.test(lines[0] ?? '') || (/^Chat history (?:with|in) /i.test(lines[0] ?? '') && SAVED.test(lines[1] ?? ''))) return true
    const day = lines.findIndex((one) => isDay(one.trim()))
    if (day < 0 || day > 4) return false
    const after = lines.slice(day + 1, day + 12)
    const tabbed = after.filter((one) => TABBED.test(one)).length
    const spaced = after.filter((one) => SPACED.test(one)).length
    return tabbed > 0 || (spaced > after.length / 2 && !/^\[/m.test(head))
  },
  open: openLine
})
