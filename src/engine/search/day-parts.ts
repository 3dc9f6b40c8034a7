/** Parts and times of a day: morning, 下午3点半, 夜11時. Pure. */
import type { Span } from './spans.ts'
import { figure, N } from './stretches.ts'

const HOUR_MS = 3_600_000

/** Parts of a day by their hours; 30: six in the morning of the next day. After CLDR's day periods, wider where usage differs. */
const PARTS: [string, number, number][] = [
  ['凌晨|未明', 0, 6],
  // the night after that day
  ['半夜|夜中|深夜', 22, 30],
  ['明け方|夜明け', 3, 7],
  ['清早|清晨|大清早|一大早|早上|早晨|早|晨|上午|朝|in the morning|morning', 5, 12],
  ['午前中|午前', 0, 12],
  ['中午|正午|昼|noon', 11, 14],
  ['下午|午后|afternoon', 12, 18],
  ['傍晚|黄昏|夕方', 16, 20],
  ['晚上|夜里|夜晚|晚间|晚|夜|晩|evening|night', 18, 30]
]
/** Pattern of all words for parts of a day. */
export const PART = PARTS.map(([words]) => words).join('|')
const PART_AT = new RegExp(`^(${PART})?(?:的|の)?(?:${N}(?:点钟?|[时時]|:)(?:(半)|([一三])刻|${N}分?(?:(?<=分):?(\\d{1,2})秒?|:(\\d{2}))?)?)?$`, 'u')

/** Part of a day, a time of day, or both, within the day that begins at `date`. */
export function timeOf(word: string, date: Date): Span | null {
  // 昨晚凌晨2点 is the night after that evening
  const found = PART_AT.exec(
    word.replace(/^(?:晚上?|夜里?|夜晚|晩)的?(?=凌晨|未明|半夜|深夜|夜中)(?:凌晨|未明)?/u, (night) => (/(?:凌晨|未明)$/u.test(night) ? '半夜' : ''))
  )
  if (found === null || word === '') return null
  const [, name, hourText, half, quarters, minuteText, east, west] = found
  const secondText = east ?? west
  const part = PARTS.find(([words]) => name !== undefined && words.split('|').includes(name))
  const at = (hour: number, minute = 0, second = 0): number => new Date(date.getFullYear(), date.getMonth(), date.getDate(), hour, minute, second).getTime()
  if (hourText === undefined) return part === undefined ? null : { from: at(part[1]), to: at(part[2]) }
  let hour = figure(hourText)
  const minute = half !== undefined ? 30 : quarters !== undefined ? figure(quarters) * 15 : minuteText === undefined ? null : figure(minuteText)
  if (!(hour <= 24) || (minute !== null && !(minute < 60))) return null
  // 下午3点, 晚上11点; 晚上12点 is the end of the day, 凌晨 stays; 昨晚2点, 深夜1時 are after midnight
  const night = part !== undefined && part[2] > 24
  if (night && hour <= (part[1] === 22 ? 5 : 4)) hour += 24
  else if (part !== undefined && part[1] >= 11 && hour < 12 && !(part[1] === 11 && hour === 11)) hour += 12
  else if (part !== undefined && part[1] >= 16 && hour === 12) hour = 24
  if (minute !== null && secondText !== undefined) {
    const from = at(hour, minute, Number(secondText))
    return Number(secondText) < 60 ? { from, to: from + 1000, clock: true } : null
  }
  return minute === null
    ? { from: at(hour), to: at(hour) + HOUR_MS, clock: true }
    : { from: at(hour, minute), to: at(hour, minute) + HOUR_MS / 60, clock: true }
}
