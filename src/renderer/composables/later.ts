/** Times to choose from for "later". Pure. */

export const LATER = ['hour', 'evening', 'tomorrow', 'monday'] as const
export type Later = (typeof LATER)[number]

const HOUR_MS = 3_600_000
const EVENING = 20
const MORNING = 9
/** Minimum time before the evening for it to be offered, ms. */
const BEFORE_MS = HOUR_MS / 2

/** Choices that are still ahead, with their local times in ms. */
export function laterTimes(now: number): { which: Later; time: number }[] {
  const at = (days: number, hour: number): number => {
    const date = new Date(now)
    date.setDate(date.getDate() + days)
    return date.setHours(hour, 0, 0, 0)
  }
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7
  const times: Record<Later, number> = { hour: now + HOUR_MS, evening: at(0, EVENING), tomorrow: at(1, MORNING), monday: at(toMonday, MORNING) }
  return LATER.filter((which) => (which !== 'evening' || times.evening - now >= BEFORE_MS) && (which !== 'monday' || toMonday > 1)).map((which) => ({
    which,
    time: times[which]
  }))
}

const two = (n: number): string => String(n).padStart(2, '0')
/** Formats a time for a date and time field (HTML, local date and time string). */
export function toField(time: number): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}
/** Parses the value of a date and time field as local time, in ms; null if it is invalid or has passed. */
export function fromField(text: string, now: number): number | null {
  const time = new Date(text).getTime()
  return Number.isNaN(time) || time <= now ? null : time
}
