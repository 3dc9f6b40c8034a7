import { expect, test } from 'vitest'
import { mutedUntil, type Mute } from './mute.ts'

test.each<[Mute, Date, Date]>([
  ['hour', new Date(2026, 4, 20, 23, 30), new Date(2026, 4, 21, 0, 30)],
  ['eight', new Date(2026, 4, 20, 9), new Date(2026, 4, 20, 17)],
  ['morning', new Date(2026, 4, 20, 23), new Date(2026, 4, 21, 8)],
  ['morning', new Date(2026, 4, 20, 3), new Date(2026, 4, 20, 8)],
  ['morning', new Date(2026, 11, 31, 8), new Date(2027, 0, 1, 8)]
])('%s from %s lasts until %s', (mute, now, until) => {
  expect(new Date(mutedUntil(mute, now))).toEqual(until)
})
