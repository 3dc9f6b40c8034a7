/**
 * WhatsApp's 'Export chat': a text file, alone or in a .zip with the media. Its lines depend on the phone's system,
 * language and clock:
 *   12/31/23, 9:15 PM - Name: text      [31/12/2023, 21:15:03] Name: text      2023/12/31 下午9:15 - 张三: 你好
 * A line that begins with no date goes on with the message before it.
 */
import { ImportError, kindOf, type ParsedConversation, type ParsedMessage } from '../history.ts'
import { localTime } from './times.ts'

// 1-3: the date; 4: the half of the day before the clock; 5-7: the clock; 8: the half after it; 9: the rest
const LINE = /^\[?(\d{1,4})[./年-](\d{1,2})[./月-](\d{1,4})日?,? (?:(上午|下午|凌晨|早上|中午|晚上|AM|PM)\s?)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s?([AaPp]\.?\s?[Mm]\.?))?(?:\]| [-–]) ?(.*)$/su
const ATTACHED = [/^(.+?\.\w{2,5}) \((?:file attached|文件附件|文件已附加|檔案附件|附件)\)$/iu, /^<(?:attached|附件|添付ファイル)[:：] ?(.+?\.\w{2,5})>$/iu]
const EDITED = /\s?<(?:This message was edited|此消息已编辑|此訊息已編輯|已编辑)>$/iu
const AFTERNOON = /^(?:下午|晚上|中午|p)/iu

/** Whether a text looks like one of these. */
export const isWhatsApp = (text: string): boolean => LINE.test(clean(text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'))))

// direction marks and the narrow spaces before AM and PM
const clean = (line: string): string => line.replace(/[\u200e\u200f\u202a-\u202e\ufeff\r]/g, '').replace(/[\u00a0\u202f\u2009]/g, ' ')

interface Line {
  numbers: [number, number, number]
  hour: number
  minute: number
  second: number
  rest: string
  number: number
}

/** `media`: the files that came along, by name. Throws ImportError where the first line has no date. */
export function parseWhatsApp(text: string, file: string, name: string, media: ReadonlyMap<string, { bytes: number; source: string }>): { conversation: ParsedConversation; notices: number } {
  const lines: Line[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = clean(raw)
    const found = LINE.exec(line)
    if (found === null) {
      const last = lines.at(-1)
      if (last !== undefined) last.rest += `\n${line}`
      else if (line.trim() !== '') throw new ImportError(file, index + 1, 'this does not begin with a date as in a WhatsApp export')
      continue
    }
    const [, a = '', b = '', c = '', before, hour = '', minute = '', second = '0', after, rest = ''] = found
    const half = before ?? after
    const clock = Number(hour)
    lines.push({
      numbers: [Number(a), Number(b), Number(c)],
      hour: half === undefined ? clock : AFTERNOON.test(half) ? (/中午/.test(half) && clock === 11 ? 11 : (clock % 12) + 12) : clock % 12,
      minute: Number(minute),
      second: Number(second),
      rest,
      number: index + 1
    })
  }
  const order = dateOrder(lines)
  const messages: ParsedMessage[] = []
  let notices = 0
  for (const line of lines) {
    const time = timeOf(line, order)
    if (time === null) throw new ImportError(file, line.number, 'there is no such date')
    const colon = line.rest.indexOf(': ')
    const atEnd = colon < 0 && line.rest.endsWith(':') ? line.rest.length - 1 : colon
    // a notice has no sender
    if (atEnd < 0 || line.rest.slice(0, atEnd).includes('\n')) {
      notices++
      continue
    }
    messages.push({ sender: line.rest.slice(0, atEnd).trim(), time, ...content(line.rest.slice(atEnd + 2).replace(/\n+$/, ''), media) })
  }
  return { conversation: { name, messages }, notices }
}

function content(text: string, media: ReadonlyMap<string, { bytes: number; source: string }>): Pick<ParsedMessage, 'text' | 'edited' | 'files'> {
  const edited = EDITED.test(text)
  const body = text.replace(EDITED, '')
  const [first = '', ...rest] = body.split('\n')
  const attached = ATTACHED.map((pattern) => pattern.exec(first)?.[1]).find((found) => found !== undefined)
  if (attached === undefined) return { text: body, ...(edited ? { edited } : {}) }
  const there = media.get(attached)
  return { text: rest.join('\n'), ...(edited ? { edited } : {}), files: [{ kind: kindOf(attached), name: attached, bytes: there?.bytes ?? null, source: there?.source ?? null }] }
}

type Order = 'ymd' | 'dmy' | 'mdy'

/** Which of the three numbers is the day: by a day above 12, otherwise by which order leaves time running forwards. */
function dateOrder(lines: readonly Line[]): Order {
  if (lines.some(({ numbers }) => numbers[0] > 31)) return 'ymd'
  if (lines.some(({ numbers }) => numbers[0] > 12)) return 'dmy'
  if (lines.some(({ numbers }) => numbers[1] > 12)) return 'mdy'
  const steps = (order: Order): number => {
    let back = 0
    let last = -Infinity
    for (const line of lines) {
      const time = timeOf(line, order) ?? 0
      if (time < last) back++
      last = time
    }
    return back
  }
  return steps('mdy') < steps('dmy') ? 'mdy' : 'dmy'
}

function timeOf({ numbers: [a, b, c], hour, minute, second }: Line, order: Order): number | null {
  const [year, month, day] = order === 'ymd' ? [a, b, c] : order === 'dmy' ? [c, b, a] : [c, a, b]
  return localTime(year < 100 ? 2000 + year : year, month, day, hour, minute, second)
}
