/** For how long nothing is told of a conversation. Pure. */

export const MUTES = ['hour', 'eight', 'morning'] as const
export type Mute = (typeof MUTES)[number]

const HOUR_MS = 3_600_000
/** When the morning begins, hour of the day. */
const MORNING = 8

/** The time at which it speaks up again, ms: the next 8 o'clock of this computer's time zone for 'morning'. */
export function mutedUntil(mute: Mute, now: Date): number {
  if (mute !== 'morning') return now.getTime() + (mute === 'hour' ? 1 : 8) * HOUR_MS
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate(), MORNING)
  return (today > now ? today : new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING)).getTime()
}
