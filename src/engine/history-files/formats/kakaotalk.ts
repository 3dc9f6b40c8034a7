/**
 * KakaoTalk exports: PC (dates between dashes, '[name] [오전 9:30] text'), phones ('2024년 5월 31일 오전 9:30, name : text', on iPhones '2024. 5. 31. …', or the
 * time of day alone below a date), recognized by shape in every language; titles and system messages in Korean and English; Mac (Date,User,Message).
 */
import type { ConversationHead } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { bareFile, withoutPlaceholders } from './left-out.ts'
import { readStamp, simplify, stampAt, type Stamp } from './stamps.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'

const TITLES = [
  /^(.+?) ?님과(?:의)? ?카카오톡 ?대화$/,
  /^(.+?) ?카카오톡 ?대화$/,
  /^(.+?) with KakaoTalk Chats$/i,
  /^KakaoTalk Chats? with (.+)$/i,
  /^(.+?) ?Talk Chats$/i,
  /^Talk_\d.*\.txt$/
]
const SAVED = /^(?:저장한? ?날짜|Date Saved|Saved Date|保存(?:した)?(?:日時|日付|日期|時間|时间))\s*[:：]/i
const DAY = /^-{5,}\s*(.+?)\s*-{5,}$/
/** Save date in any language, after a colon. */
const SAVED_SHAPE = /^[^:：]{2,24}[:：] ?\D{0,5}\d{1,4}\D/u
/** Line of dashes around a date. */
const DASHES = /^-{5,}$/
const ROW = /^\[(.+?)\] \[((?:\p{L}{1,4}\.? ?)?\d{1,2}:\d{2}(?: ?\p{L}[\p{L}.]{1,3})?)\] ?([\s\S]*)$/u
/** Message below a separate date: 오전 9:23, name : text */
const CLOCK_ROW = /^((?:\p{L}{1,4} ?)?\d{1,2}:\d{2}(?: ?[AP]M)?), (.{1,80}?) : ([\s\S]*)$/iu
const NAMED = /^, ?(.{1,80}?) : ([\s\S]*)$/
/** Date line of phones: with the weekday, or with the time of the first message. */
const LONE_DAY = /^(?:\d{4}[년年] ?\d{1,2}[월月] ?\d{1,2}[일日](?: \p{L}{2,3})?|\d{4}\. ?\d{1,2}\. ?\d{1,2}\.?(?: \p{L}{2,3})?|\p{L}+, \p{L}+ \d{1,2}, \d{4})$/u
const DELETED = /^(?:삭제된 메시지입니다\.?|The message (?:has been|was) deleted\.?|This message was deleted\.?)$/i
/** Name that the app gives to a file. */
const OWN_NAME = /^[0-9a-f]{32,}\.\w{2,4}$/
const NOTICE = /(?:님을 초대(?:했습니다|하였습니다)|님이 (?:들어왔습니다|나갔습니다)|님을 내보냈습니다|(?:joined|left) this chatroom|invited .+)\.?$/

/** Date without its weekday, as readStamp expects it. */
const withoutWeekday = (day: string): string =>
  [day, day.replace(/^\p{L}+, /u, ''), day.replace(/ \p{L}{2,3}$/u, '')].find((one) => readStamp(one) !== null) ?? day
const clockFirst = (clock: string): string => clock.replace(/^(AM|PM) ?(.*)$/i, '$2 $1')

/** True for a line of phones: date and time, a comma, the name, a colon between blanks. */
function isPhones(line: string): boolean {
  if (!/, .{1,80}? : /u.test(line)) return false
  const head = simplify(line.slice(0, 60))
  const found = stampAt(head, 0)
  return found?.clocked === true && /^, ?.{1,80}? : /u.test(simplify(line).slice(found.end))
}

function openKakao(file: TextFile): TextReader {
  const head: ConversationHead = { name: file.name.replace(/^KakaoTalk_/i, ''), id: null }
  let day = ''
  /** True if dates stand above the messages, without dashes. */
  let below = false
  let seen = false
  let cached: { text: string; stamp: Stamp | null } = { text: '', stamp: null }
  const at = (written: string): Stamp | null => {
    if (cached.text !== written) cached = { text: written, stamp: readStamp(written) }
    return cached.stamp
  }
  return {
    line(text): LineRead {
      if (!seen) {
        if (SAVED.test(text)) return 'skip'
        for (const pattern of TITLES) {
          const found = pattern.exec(text)
          if (found === null) continue
          if (found[1] !== undefined) head.name = found[1].replace(/ \d+$/, '').trim()
          return 'skip'
        }
      }
      const days = DAY.exec(text)
      const inDashes = days === null ? null : withoutWeekday(days[1] ?? '')
      if (inDashes !== null && readStamp(inDashes) !== null) {
        day = inDashes
        seen = true
        return 'skip'
      }
      const [, name, clock = '', said = ''] = day === '' || below ? [] : (ROW.exec(text) ?? [])
      if (name !== undefined)
        return {
          stamp: at(`${day} ${clockFirst(clock)}`),
          written: `${day} ${clock}`,
          sender: name,
          text: said
        }
      if (DASHES.test(text.trim())) return 'skip'
      const lone = LONE_DAY.test(text.trim())
      if (lone && (day === '' || below)) {
        day = withoutWeekday(text.trim())
        below = true
        return 'skip'
      }
      const [, hour = '', who, what = ''] = below ? (CLOCK_ROW.exec(text) ?? []) : []
      if (who !== undefined) {
        seen = true
        return { stamp: at(`${day} ${clockFirst(hour)}`), written: `${day} ${hour}`, sender: who.trim(), text: what }
      }
      if (day !== '' && !below) return NOTICE.test(text) || DELETED.test(text) ? { stamp: null, written: day, sender: null, text } : null
      const found = /^[\d\p{L}]/u.test(text) ? stampAt(simplify(text.slice(0, 60)), 0) : null
      if (found === null || !found.clocked) return seen || text.trim() !== '' ? null : 'skip'
      seen = true
      // simplify removes marks; KakaoTalk's exports contain none except narrow blanks, which stay one unit
      const rest = text.slice(found.end)
      const written = text.slice(0, found.end)
      const named = NAMED.exec(rest)
      if (named !== null) return { stamp: found.value, written, sender: named[1]?.trim() ?? '?', text: named[2] ?? '' }
      // a colon without a name is a system message; an empty rest is a date heading
      return /^ ?:/.test(rest) || rest.trim() === ''
        ? { stamp: found.value, written, sender: null, text: rest }
        : /^, /.test(rest)
          ? { stamp: found.value, written, sender: null, text: rest }
          : null
    },
    head: () => head,
    content(text) {
      if (DELETED.test(text)) return 'notice'
      if (OWN_NAME.test(text)) return { text: '', files: [fileOf(file, text)] }
      const bare = bareFile(text, file)
      return bare === null ? (withoutPlaceholders(text, file) ?? { text }) : { text: '', files: [bare] }
    }
  }
}

/** Text of KakaoTalk (.txt). */
export const kakaoTalk = textHistory({
  format: 'kakaotalk',
  matches({ lines }) {
    const top = lines.slice(0, 8)
    if (top.some((one) => TITLES.slice(0, 5).some((pattern) => pattern.test(one)) && !one.startsWith('[LINE]')) && top.some((one) => SAVED.test(one)))
      return true
    const dashed = lines.slice(0, 40).findIndex((one) => DAY.test(one))
    if (dashed >= 0 && lines.slice(dashed, dashed + 20).some((one) => ROW.test(one))) return true
    if (lines.slice(0, 12).some((one) => LONE_DAY.test(one.trim())) && lines.slice(0, 20).filter((one) => CLOCK_ROW.test(one)).length >= 1) return true
    const phones = lines.slice(0, 12).filter(isPhones).length
    return phones >= 2 || (phones === 1 && top.some((one) => SAVED_SHAPE.test(one) && !isPhones(one)))
  },
  open: openKakao
})
