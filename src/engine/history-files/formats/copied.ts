/**
 * Messages taken out of an app as text: selected in WeChat and sent by mail or shared (dates between dashes, 'name  9:30' above a text), or copied from
 * the window of WeChat, WeCom, DingTalk, Feishu or Teams ('name 2024/5/31 9:30 AM' above a text, also without a year, in brackets, or with the time first), or of
 * Telegram ('name, [31.05.2024 9:30]' above a text).
 */
import type { ConversationHead } from '../history.ts'
import type { TextFile } from '../source.ts'
import { contentOf } from './copied-content.ts'
import { readStamp, simplify, stampAt, type Stamp } from './stamps.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'
import { timeOf } from './times.ts'
import { isWhatsApp } from './whatsapp.ts'

const DAY = /^\s*[—–-]{3,}\s*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)\s*[—–-]{3,}\s*$/
/** Two blanks precede the time. */
const CLOCKED = /^(.{1,80}?)\s{2,}(\d{1,2}:\d{2}(?::\d{2})?)\s*$/
const TITLES = [
  /^\s*(?:微信群[“"「](.+)[”"」]的|(.+?) ?微信群上的)(?:聊天记录|聊天記錄)/,
  /^\s*(?:[如以]下是 ?)?[“"]?(.+?)[”"]? ?[和与與] ?[“"]?(.+?)[”"]? ?(?:在微信上的|之间的微信|之間的微信)(?:聊天记录|聊天記錄)/
]
const BLANK = / /g
const LONGEST_NAME = 80

/** Name and time in a line that ends with the time. */
function namedStamp(line: string): { name: string; stamp: Stamp; written: string } | null {
  const simple = simplify(line).trimEnd()
  // characters removed by simplify would shift the end
  if (simple.length !== line.trimEnd().length || !/\d{1,2}[:.時时点]\d{2}/u.test(simple)) return null
  // a word before a date may be the weekday, or the last part of a name
  for (const { index } of [...simple.slice(0, LONGEST_NAME).matchAll(BLANK)].reverse()) {
    const found = index === 0 ? null : stampAt(simple, index + 1)
    if (found?.clocked === true && found.end === simple.length) return { name: line.slice(0, index).trim(), stamp: found.value, written: line.slice(index + 1) }
  }
  return null
}

function openMail(file: TextFile): TextReader {
  const head: ConversationHead = { name: file.name, id: null }
  let day = ''
  return {
    line(text): LineRead {
      const begun = DAY.exec(text)?.[1]
      if (begun !== undefined) {
        day = begun
        return 'skip'
      }
      if (day === '') {
        const [group, pair] = TITLES.map((pattern) => pattern.exec(text))
        if (group !== null && group !== undefined) head.name = group[1] ?? group[2] ?? head.name
        else if (pair !== null && pair !== undefined) head.name = `${pair[1] ?? ''}, ${pair[2] ?? ''}`
        return 'skip'
      }
      const [, name, clock = ''] = CLOCKED.exec(text) ?? []
      const written = `${day} ${clock}`
      return name === undefined ? null : { stamp: readStamp(written), written, sender: name.trim(), text: '' }
    },
    head: () => head,
    content: (text) => contentOf(text, file)
  }
}

/** WeChat messages sent by mail or shared as text. */
export const wechatMail = textHistory({
  format: 'wechat',
  matches({ lines }) {
    const day = lines.slice(0, 12).findIndex((line) => DAY.test(line))
    return day >= 0 && lines.slice(day + 1, day + 3).some((line) => CLOCKED.test(line))
  },
  open: openMail
})

type Heading = NonNullable<ReturnType<typeof namedStamp>>

/** Line that looks like a heading. `below`: it follows a blank line. */
interface Likely {
  number: number
  name: string
  below: boolean
  time: number
}
/** Likely headings of a file, from its first pass. */
const begun = new WeakMap<TextFile, Likely[]>()

/** Numbers of the lines that are headings: those below a blank line, and others of the same people, or whose times lie between those of their neighbours. */
function headingsIn(likely: readonly Likely[]): ReadonlySet<number> {
  const apart = likely.filter(({ below }) => below)
  const often = new Set(likely.map(({ name }) => name).filter((name, index, all) => all.indexOf(name) !== index || apart.some((one) => one.name === name)))
  const found = new Set<number>()
  let last = -Infinity
  for (const [index, { number, name, below, time }] of likely.entries()) {
    const next = likely.slice(index + 1).find((one) => one.below)?.time
    // no heading but the first is below a blank line
    if (!below && apart.length > 1 && !often.has(name) && !(next !== undefined && time >= last && time <= next)) continue
    found.add(number)
    last = time
  }
  return found
}

/** `strict`: a line that begins a message can be nothing else, whatever stands above it. */
function openCopied(file: TextFile, headed: (line: string) => Heading | null, strict: boolean): TextReader {
  const head: ConversationHead = { name: file.name, id: null }
  const learned = begun.get(file)
  const headings = learned === undefined ? null : headingsIn(learned)
  const likely: Likely[] = []
  if (learned === undefined) begun.set(file, likely)
  let blank = true
  return {
    line(text, number): LineRead {
      const found = headed(text)
      const below = blank
      blank = text.trim() === ''
      if (found === null) return null
      const { name, stamp, written } = found
      if (headings === null) likely.push({ number, name, below, time: stamp.kind === 'date' ? (timeOf(stamp, stamp.hint) ?? 0) : stamp.time })
      // a text may end with a time, too
      if (!strict && !(headings?.has(number) ?? true)) return null
      return { stamp, written, sender: name, text: '' }
    },
    head: () => head,
    content: (text) => contentOf(text, file)
  }
}

/** Messages copied from WeChat's window and pasted into a file. */
export const wechatCopied = textHistory({
  format: 'wechat',
  matches({ head, lines }) {
    if (namedStamp(lines[0] ?? '') === null || namedStamp(lines[1] ?? '') !== null) return false
    const [, ...others] = head.split(/\r\n?|\n(?=\s*\n)/)
    // one such line may head anything
    return others.some((part) => namedStamp(part.trimStart().split(/\r\n?|\n/)[0] ?? '') !== null)
  },
  open: (file) => openCopied(file, namedStamp, false)
})

/** '5/3 15:04:11' and '5月3日 15:04', without a year. */
const YEARLESS = /^(.{1,80}?)[ \u3000]+(\d{1,2})(?:月|[/.-])(\d{1,2})日? +(\d{1,2}:\d{2}(?::\d{2})?)$/u
/** '[5/3/2024 3:04 PM] name'. */
const TIME_FIRST = /^\[([^[\]]{8,40})\] ([^:：]{1,80})$/u
/** '【name】2024-05-03 15:04', 'name: 2024-05-03 15:04'. */
const FRAMED = /^(?:【([^【】]{1,80})】|([^:：]{1,80})[:：]) ?(\d.{7,40})$/u

/** Heading of any window but Telegram's. */
function anyHeading(line: string): Heading | null {
  const text = line.trimEnd()
  const [, name, month = '', date = '', clock = ''] = YEARLESS.exec(simplify(text)) ?? []
  if (name !== undefined) {
    // the latest such day that has begun
    const now = new Date()
    const passed = new Date(now.getFullYear(), Number(month) - 1, Number(date)) <= now
    const written = `${now.getFullYear() - (passed ? 0 : 1)}-${month}-${date} ${clock}`
    const stamp = readStamp(written)
    return stamp === null ? null : { name: text.slice(0, name.length).trim(), stamp, written }
  }
  const [, first, behind] = TIME_FIRST.exec(text) ?? []
  const [, framed, colon, last] = FRAMED.exec(text) ?? []
  const written = first ?? last
  const who = behind ?? framed ?? colon
  if (written !== undefined && who !== undefined && /\d{1,2}[:.]\d{2}/.test(simplify(written))) {
    const stamp = readStamp(written)
    if (stamp?.kind === 'date') return { name: who.trim(), stamp, written }
  }
  const timed = /^\d/.test(text) && simplify(text).length === text.length ? stampAt(simplify(text), 0) : null
  const behindTime = timed?.clocked === true ? (/^ +([^:：\t]{1,40})$/u.exec(text.slice(timed.end))?.[1] ?? null) : null
  if (timed !== null && behindTime !== null) return { name: behindTime.trim(), stamp: timed.value, written: text.slice(0, timed.end) }
  return namedStamp(text)
}

/** Text copied out of other windows, recognized by two such headings. */
export const otherCopied = textHistory({
  format: 'copied',
  matches({ lines }) {
    const first = anyHeading(lines[0] ?? '')
    return first !== null && anyHeading(lines[1] ?? '') === null && lines.slice(2).some((line) => anyHeading(line) !== null)
  },
  open: (file) => openCopied(file, anyHeading, false)
})

/** Time at the start of a line, then name and text: '2024-05-31 09:30:00 Ann: hi'. */
function plainEntry(line: string): { stamp: Stamp; written: string; sender: string; text: string } | null {
  const simple = simplify(line.slice(0, 60))
  const found = /^[[(]?\d/.test(simple) ? stampAt(simple, /^[[(]/.test(simple) ? 1 : 0) : null
  // characters removed by simplify would shift the rest
  if (found === null || !found.clocked || simple.length !== Math.min(line.length, 60)) return null
  const [, sender, text = ''] = /^[\])]?(?:[ \t]+|[ \t]*[-–—|][ \t]*)([^:：\t]{1,60}?)[ \t]*[:：] ?([\s\S]*)$/u.exec(line.slice(found.end)) ?? []
  return sender === undefined ? null : { stamp: found.value, written: line.slice(0, found.end), sender: sender.trim(), text }
}

/** Logs of any program with a time, a name and a text in each line. */
export const plainLog = textHistory({
  format: 'copied',
  matches: ({ lines, head }) => !isWhatsApp(head) && plainEntry(lines[0] ?? '') !== null && lines.slice(1, 12).some((line) => plainEntry(line) !== null),
  open(file) {
    const head: ConversationHead = { name: file.name, id: null }
    return { line: plainEntry, head: () => head, content: (text) => contentOf(text, file) }
  }
})

const BRACKETS = /^(.{1,80}), \[([^[\]]{8,40})\]\s*$/u
function bracketed(line: string): ReturnType<typeof namedStamp> {
  const [, name = '', written = ''] = BRACKETS.exec(line) ?? []
  const stamp = written === '' || !/\d{1,2}[:.]\d{2}/.test(simplify(written)) ? null : readStamp(written)
  return stamp === null ? null : { name: name.trim(), stamp, written }
}

/** Text copied out of Telegram's window on a computer. */
export const telegramCopied = textHistory({
  format: 'telegram',
  matches: ({ lines }) => bracketed(lines[0] ?? '') !== null,
  open: (file) => openCopied(file, bracketed, true)
})
