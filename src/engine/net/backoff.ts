/** Delay before the next try: doubles from one second to a minute, with jitter so that clients of a restarted server do not return all at once. */
export const FIRST_MS = 1000
export const LONGEST_MS = 60_000

/** `tries`: failed tries so far, from 1; `random` in [0, 1). Between half and all of the doubled step, in ms. */
export function backoff(tries: number, random: number): number {
  const step = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, Math.min(tries, 30) - 1))
  return Math.round(step * (0.5 + random / 2))
}
