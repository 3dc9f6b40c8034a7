/** Durations of muting a conversation. Pure. */

export const MUTES = ['hour', 'eight', 'morning'] as const
export type Mute = (typeof MUTES)[number]

const HOUR_MS = 3_600_000
/** Start of the morning, hour of the day. */
const MORNING = 8

/** End of the mute, in ms; for 'morning' the next 8 o'clock in this computer's time zone. */
export function mutedUntil(mute: Mute, now: Date): number {
  if (mute !== 'morning') return now.getTime() + (mute === 'hour' ? 1 : 8) * HOUR_MS
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate(), MORNING)
  return (today > now ? today : new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING)).getTime()
}
