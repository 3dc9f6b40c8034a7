import { expect, test } from 'vitest'
import { fromField, laterTimes, toField } from './later.ts'

const local = (text: string): number => new Date(text).getTime()
const offered = (now: string): string[] => laterTimes(local(now)).map(({ which, time }) => `${which} ${toField(time)}`)

test('"later" offers an hour, this evening, tomorrow and next Monday, if they are still ahead', () => {
  // a Thursday
  expect(offered('2026-11-26T14:05')).toEqual(['hour 2026-11-26T15:05', 'evening 2026-11-26T20:00', 'tomorrow 2026-11-27T09:00', 'monday 2026-11-30T09:00'])
  expect(offered('2026-11-26T19:45')).toEqual(['hour 2026-11-26T20:45', 'tomorrow 2026-11-27T09:00', 'monday 2026-11-30T09:00'])
  // on a Sunday, tomorrow is Monday; on a Monday, the next Monday is offered
  expect(offered('2026-11-29T10:00').map((one) => one.split(' ')[0])).toEqual(['hour', 'evening', 'tomorrow'])
  expect(offered('2026-11-30T08:00').at(-1)).toBe('monday 2026-12-07T09:00')
  expect(offered('2026-12-31T23:30')).toEqual(['hour 2027-01-01T00:30', 'tomorrow 2027-01-01T09:00', 'monday 2027-01-04T09:00'])
})

test('a custom time must be in the future', () => {
  const now = local('2026-11-26T14:05')
  expect(fromField('2026-11-26T14:06', now)).toBe(local('2026-11-26T14:06'))
  for (const text of ['', '2026-11-26T14:05', '2020-01-01T00:00', 'soon']) expect(fromField(text, now)).toBeNull()
})
