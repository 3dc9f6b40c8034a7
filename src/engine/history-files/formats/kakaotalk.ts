/**
 * KakaoTalk's history in its shapes: of the PC (days between dashes, '[name] [오전 9:30] text'), of phones ('2024년 5월 31일 오전 9:30,
 * name : text', on iPhones '2024. 5. 31. …'), in Korean and English; and of the Mac (Date,User,Message).
 */
import type { ConversationHead } from '../history.ts'
import type { TextFile } from '../source.ts'
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
const SAVED = /^(?:저장한? ?날짜|Date Saved|Saved Date|保存日時)\s*[:：]/i
const DAY = /^-{5,}\s*(.+?)\s*-{5,}$/
const ROW = /^\[(.+?)\] \[((?:오전|오후|AM|PM) ?\d{1,2}:\d{2}|\d{1,2}:\d{2}(?: ?[AP]M)?)\] ?([\s\S]*)$/i
const NAMED = /^, ?(.{1,80}?) : ([\s\S]*)$/
/** A day of phones stands alone: with its weekday, or with the clock of the first message. */
const LONE_DAY = /^(?:\d{4}년 \d{1,2}월 \d{1,2}일(?: \p{L}요일)?|\d{4}\. ?\d{1,2}\. ?\d{1,2}\.?(?: \p{L}요일)?|\p{L}+, \p{L}+ \d{1,2}, \d{4})$/u
const DELETED = /^(?:삭제된 메시지입니다\.?|The message (?:has been|was) deleted\.?|This message was deleted\.?)$/i
const NOTICE = /(?:님을 초대(?:했습니다|하였습니다)|님이 (?:들어왔습니다|나갔습니다)|님을 내보냈습니다|(?:joined|left) this chatroom|invited .+)\.?$/

const withoutWeekday = (day: string): string => day.replace(/^\p{L}+day, /iu, '').replace(/ \p{L}요일$/u, '')

function openKakao(file: TextFile): TextReader {
  const head: ConversationHead = { name: file.name.replace(/^KakaoTalk_/i, ''), id: null }
  let day = ''
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
      const [, name, clock = '', said = ''] = day === '' ? [] : (ROW.exec(text) ?? [])
      if (name !== undefined)
        return {
          stamp: at(`${day} ${/^\d/.test(clock) ? clock : clock.replace(/^(AM|PM) ?(.*)$/i, '$2 $1')}`),
          written: `${day} ${clock}`,
          sender: name,
          text: said
        }
      if (day !== '') return NOTICE.test(text) || DELETED.test(text) ? 'skip' : null
      if (LONE_DAY.test(text.trim())) return 'skip'
      const found = /^[\d\p{L}]/u.test(text) ? stampAt(simplify(text.slice(0, 60)), 0) : null
      if (found === null || !found.clocked) return seen || text.trim() !== '' ? null : 'skip'
      seen = true
      // simplify leaves marks out; exports of KakaoTalk have none, but for narrow blanks, which stay one unit
      const rest = text.slice(found.end)
      const written = text.slice(0, found.end)
      const named = NAMED.exec(rest)
      if (named !== null) return { stamp: found.value, written, sender: named[1]?.trim() ?? '?', text: named[2] ?? '' }
      // a colon without a name is what the app says itself; nothing at all is the head of a day
      return /^ ?:/.test(rest) || rest.trim() === ''
        ? { stamp: found.value, written, sender: null, text: rest }
        : /^, /.test(rest)
          ? { stamp: found.value, written, sender: null, text: rest }
          : null
    },
    head: () => head,
    content: (text) => (DELETED.test(text) ? 'notice' : { text })
  }
}

/** KakaoTalk's .txt. */
export const kakaoTalk = textHistory({
  format: 'kakaotalk',
  matches({ lines }) {
    const top = lines.slice(0, 8)
    if (top.some((one) => TITLES.slice(0, 5).some((pattern) => pattern.test(one)) && !one.startsWith('[LINE]')) && top.some((one) => SAVED.test(one)))
      return true
    const dashed = lines.slice(0, 40).findIndex((one) => DAY.test(one))
    if (dashed >= 0 && lines.slice(dashed, dashed + 20).some((one) => ROW.test(one))) return true
    return (
      lines
        .slice(0, 12)
        .filter((one) => /^(?:\d{4}년 |\d{4}\. ?\d{1,2}\. |\p{L}+ \d{1,2}, \d{4})/u.test(one) && /\d{1,2}:\d{2}[^,]{0,6}, .{1,80}? : /u.test(one)).length >= 1
    )
  },
  open: openKakao
})
