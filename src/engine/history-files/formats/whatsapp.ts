/**
 * WhatsApp's 'Export chat': a text file, alone or in a .zip with the media. Its lines depend on the phone's system,
 * language and clock:
 *   12/31/23, 9:15 PM - Name: text      [31/12/2023, 21:15:03] Name: text      2023/12/31 下午9:15 - 张三: 你好
 * A line without a date continues the message before it. The phone's own words are recognized by their shape.
 */
import { beginning, ImportError, type ConversationHead, type ParsedHistory, type ParsedMessage, type ReadOptions } from '../history.ts'
import { lines, type TextFile } from '../source.ts'
import type { Format } from './format.ts'
import { simplify, stampAt, type Stamp } from './stamps.ts'
import { Orders, timeOf } from './times.ts'
import { contentOf, isOmitted, learnWords, noWords } from './whatsapp-content.ts'

interface Entry {
  stamp: Stamp
  /** Written form of the time. */
  written: string
  rest: string
  number: number
}
/** Separators between time and text: [..] of iPhones, a dash, the colon of old phones. */
const AFTER = /^(?:\]| ?[-–—]|:)(?: |$)/u
const HEAD = 90
/** 'Dec 31, 2013', and Japanese eras: R6/01/31. */
const MONTH_FIRST = /^(?:\p{L}{3,9}\.? \d{1,2},? \d{4}|[RHS]\d{1,2}\/\d|(?:令和|平成|昭和)(?:\d|元))/u
const MARK = /[\p{Cf}\r]/u
/** Directional and order marks; joiners of emoji and letters belong to a name. */
const MARKS = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/gu

/** Stamp of a line and its rest, or null if there is none. */
function entryOf(line: string): Omit<Entry, 'number'> | null {
  const head = simplify(line.slice(0, HEAD))
  const from = head.startsWith('[') ? 1 : 0
  if (!/\d/.test(head[from] ?? '') && !MONTH_FIRST.test(head.slice(from))) return null
  const found = stampAt(head, from)
  if (found === null || !found.clocked) return null
  const after = AFTER.exec(head.slice(found.end))
  if (after === null || (from === 1) !== after[0].startsWith(']')) return null
  // find the position in the original line, which still has its marks and may have digits of two units
  let passed = 0
  let at = 0
  while (passed < found.end + after[0].length && at < line.length) {
    const character = String.fromCodePoint(line.codePointAt(at) ?? 0)
    at += character.length
    if (!MARK.test(character)) passed++
  }
  return { stamp: found.value, written: head.slice(from, found.end), rest: line.slice(at) }
}

/** True if a text begins like a WhatsApp export. */
export function isWhatsApp(text: string): boolean {
  const [first = '', ...others] = text.split(/[\r\n]+/, MOST_STRAY + 3).filter((line) => line.trim() !== '')
  // if only lines without a date have a colon, it is another app's export
  const all = [first, ...others].map(entryOf).filter((one) => one !== null)
  if (all.length > 1 && all.length * 2 <= others.length + 1 && !all.some(({ rest }) => rest.includes(':'))) return false
  // a wide colon behind each name is no phone's
  if (all.length > 1 && all.every(({ rest }) => /^[^:：\n]{1,40}：/u.test(rest))) return false
  // the user may have added a line or two above
  return entryOf(first) !== null || others.filter((line) => entryOf(line) !== null).length >= 2
}
const MOST_STRAY = 5

/** `onStray`: called with lines above the first entry. Throws ImportError if there are many. */
async function* entries(file: TextFile, onStray?: (line: string) => void): AsyncIterable<Entry> {
  let last: Entry | null = null
  let stray = 0
  for await (const { text, number } of lines(file)) {
    const found = entryOf(text)
    if (found !== null) {
      if (last !== null) yield last
      last = { ...found, number }
    } else if (last !== null) last.rest += `\n${text}`
    else if (text.replace(/\0/g, '').trim() !== '') {
      if (++stray > MOST_STRAY) throw new ImportError(file.file, number, 'this does not begin with a date as in a WhatsApp export', 'other-format')
      onStray?.(`${number}: ${beginning(text)}`)
    }
  }
  if (last !== null) yield last
}

/** Sender and text, or null for a system message. `names`: people whose names contain a colon and a blank. */
function split(rest: string, names: ReadonlySet<string> = NOBODY): { sender: string; text: string } | null {
  const long = [...names].find((name) => rest.startsWith(`${name}:`))
  const colon = long === undefined ? rest.indexOf(': ') : long.length
  const end = colon < 0 && rest.endsWith(':') ? rest.length - 1 : colon < 0 ? (/:(?=\n)/.exec(rest)?.index ?? -1) : colon
  if (end < 0 || rest.slice(0, end).includes('\n')) return null
  const sender = rest.slice(0, end).replace(MARKS, '').replace(/\s+/gu, ' ').trim()
  return sender === ''
    ? null
    : {
        sender,
        text: rest
          .slice(end + 1)
          .replace(/^ /, '')
          .replace(/\n+$/, '')
      }
}
const NOBODY: ReadonlySet<string> = new Set()

/** Text of an entry's line before its first colon, and before its second: the latter may be a whole name. */
function twoColons(rest: string): { short: string; long: string } | null {
  const first = rest.indexOf(': ')
  const second = first < 0 ? -1 : rest.indexOf(': ', first + 2)
  if (second < 0 || second > MOST_NAME || rest.slice(0, second).includes('\n')) return null
  return { short: rest.slice(0, first), long: rest.slice(0, second) }
}
const MOST_NAME = 80
/** Number of equal beginnings in one name's entries from which the longer name is assumed. */
const MANY_ALIKE = 3

/** Counts how often the text before the first colon continues in the same way to a second one. */
class LongNames {
  readonly #short = new Map<string, { entries: number; long: Map<string, number> }>()

  add(rest: string): void {
    const colon = rest.indexOf(': ')
    if (colon < 0 || colon > MOST_NAME || rest.slice(0, colon).includes('\n')) return
    const short = rest.slice(0, colon)
    const known = this.#short.get(short) ?? { entries: 0, long: new Map<string, number>() }
    this.#short.set(short, known)
    known.entries++
    const both = twoColons(rest)
    // only a unique continuation matters: with several, the name ends at the first colon and the texts have colons
    if (both !== null && known.long.size < 2) known.long.set(both.long, (known.long.get(both.long) ?? 0) + 1)
  }

  /** Names up to a second colon that all entries of the shorter name share. */
  found(): Set<string> {
    const names = new Set<string>()
    for (const { entries, long } of this.#short.values()) for (const [name, count] of long) if (count === entries && count >= MANY_ALIKE) names.add(name)
    return names
  }
}

interface Person {
  messages: number
  /** Number of messages that begin with the phone's mark for system texts, and are no files. */
  marked: number
}

const QUOTES: [string, string][] = [
  ['“', '”'],
  ['„', '“'],
  ['«', '»'],
  ['「', '」'],
  ['『', '』'],
  ['‘', '’'],
  ['《', '》']
]
/** A quotation that begins and does not end before the colon belongs to a sentence: 'Ann changed the subject to "Trip: Rome"'. */
const isCutQuote = (sender: string): boolean =>
  (sender.split('"').length - 1) % 2 === 1 ||
  QUOTES.some(
    ([open, close]) => sender.lastIndexOf(open) >= 0 && sender.indexOf(close, sender.lastIndexOf(open) + 1) < 0 && (open !== '‘' || sender.includes(' ‘'))
  )

/** Names before colons that are not people. */
function noPeople(people: ReadonlyMap<string, Person>, chat: string): Set<string> {
  const none = new Set<string>()
  const names = [...people.keys()]
  for (const [name, { messages, marked }] of people) {
    const sentence = names.some(
      (other) =>
        other !== name && name.startsWith(other) && name.slice(other.length).trim().split(' ').length >= 3 && (people.get(other)?.messages ?? 0) >= messages
    )
    const group = marked === messages && people.size > 2 && (name === chat || messages <= 3)
    if ((messages <= 2 && isCutQuote(name)) || (messages === 1 && sentence) || group) none.add(name)
  }
  return none
}

const APP = /whats ?app|واتساب|ватсап|вотсап|व्हाट्सऐप|왓츠앱/iu
/** 'WhatsApp Chat with Alice' and similar titles, from which the name is taken. */
const TITLES = [
  /^(?:WhatsApp[ -](?:Chat|Unterhaltung|chatt?|sohbeti|keskustelu|samtale)|(?:Chat|Conversa|Conversación|Conversation|Discussion|Conversație|Obrolan|Percakapan|Czat|Konverzace|Konverzácia|Razgovor|Klepet|Cuộc trò chuyện|การแชท) (?:de |do |di |na |s |v )?WhatsApp|Чат WhatsApp|Chat WhatsApp|WhatsApp 대화|WhatsApp 聊天|WhatsApp のトーク履歴|(?:محادثة|دردشة) واتساب|[צץ]['׳’]אט (?:ב-?)?WhatsApp) ?(?:with|mit|met|med|con|avec|com|cu|dengan|z użytkownikiem|z|s|med|với|กับ|с контактом|с|з|مع|עם|-|–|:) ?(.+)$/iu,
  /^(?:与|與|和|跟) ?(.+?) ?的 ?WhatsApp ?(?:聊天|对话|對話)(?:记录|記錄|紀錄)?$/iu,
  /^WhatsApp ?(?:与|與|和) ?(.+?) ?的(?:聊天|对话|對話)$/iu,
  /^(.+) ile WhatsApp (?:sohbeti|konuşması)$/iu,
  /^(.+?) ?とのWhatsApp ?(?:チャット|トーク)$/iu,
  /^(.+?)님?과의 ?WhatsApp ?(?:대화|채팅)$/iu,
  /^(.+) के साथ (?:WhatsApp|व्हाट्सऐप) चैट$/iu,
  /^WhatsApp[ -]keskustelu (.+) kanssa$/iu
]
const OWN_WORDS = new Set([
  'you',
  'me',
  '我',
  '自己',
  '私',
  '自分',
  'ich',
  'yo',
  'tú',
  'eu',
  'você',
  'moi',
  'vous',
  'io',
  'tu',
  'ik',
  'я',
  'вы',
  '나',
  'ben',
  'أنا',
  'أنت',
  'मैं',
  'saya',
  'anda',
  'bạn',
  'tôi'
])

/** The phone's notice on encryption, which begins an export under the name of the peer or group. */
const isGreeting = (text: string, number: number): boolean =>
  number === 1 && /^\u200e[^<\u200e\n]{30,}$/u.test(text) && !/https?:/.test(text) && !isOmitted(text)

/** Name of the conversation, and name of the user, from the file name, the people, and the name at the phone's greeting (`told`). */
function headOf(file: TextFile, people: readonly string[], told: string | null): { name: string; self: string | null } {
  const own = people.find((name) => OWN_WORDS.has(name.toLowerCase())) ?? null
  const [one, two] = people
  const other = (name: string): string | null =>
    people.length === 2 && one !== undefined && two !== undefined ? (name === one ? two : name === two ? one : null) : null
  for (const called of /^_chat(?: ?\(\d+\))?$/i.test(file.name) ? [file.folder] : [file.name]) {
    const plain = called
      .replace(MARKS, '')
      .replace(/ ?\(\d+\)$/, '')
      .trim()
    if (!APP.test(plain)) {
      if (called === file.folder) continue
      return { name: told ?? plain, self: own ?? other(told ?? plain) }
    }
    const title = TITLES.map((pattern) => pattern.exec(plain)?.[1]?.trim()).find((found) => found !== undefined && found !== '')
    const within = people.filter((name) => plain.includes(name)).sort((a, b) => b.length - a.length)[0]
    const name = title ?? told ?? within ?? plain
    return { name, self: own ?? other(name) }
  }
  const rest = own === null ? people : people.filter((name) => name !== own)
  return { name: told ?? (rest.slice(0, 3).join(', ') || file.folder || file.name), self: own ?? (told === null ? null : other(told)) }
}

/** Throws ImportError if the file is no WhatsApp export. */
export async function readWhatsApp(file: TextFile, options: ReadOptions): Promise<ParsedHistory> {
  const orders = new Orders()
  const people = new Map<string, Person>()
  const words = noWords()
  const long = new LongNames()
  const meet = (rest: string, names: ReadonlySet<string>): void => {
    const said = split(rest, names)
    if (said === null) return
    const person = people.get(said.sender) ?? { messages: 0, marked: 0 }
    person.messages++
    if (/^[\u200e\u200f][^<]/u.test(said.text) && !/\.\w{2,5} \(/u.test(said.text) && !isOmitted(said.text)) person.marked++
    people.set(said.sender, person)
    learnWords(said.text, file, words)
  }
  let told: string | null = null
  for await (const { stamp, rest, number } of entries(file)) {
    const first = number === 1 ? split(rest) : null
    if (first !== null && isGreeting(first.text, number)) told = first.sender
    orders.add(stamp)
    long.add(rest)
    meet(rest, NOBODY)
  }
  const names = long.found()
  if (names.size > 0) {
    people.clear()
    for await (const { rest } of entries(file)) meet(rest, names)
  }
  const order = options.order === null ? orders.best() : { order: options.order, sure: true }
  const called = headOf(file, [...people.keys()], told)
  const none = noPeople(people, called.name)
  const { name, self } = headOf(
    file,
    [...people.keys()].filter((person) => !none.has(person)),
    told
  )
  const head: ConversationHead = { name, id: null, self }
  return {
    format: 'whatsapp',
    self,
    encoding: file.encoding,
    order,
    columns: null,
    async read(sink) {
      sink.conversation(head)
      let last = -Infinity
      let count = 0
      for await (const { stamp, written, rest, number } of entries(file, (line) => sink.unread('line', line))) {
        if (++count % 2000 === 0) await sink.rest()
        const said = split(rest, names)
        // the first message in a direct chat is the phone's notice on encryption, under the peer's name
        const greeting = said !== null && isGreeting(said.text, number)
        if (said === null || none.has(said.sender) || greeting) {
          sink.notice()
          continue
        }
        const time = timeOf(stamp, order.order, last)
        if (time !== null) last = time
        const message: ParsedMessage = { sender: said.sender, time, ...contentOf(said.text, file, words) }
        if (time === null) message.stamp = beginning(written)
        sink.message(message)
      }
      await sink.rest()
    }
  }
}

/** WhatsApp as a multi-file format: a folder of chats. */
export const whatsApp: Format = { name: 'whatsapp', matches: ({ head }) => isWhatsApp(head), read: readWhatsApp }
