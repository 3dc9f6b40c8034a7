/**
 * Removes what no message has from imported ones: control characters, lone surrogates and byte order marks of texts, times to come and times before the
 * app existed.
 */
import type { ImportFormat } from '../../contract/history-files.ts'
import type { ConversationHead, ParsedFile, ParsedHistory, ParsedMessage, Sink } from './history.ts'

const NOISE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]/g
const NOISY = new RegExp(NOISE.source)
/** Cleaning of texts, and of names, which have one line. */
const clean = (text: string): string => (NOISY.test(text) || !text.isWellFormed() ? text.replace(NOISE, '').toWellFormed().trimEnd() : text)
const cleanName = (name: string): string =>
  clean(name)
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .trim()

/** Years of the first versions of apps; those that take over older messages of other apps are left out. */
const FIRST_YEARS: Partial<Record<ImportFormat, number>> = {
  whatsapp: 2009,
  telegram: 2009,
  wechat: 2011,
  line: 2011,
  kakaotalk: 2010,
  discord: 2015,
  messenger: 2004,
  skype: 2003,
  viber: 2010
}
/** Tolerance for clocks and zones, ms. */
const DAY = 86_400_000
/** Written form of a time that is impossible, in local time. */
function stampOf(time: number): string {
  const date = new Date(time)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

const cleanFile = (file: ParsedFile): ParsedFile => ({ ...file, name: cleanName(file.name) || 'file' })
function cleanMessage(message: ParsedMessage, isPossible: (time: number) => boolean): ParsedMessage {
  const { sender, text, files, reactions, time } = message
  return {
    ...message,
    ...(time === null || isPossible(time) ? {} : { time: null, stamp: stampOf(time) }),
    sender: cleanName(sender) || '?',
    text: clean(text),
    ...(files === undefined ? {} : { files: files.map(cleanFile) }),
    ...(reactions === undefined ? {} : { reactions: reactions.map(({ sender: who, emoji }) => ({ sender: cleanName(who) || '?', emoji: clean(emoji) })) })
  }
}

/** History with clean texts and names, and without impossible times. */
export function cleaned(history: ParsedHistory): ParsedHistory {
  const heads = new WeakMap<ConversationHead, ConversationHead>()
  const headOf = (head: ConversationHead): ConversationHead => {
    let made = heads.get(head)
    if (made === undefined) {
      const name = cleanName(head.name)
      const self = head.self === undefined || head.self === null ? head.self : cleanName(head.self)
      // most heads need no change, and a head is identified by its object
      made = name === head.name && self === head.self ? head : { ...head, name, ...(self === undefined ? {} : { self }) }
      heads.set(head, made)
    }
    return made
  }
  return {
    ...history,
    self: history.self === null ? null : cleanName(history.self),
    read: (sink) => {
      const latest = Date.now() + DAY
      let earliest = -Infinity
      const isPossible = (time: number): boolean => time >= earliest && time <= latest
      const through: Sink = {
        conversation: (head) => {
          const first = FIRST_YEARS[head.format ?? history.format]
          earliest = first === undefined ? -Infinity : new Date(first, 0).getTime()
          sink.conversation(headOf(head))
        },
        message: (message) => sink.message(cleanMessage(message, isPossible)),
        notice: () => sink.notice(),
        unread: (kind, line) => sink.unread(kind, clean(line)),
        rest: () => sink.rest()
      }
      return history.read(through)
    }
  }
}
