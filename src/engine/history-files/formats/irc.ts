/**
 * IRC logs: weechat (time, nick and text separated by tabs), irssi, HexChat, mIRC and ZNC (a time of day per line, the date above it or in the file name).
 */
import type { ConversationHead } from '../history.ts'
import type { TextFile } from '../source.ts'
import { readStamp, type Stamp } from './stamps.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'
import { timeOf } from './times.ts'

/** Date lines of logs; the date is the first group. */
const DAYS = [
  /^--- (?:Log opened|Log closed|Day changed) (?:\p{L}+\.? +)?(.+)$/u,
  /^\*{4} (?:BEGIN|ENDING) LOGGING AT (?:\p{L}+\.? +)?(.+)$/u,
  /^Session (?:Start|Time|Close|Ident): (?:\p{L}+\.? +)?(.+)$/u
]
const CLOCK = /^\[?(\d{1,2}:\d{2}(?::\d{2})?)\]? +(.*)$/
const DATED = /^\[?(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)\]?[\t ]+(.*)$/
const HEXCHAT = /^(\p{L}{3} \d{1,2}) (\d{2}:\d{2}:\d{2}) (.*)$/u
const SAID = /^<\s?[@%+&~!]?([^\s<>]+)>\s(.*)$|^<\s?[@%+&~!]?([^\s<>]+)>$/
/** Messages of the program in the form of a person's action. */
const TOLD =
  /^\*\s+(?:Now talking (?:on|in)|Topic (?:is|for)|Set by \S+ on|Disconnected|Rejoined|Retrieving|Attempting to|\S+ (?:[([][^\s()[\]]+@[^\s()[\]]+[)\]] (?:has )?(?:joined|left|quit|Quit)|is now known as \S+$|sets mode: |changes topic to|was kicked by|(?:gives|removes) channel))/
const ACTION = /^[*•]\s+([^\s*]+?):?\s(.*)$/
const NOTICE = /^(?:-!-|-->|<--|--|\*{3}|-[^ ]+-|==|!|=!=|[<>]{2})(?:\s|$)/
const NICK = /^[@%+&~!]?([^\s@%+&~!\t][^\s\t]*)$/
/** 'Fri May 31 09:30:00 2024', as by C's ctime in the system's language, without the weekday; irssi's date has no time. */
const CTIME = /^(\p{L}{2,12}\.?|\d{1,2}[月월]) +(\d{1,2}) (?:(\d{2}:\d{2}:\d{2}) )?(\d{4})$/u
/** Largest backward step of the time of day at the end of summer time, ms; a larger one means the next day, which not all programs announce. */
const HOUR = 3_600_000
/** ZNC: 2024-05-31.log; older versions: user_network_#channel_20240531.log; irssi: #channel.2024-05-31.log */
const IN_NAME = /(\d{4})-?(\d{2})-?(\d{2})$/

/** Removes codes of colours and styles. */
const plain = (text: string): string => text.replace(/\u0003(?:\d{1,2}(?:,\d{1,2})?)?|[\u0002\u000f\u0011\u0016\u001d\u001e\u001f]/g, '')

function placeOf(file: TextFile): string {
  const name = file.name
    .replace(/^irc\./, '')
    .replace(/\.weechatlog$/, '')
    .replace(/[._-]?\d{4}-?\d{2}-?\d{2}$/, '')
  return name === '' ? file.folder || file.name : name
}

function openIrc(file: TextFile): TextReader {
  const head: ConversationHead = { name: placeOf(file), id: null }
  const [, year, month, date] = IN_NAME.exec(file.name) ?? []
  let day = year === undefined ? '' : `${year}-${month}-${date}`
  let cached: { text: string; stamp: Stamp | null } = { text: '', stamp: null }
  const at = (written: string): Stamp | null => {
    if (cached.text !== written) cached = { text: written, stamp: readStamp(written) }
    return cached.stamp
  }
  /** Time of the previous line on the known date, ms. */
  let last: number | null = null
  /** Date of a time of day: the next day after midnight. */
  const dayOf = (clock: string): string => {
    const stamp = day === '' ? null : at(`${day} ${clock}`)
    let time = stamp === null ? null : timeOf(stamp, 'ymd')
    if (time !== null && last !== null && time < last - HOUR) {
      const date = new Date(time)
      date.setDate(date.getDate() + 1)
      day = `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
      time = date.getTime()
    }
    last = time ?? last
    return day
  }
  const told = (written: string, rest: string): LineRead => {
    const stamp = at(written)
    const said = SAID.exec(rest)
    if (said !== null) return { stamp, written, sender: said[1] ?? said[3] ?? '?', text: plain(said[2] ?? '') }
    const action = ACTION.exec(rest)
    if (action !== null && !/^\*{2,}/.test(rest) && !TOLD.test(rest))
      return { stamp, written, sender: action[1] ?? '?', text: `* ${action[1] ?? ''} ${plain(action[2] ?? '')}` }
    return { stamp, written, sender: null, text: rest }
  }
  const tabbed = (written: string, rest: string): LineRead => {
    const tab = rest.indexOf('\t')
    const [nick, text] = [rest.slice(0, tab).trim(), rest.slice(tab + 1)]
    if (nick === '*') {
      const who = text.split(' ')[0] ?? '?'
      return { stamp: at(written), written, sender: who, text: `* ${plain(text)}` }
    }
    const named = NICK.exec(nick.replace(/^<|>$/g, ''))
    return { stamp: at(written), written, sender: named === null || NOTICE.test(nick) || nick === '' ? null : (named[1] ?? null), text: plain(text) }
  }
  return {
    line(text): LineRead {
      for (const pattern of DAYS) {
        const found = pattern.exec(text)?.[1]?.trim()
        if (found === undefined) continue
        const [, word = '', number = '', , of = ''] = CTIME.exec(found) ?? []
        if (of !== '') {
          day = /^\d/.test(word) ? `${of}-${parseInt(word, 10)}-${number}` : `${number} ${word} ${of}`
          last = null
        }
        return 'skip'
      }
      if (text.trim() === '') return 'skip'
      const [, date, clock, after = ''] = DATED.exec(text) ?? []
      if (date !== undefined)
        return after.includes('\t') && !after.startsWith('<') ? tabbed(`${date} ${clock ?? ''}`, after) : told(`${date} ${clock ?? ''}`, after)
      const [, short, hour, more = ''] = HEXCHAT.exec(text) ?? []
      if (short !== undefined) {
        const of = /\d{4}/.exec(day)?.[0] ?? ''
        const [word = '', number = ''] = short.split(' ')
        const written = `${number} ${word} ${of} ${hour ?? ''}`
        return more.includes('\t') && !/^[<*]/.test(more) ? tabbed(written, more) : told(written, more.replace('\t', ' '))
      }
      const [, only, rest = ''] = CLOCK.exec(text) ?? []
      return only === undefined ? null : told(`${dayOf(only)} ${only}`.trim(), rest)
    },
    head: () => head
  }
}

/** IRC logs. */
export const irc = textHistory({
  format: 'irc',
  matches({ lines, name }) {
    if (DAYS.some((pattern) => pattern.test(lines[0] ?? ''))) return true
    const top = lines.slice(0, 40)
    const count = (pattern: RegExp): number => top.filter((one) => pattern.test(one)).length
    const talk =
      count(/^\[?\d{1,2}:\d{2}(?::\d{2})?\]? +(?:<[^<>\s][^<>]*>|\* \S|\*{3} |-!- )/) +
      count(/^\[?\d{4}-\d{2}-\d{2}[T ][\d:.Z+-]+\]?[\t ]+(?:<[^<>\s][^<>]*> |\*{3} |• )/)
    const weechat = count(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\t(?:[^\t]*)\t/)
    // a table of time, name and text looks the same: join and part marks tell the difference, or weechat's file name
    const marks = count(/^\S+ \S+\t(?:-->|<--|--|\*|[@+%&~]\S+)\t/)
    return (talk > 0 && talk >= top.length / 2) || (weechat > top.length / 2 && (marks > 0 || /^irc\./.test(name)))
  },
  open: openIrc
})
