/** Logs of Pidgin (text and pages, one file per session) and of Adium (XML): the date is in the heading or in the file name. */
import type { ConversationHead } from '../history.ts'
import type { TextFile } from '../source.ts'
import { chunkHistory, type ChunkReader, type ReadChunk } from './chunk-history.ts'
import { attributeOf, elementOf, plainText } from './markup.ts'
import { readStamp, type Stamp } from './stamps.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'
import { parseTime, timeOf } from './times.ts'

const HEADING = /^Conversation with (.+?) at (.+?) on (.+?) \(([^()]+)\)$/
/** 2024-05-31.093000+0200CEST.txt */
const IN_NAME = /^(\d{4})-(\d{2})-(\d{2})\.(\d{2})(\d{2})(\d{2})([+-]\d{4})?/
const LINE = /^\(([^()]{4,40})\) (.*)$/
/** Heading in other languages; the file name has the details. */
const ANY_HEADING = /\([a-z-]{3,12}\)[^()]*$/
/** Chinese or Japanese time of day, with AM or PM in words: 下午09时31分10秒. */
const CLOCK_EAST = /(\d{1,2}) ?[时時] ?(\d{1,2}) ?分(?: ?(\d{1,2}) ?秒)?/
const AUTOMATIC = / <AUTO-REPLY>$/
const DAY = 86_400_000

/** Session: its date, time zone, and participants. */
interface Sitting {
  head: ConversationHead
  account: string | null
  /** Start, ms; null: unknown. */
  begins: number | null
  /** Time zone such as '+0200', or ''. */
  zone: string
}

function sittingOf(file: TextFile, heading: string | null): Sitting {
  const [, whom, when = '', account] = heading === null ? [] : (HEADING.exec(heading) ?? [])
  const [, year, month, day, hour, minute, second, zone = ''] = IN_NAME.exec(file.name) ?? []
  const named = year === undefined ? null : parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`)
  const contact = whom ?? (IN_NAME.test(file.name) && file.folder !== '' ? file.folder : file.name)
  const place = contact.replace(/\.chat$/, '')
  return {
    head: { name: place, id: place.includes('@') ? `xmpp:${place.split('/')[0] ?? place}` : null },
    account: account ?? null,
    begins: named ?? parseTime(when.replace(/ [A-Z]{3,5}$/, '')),
    zone
  }
}

/** Time of a message in a session: on its first day, or on a later one once the time of day has gone back. */
function clockTime(written: string, sitting: Sitting, after: number): number | null {
  const clock = written.replace(CLOCK_EAST, (_, hour: string, minute: string, second = '00') => `${hour}:${minute}:${second}`)
  const whole = readStamp(clock)
  if (whole !== null) return timeOf(whole, whole.kind === 'date' ? whole.hint : 'ymd')
  if (sitting.begins === null) return null
  const from = Math.max(after, sitting.begins - 60_000)
  const zone = sitting.zone === '' ? null : (sitting.zone.startsWith('-') ? -1 : 1) * (Number(sitting.zone.slice(1, 3)) * 60 + Number(sitting.zone.slice(3)))
  const at = (ms: number): number | null => {
    const date = zone === null ? new Date(ms) : new Date(ms + zone * 60_000)
    const day = zone === null ? [date.getFullYear(), date.getMonth() + 1, date.getDate()] : [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
    const stamp = readStamp(`${day.map((part) => String(part).padStart(2, '0')).join('-')} ${clock}${sitting.zone}`)
    return stamp === null ? null : timeOf(stamp, 'ymd')
  }
  const same = at(from)
  return same === null || same >= from - 3_600_000 ? same : at(from + DAY)
}

const instant = (time: number | null): Stamp | null => (time === null ? null : { kind: 'instant', time })

function openText(file: TextFile): TextReader {
  let sitting = sittingOf(file, null)
  let last = 0
  return {
    line(text, number): LineRead {
      if (number === 1 && (HEADING.test(text) || (ANY_HEADING.test(text) && !LINE.test(text)))) {
        sitting = sittingOf(file, text)
        return 'skip'
      }
      const [, clock = '', rest = ''] = LINE.exec(text) ?? []
      if (clock === '' || !/\d[:.] ?\d\d|\d ?[时時]/.test(clock)) return null
      const time = clockTime(clock, sitting, last)
      if (time !== null) last = time
      const [, sender, said = ''] = /^(.{1,80}?): ([\s\S]*)$/.exec(rest) ?? /^(.{1,80}?):()$/.exec(rest) ?? []
      const action = /^\*{3}(\S+) (.*)$/.exec(rest)
      if (action !== null) return { stamp: instant(time), written: clock, sender: action[1] ?? '?', text: `* ${action[1] ?? ''} ${action[2] ?? ''}` }
      return { stamp: instant(time), written: clock, sender: sender === undefined ? null : sender.replace(AUTOMATIC, ''), text: said }
    },
    head: () => sitting.head
  }
}

/** Text of Pidgin (.txt). */
export const pidginText = textHistory({
  format: 'pidgin',
  matches: ({ lines, name }) =>
    (HEADING.test(lines[0] ?? '') && LINE.test(lines[1] ?? '(0:00) ')) || (IN_NAME.test(name) && ANY_HEADING.test(lines[0] ?? '') && LINE.test(lines[1] ?? '')),
  open: openText
})

function openPage(file: TextFile): ChunkReader {
  let sitting = sittingOf(file, null)
  let last = 0
  return {
    before(markup) {
      const heading = plainText(elementOf(markup, 'h\\d')?.inner ?? elementOf(markup, 'title')?.inner ?? '')
      if (HEADING.test(heading)) sitting = sittingOf(file, heading)
    },
    head: () => sitting.head,
    read(chunk): ReadChunk {
      const color = /^<(?:font color="|span style="color: ?)(#[0-9a-fA-F]{6})[";]/.exec(chunk)?.[1]?.toLowerCase()
      const clock = /\(([^()]{4,40})\)/.exec(plainText(chunk.slice(0, 400)))?.[1] ?? ''
      const sender = plainText(/<b>([\s\S]*?)<\/b>/.exec(chunk)?.[1] ?? '')
        .replace(/:$/, '')
        .replace(AUTOMATIC, '')
      const body = /<b>[\s\S]*?<\/b>\s*(?:<\/font>|<\/span>)?([\s\S]*)$/.exec(chunk)?.[1] ?? ''
      const time = clockTime(clock, sitting, last)
      if (time !== null) last = time
      const text = plainText(body.replace(/<\/body>[\s\S]*$/i, ''))
      // Pidgin shows the user in blue and the other person in red
      const outgoing = color === '#16569e' ? true : color === '#a82f2f' ? false : undefined
      if (sender === '' || (text === '' && outgoing === undefined)) return 'notice'
      return { sender, time, written: clock, text, ...(outgoing === undefined ? {} : { outgoing }) }
    }
  }
}

/** Pages of Pidgin (.html). */
export const pidginPage = chunkHistory({
  format: 'pidgin',
  matches: ({ head }) =>
    /<h\d>\s*Conversation with .+ at .+ on /.test(head.slice(0, 4000)) ||
    (/(?:<font color="|<span style="color: ?)#(?:16569E|A82F2F)[";]/i.test(head) && /<(?:font size="2"|span style="font-size: ?smaller")>\(\S*\d/.test(head)),
  starts: [
    '<font color="#16569E"',
    '<font color="#A82F2F"',
    '<font color="#16569e"',
    '<font color="#a82f2f"',
    '\n<font size="2">(',
    '<span style="color: #16569E"',
    '<span style="color: #A82F2F"',
    '\n<span style="font-size: smaller">('
  ],
  open: openPage
})

function openAdium(file: TextFile): ChunkReader {
  let account: string | null = null
  const [, called] = /^(.+?) \(\d{4}-\d{2}-\d{2}T/.exec(file.name) ?? []
  const name = called ?? file.folder ?? file.name
  const head: ConversationHead = { name, id: name.includes('@') ? `xmpp:${name}` : null }
  return {
    before(markup) {
      account = attributeOf(elementOf(markup.replace(/<chat\b([^>]*)>/, '<chat$1/>'), 'chat')?.attributes ?? '', 'account') ?? account
    },
    head: () => head,
    read(chunk): ReadChunk {
      if (!chunk.startsWith('<message ')) return 'notice'
      const attributes = /^<message\b([^>]*)>/.exec(chunk)?.[1] ?? ''
      const sender = attributeOf(attributes, 'sender')
      const written = attributeOf(attributes, 'time') ?? ''
      const text = plainText(elementOf(chunk, 'message')?.inner ?? '')
      if (sender === null || text === '') return { unread: 'text' }
      return {
        sender: attributeOf(attributes, 'alias') ?? sender,
        time: parseTime(written),
        written,
        text,
        ...(account === null ? {} : { outgoing: sender === account })
      }
    }
  }
}

/** Adium's .chatlog, without the date headings. */
export const adium = chunkHistory({
  format: 'adium',
  matches: ({ head }) => /<chat\b[^>]*(?:ulf\/ns|account=)/.test(head.slice(0, 2000)),
  starts: ['<message ', '<event ', '<status '],
  open: openAdium
})
