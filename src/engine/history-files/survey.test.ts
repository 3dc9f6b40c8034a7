/** Surveys stay small, however long the messages are. */
import { expect, test } from 'vitest'
import type { ParsedHistory } from './history.ts'
import { surveyHistory } from './survey.ts'

const history = (count: number, textOf: (index: number) => string): ParsedHistory => ({
  format: 'json',
  self: null,
  encoding: null,
  order: null,
  columns: null,
  read(sink) {
    sink.conversation({ name: 'Ann', id: null })
    for (let index = 0; index < count; index++) sink.message({ sender: 'Ann', time: 1_700_000_000_000 + index, text: textOf(index) })
    return Promise.resolve()
  }
})

test('marks are of the beginning and the end, and few where texts are long', async () => {
  const short = await surveyHistory(history(1000, (index) => `message ${index}`))
  const texts = short.conversations[0]?.marks.map(({ text }) => text) ?? []
  expect(texts.slice(0, 2)).toEqual(['message 0', 'message 1'])
  expect(texts).toHaveLength(200)
  expect(texts.at(-1)).toBe('message 999')
  const long = await surveyHistory(history(300, (index) => `${index} `.padEnd(100_000, 'x')))
  const marks = long.conversations[0]?.marks ?? []
  expect(marks.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(1_200_000)
  expect(marks[0]?.text).toMatch(/^0 /)
  expect(marks.at(-1)?.text).toMatch(/^299 /)
  // a message longer than the limit for all is recognized alone
  expect((await surveyHistory(history(1, () => 'y'.repeat(2_000_000)))).conversations[0]?.marks).toHaveLength(1)
})
