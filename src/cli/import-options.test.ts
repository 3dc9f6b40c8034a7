import { expect, test } from 'vitest'
import { columnsOf } from './import-options.ts'

const HEADING = ['A', 'B', 'What, else', 'When', '3']
const NONE = { time: null, clock: null, sender: null, text: null, conversation: null, direction: null, files: null }

test.each([
  ['time=When,text=A', { time: 3, text: 0 }],
  ['time=when, sender=2, text=what, ELSE', { time: 3, sender: 1, text: 2 }],
  ['TIME = ４ ,Text=ａ', { time: 3, text: 0 }],
  // a heading comes before a number
  ['time=3,text=1', { time: 4, text: 0 }]
])('%s are columns of a table with headings', (given, columns) => {
  expect(columnsOf(given, HEADING)).toEqual({ ...NONE, ...columns })
})

test('a table without headings has numbers', () => {
  expect(columnsOf('time=3,text=1,clock=12', [])).toEqual({ ...NONE, time: 2, text: 0, clock: 11 })
  expect(() => columnsOf('time=When,text=1', [])).toThrow(/numbers from 1/)
})

test.each([
  ['time=Nope,text=A', /no column 'Nope'; there are: A, B, What, else, When, 3/],
  ['time=6,text=A', /no column '6'/],
  ['time=0,text=A', /no column '0'/],
  ['time=,text=A', /no column ''/],
  ['time=When', /at least time=NAME,text=NAME/],
  ['', /--columns knows: time=NAME/],
  ['__proto__=1', /--columns knows: time=NAME/],
  ['time', /--columns knows: time=NAME/]
])('%s is refused with the reason', (given, said) => {
  expect(() => columnsOf(given, HEADING)).toThrow(said)
})
