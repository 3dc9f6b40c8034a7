import { expect, test } from 'vitest'
import { LONGEST_ERROR } from '../../contract/limits.ts'
import { CallFailed } from '../bridge.ts'
import { forLog } from './unforeseen.ts'

const thrown = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

test('the log gets the kind and place of an error, and no user content', () => {
  const secret = thrown(() => JSON.parse('Meet me at noon'))
  expect(forLog(secret)).toMatch(/^SyntaxError\n\s+at /)
  for (const cause of [
    secret,
    new Error('Meet me at noon'),
    new Error('Meet me\n    at noon'),
    'Meet me at noon',
    { text: 'Meet me at noon' },
    null,
    undefined
  ])
    expect(forLog(cause)).not.toContain('noon')
  expect(forLog(thrown(() => (undefined as unknown as { a: string }).a))).toMatch(/^TypeError: Cannot read properties of undefined/)
  expect(forLog(new CallFailed({ code: 'not-found', message: 'Meet me at noon' }))).toMatch(/^CallFailed not-found\n/)
  expect(forLog(Object.assign(new TypeError('x'), { stack: '    at f (app://mnemo/x.js:1:1)\n'.repeat(1000) })).length).toBe(LONGEST_ERROR)
})
