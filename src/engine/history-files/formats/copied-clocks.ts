/**
 * Messages copied out of windows that show only the time of the day, or days by words: 'name 15:04', '[3:04 PM] name', 'name' and the time on the next line
 * (Slack, Teams, Discord), times on lines of their own between 'name:' and a text (WeChat), '15:04 name: text'. Days without a date are counted back
 * from the time at which the file was saved.
 */
import type { ConversationHead } from '../history.ts'
import type { TextFile } from '../source.ts'
import { contentOf } from './copied-content.ts'
import { shownTime, type Shown } from './day-words.ts'
import type { Clock, Stamp } from './stamps.ts'
import { isWhatsApp } from './whatsapp.ts'
import { textHistory, type Entry, type LineRead, type TextReader } from './text-history.ts'

const HOUR_MS = 3_600_000
const LONGEST_NAME = 40
const MOST_LINES = 400

/** Message of a copy; `line`: index of the line with which it begins. */
interface Copied {
  line: number
  name: string
  shown: Shown
  text: string
}
interface Plan {
  messages: Copied[]
  /** Lines that are no text of a message. */
  silent: Set<number>
}
type Shape = (lines: readonly string[]) => Plan | null

const isBlank = (line: string | undefined): boolean => line === undefined || line.trim() === ''
/** Name without the signs around it; null: too long for a name, or a sentence. */
function nameOf(text: string): string | null {
  const name = text
    .trim()
    .replace(/^[【[]([^\]】]+)[\]】]$/u, '$1')
    .replace(/[ \t]*[,，|·•—–-]$/u, '')
    .trim()
  return name === '' || name.length > LONGEST_NAME || /[.。！!？?；;…]$/u.test(name) || !/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(name) ? null : name
}
/** Time of a line that has nothing else, but brackets or dashes around it. */
const timeLine = (line: string): Shown | null => shownTime(line.trim().replace(/^[[(（【—–-]+ *| *[\])）】—–-]+$/gu, ''))

/** 'name 15:04', '[15:04] name', 'Ann — Today at 3:04 PM'; null: something else. `clear`: by its signs it is no end of a text. */
function heading(line: string): { name: string; shown: Shown; clear: boolean } | null {
  const text = line.trim()
  if (text.length > 90 || !/\d/u.test(text)) return null
  const [, first, behind = ''] = /^[[(（【]([^\])）】]{4,40})[\])）】][ \t]*([^:：]{1,40})$/u.exec(text) ?? []
  if (first !== undefined) {
    const [name, shown] = [nameOf(behind), shownTime(first)]
    return name === null || shown === null ? null : { name, shown, clear: true }
  }
  for (const { index } of text.matchAll(/[ \t\u3000]+(?=\S)|(?<=[】\]])(?=[[(（\p{L}\d])/gu)) {
    if (index === 0) continue
    const shown = shownTime(
      text
        .slice(index)
        .trim()
        .replace(/^[[(（](.*)[\])）]$/u, '$1')
    )
    const name = shown === null ? null : nameOf(text.slice(0, index))
    if (shown !== null && name !== null && !/[:：]/u.test(name)) return { name, shown, clear: /^(?:[ \t\u3000]{2}| [—·|])/u.test(text.slice(index)) }
  }
  return null
}

/** Headings above the texts. A text may end with a time, too: a heading is below a blank line, or of a person with several. */
const inline: Shape = (all) => {
  const likely = all.flatMap((line, index) => {
    const found = heading(line)
    return found === null ? [] : [{ index, below: isBlank(all[index - 1]), ...found }]
  })
  const [first, second] = [all.findIndex((line) => !isBlank(line)), likely[0]]
  if (second?.index !== first) return null
  // a list of times
  if (likely.some(({ index }) => index === first + 1) && !likely.some(({ index, below }) => below && index > first)) return null
  const clear = likely.every((one) => one.clear)
  const often = new Set(
    likely.filter(({ name, below, clear }, at) => below || clear || likely.some((one, other) => other !== at && one.name === name)).map(({ name }) => name)
  )
  const sure = likely.filter(({ name }) => often.has(name))
  if (sure.length < 2) return null
  const messages: Copied[] = sure.map(({ index, name, shown }) => ({ line: index, name, shown, text: '' }))
  // more of the same person, with the time alone
  if (clear)
    for (const [index, line] of all.entries()) {
      const shown = isBlank(line) ? null : timeLine(line)
      const before = messages.filter((one) => one.line < index).at(-1)
      if (shown !== null && before !== undefined) messages.push({ line: index, name: before.name, shown, text: '' })
    }
  return { messages: messages.sort((a, b) => a.line - b.line), silent: new Set() }
}

/** Name, and its time on the next line. A time without a name above it continues the same person's messages. */
const twoLines: Shape = (all) => {
  const times = all.flatMap((line, index) => {
    const shown = isBlank(line) ? null : timeLine(line)
    return shown === null ? [] : [{ index, shown, indented: /^[ \t\u3000]/u.test(line) }]
  })
  const [first] = times
  const begin = all.findIndex((line) => !isBlank(line))
  if (first?.index !== begin + 1 || times.length < 2) return null
  const indented = times.some((one) => one.indented)
  const messages: Copied[] = []
  const silent = new Set<number>()
  let last: number = -1
  for (const { index, shown, indented: isIndented } of times) {
    const above = all[index - 1]
    const name = isBlank(above) || last === index - 1 || (indented && !isIndented) ? null : nameOf(above ?? '')
    const before = messages.at(-1)
    if (name === null && before === undefined) return null
    silent.add(index)
    messages.push({ line: name === null ? index : index - 1, name: name ?? before?.name ?? '', shown, text: '' })
    last = index
  }
  const names = messages.map(({ name }) => name)
  // two names may be anything; several messages of one person, or blank lines above them, are a chat
  const apart = messages.slice(1).every(({ line }) => isBlank(all[line - 1]))
  return indented || apart || new Set(names).size < names.length || messages.every(({ shown }) => shown.kind === 'stamp') ? { messages, silent } : null
}

const NAMED = /^([^:：]{1,40})[:：][ \t]?(.*)$/su
/** Times on lines of their own, and messages as 'name:' above the text or 'name: text'. */
const separated: Shape = (all) => {
  const begin = all.findIndex((line) => !isBlank(line))
  const named = all.map((line) => (timeLine(line) === null ? NAMED.exec(line.trim()) : null))
  const next = all.findIndex((line, index) => index > begin && !isBlank(line))
  if (begin < 0 || timeLine(all[begin] ?? '') === null || named[next] === null || named[next] === undefined) return null
  // 'name:' stands alone
  const alone = named[next]?.[2]?.trim() === ''
  const counts = new Map<string, number>()
  for (const one of named) if (one !== null) counts.set(one[1] ?? '', (counts.get(one[1] ?? '') ?? 0) + 1)
  const plan: Plan = { messages: [], silent: new Set() }
  let shown: Shown | null = null
  let afterTime = false
  for (const [index, line] of all.entries()) {
    if (isBlank(line)) continue
    const time = timeLine(line)
    if (time !== null) {
      shown = time
      afterTime = true
      plan.silent.add(index)
      continue
    }
    const [, who = '', text = ''] = named[index] ?? []
    const name = who === '' ? null : nameOf(who)
    if (shown !== null && name !== null && (afterTime || (alone && text.trim() === '') || (counts.get(who) ?? 0) > 1 || isBlank(all[index - 1])))
      plan.messages.push({ line: index, name, shown, text })
    afterTime = false
  }
  return plan.messages.length < 2 ? null : plan
}

/** Time first, then the name, then the text: each block below a blank line. */
const timeFirst: Shape = (all) => {
  const plan: Plan = { messages: [], silent: new Set() }
  for (const [index, line] of all.entries()) {
    const shown = isBlank(line) ? null : timeLine(line)
    if (shown === null) continue
    const name = nameOf(all[index + 1] ?? '')
    if (name === null || (plan.messages.length > 0 && !isBlank(all[index - 1])) || isBlank(all[index + 2])) return null
    plan.silent.add(index + 1)
    plan.messages.push({ line: index, name, shown, text: '' })
  }
  return plan.messages.length < 2 || plan.messages[0]?.line !== all.findIndex((line) => !isBlank(line)) ? null : plan
}

const LOGGED_TIME = String.raw`((?:\p{L}{1,6} ?)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?\p{L}[\p{L}.]{1,4})?)`
const LOGGED = new RegExp(String.raw`^[[(]?${LOGGED_TIME}[\])]?[ \t]+(?:[-–—|][ \t]*)?<?([^:：<>\t]{1,40}?)>?[ \t]*[:：>][ \t]?(.*)$`, 'su')
/** '15:04 name: text', with dates between. */
const logged: Shape = (all) => {
  const plan: Plan = { messages: [], silent: new Set() }
  for (const [index, line] of all.entries()) {
    const [, written = '', who = '', text = ''] = LOGGED.exec(line.trim()) ?? []
    const shown = written === '' ? null : shownTime(written)
    const name = shown === null ? null : nameOf(who)
    if (shown !== null && name !== null) plan.messages.push({ line: index, name, shown, text })
  }
  const [first] = plan.messages
  // a timetable has no brackets, and none of its items twice
  const isChat =
    new Set(plan.messages.map(({ name }) => name)).size < plan.messages.length || plan.messages.some(({ line }) => /^\s*[[(<]/u.test(all[line] ?? ''))
  return plan.messages.length < 2 || !isChat || first?.line !== all.findIndex((line) => !isBlank(line)) ? null : plan
}

const SHAPES: readonly Shape[] = [logged, inline, separated, twoLines, timeFirst]
const planOf = (all: readonly string[]): Plan | null => {
  for (const shape of SHAPES) {
    const plan = shape(all)
    if (plan !== null) return plan
  }
  return null
}

type DateStamp = Extract<Stamp, { kind: 'date' }>
const stampOf = (day: Date, clock: Clock): DateStamp => ({
  kind: 'date',
  numbers: [day.getFullYear(), day.getMonth() + 1, day.getDate()],
  month: null,
  clock,
  zone: null,
  hint: 'ymd'
})
const secondsOf = ({ hour, minute, second }: Clock): number => (hour * 60 + minute) * 60 + second
const moved = (day: Date, days: number): Date => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days)
/** Start of the day of a stamp whose order is certain; null: unknown. */
const dayOf = ({ numbers: [year = 0, month = 0, day = 0], month: named }: DateStamp): Date | null =>
  year > 31 ? new Date(year, (named ?? month) - 1, named === null ? day : month) : named !== null && month > 31 ? new Date(month, named - 1, year) : null

/** Stamps of messages, in the order of the file. `saved`: ms. */
export function datedStamps(shown: readonly Shown[], saved: number): Stamp[] {
  const today = moved(new Date(saved), 0)
  const stamps: (Stamp | null)[] = []
  let last: DateStamp | null = null
  for (const one of shown) {
    let stamp: DateStamp | null = null
    if (one.kind === 'stamp') {
      if (one.stamp.kind === 'date') last = one.stamp
      stamps.push(one.stamp)
      continue
    }
    if (one.back !== null) stamp = stampOf(moved(today, -one.back), one.clock)
    // the latest such day that has begun, at this time
    else if (one.weekday !== null) stamp = stampOf(moved(today, -((today.getDay() - one.weekday + 7) % 7 || 7)), one.clock)
    else if (one.date !== null) {
      const day = new Date(today.getFullYear(), one.date.month - 1, one.date.day)
      stamp = stampOf(day <= today ? day : new Date(today.getFullYear() - 1, one.date.month - 1, one.date.day), one.clock)
    } else if (last !== null) {
      const day = dayOf(last)
      const later = secondsOf(one.clock) * 1000 < secondsOf(last.clock) * 1000 - HOUR_MS
      stamp = day === null ? { ...last, clock: one.clock } : stampOf(moved(day, later ? 1 : 0), one.clock)
    }
    stamps.push(stamp)
    last = stamp ?? last
  }
  // times before the first date are counted back from it, or from the end
  const dated = stamps.findIndex((stamp) => stamp !== null)
  const following = dated < 0 ? null : stamps[dated]
  let day = following?.kind === 'date' ? (dayOf(following) ?? today) : today
  let next = following?.kind === 'date' ? following.clock : null
  for (let at = (dated < 0 ? stamps.length : dated) - 1; at >= 0; at--) {
    const one = shown[at]
    if (one?.kind !== 'clock') continue
    const limit = next === null ? saved - today.getTime() : secondsOf(next) * 1000 + HOUR_MS
    if (secondsOf(one.clock) * 1000 > limit) day = moved(day, -1)
    stamps[at] = stampOf(day, one.clock)
    next = one.clock
  }
  return stamps.map((stamp) => stamp ?? stampOf(today, { hour: 0, minute: 0, second: 0, fraction: 0 }))
}

/** Lines of a file, from its first pass: what was copied by hand is small. */
const seen = new WeakMap<TextFile, string[]>()

function open(file: TextFile): TextReader {
  const head: ConversationHead = { name: file.name, id: null }
  const known = seen.get(file)
  if (known === undefined) {
    const all: string[] = []
    seen.set(file, all)
    return {
      line(text, number): LineRead {
        all[number - 1] = text
        const shown = heading(text)?.shown ?? timeLine(text) ?? shownTime(LOGGED.exec(text.trim())?.[1] ?? '')
        if (shown === null) return null
        return { stamp: shown.kind === 'stamp' ? shown.stamp : null, written: shown.written, sender: '', text: '' }
      },
      head: () => head
    }
  }
  const plan = planOf(known) ?? { messages: [], silent: new Set<number>() }
  const stamps = datedStamps(
    plan.messages.map(({ shown }) => shown),
    file.saved ?? Date.now()
  )
  const entries = new Map<number, Entry>(
    plan.messages.map(({ line, name, shown, text }, index) => [line, { stamp: stamps[index] ?? null, written: shown.written, sender: name, text }])
  )
  return {
    line: (_, number) => entries.get(number - 1) ?? (plan.silent.has(number - 1) ? 'skip' : null),
    head: () => head,
    content: (text) => contentOf(text, file)
  }
}

/** Copies with times of the day. */
export const copiedClocks = textHistory({
  format: 'copied',
  matches: ({ head }) => !isWhatsApp(head) && planOf(head.split(/\r\n?|\n/, MOST_LINES)) !== null,
  open
})
