import { expect, test } from 'vitest'
import { zoomOf } from './zoom.ts'

test.each([
  ['+', 100, 110],
  ['=', 110, 125],
  ['+', 200, 200],
  ['-', 100, 90],
  ['_', 90, 80],
  ['-', 80, 80],
  ['0', 175, 100],
  // a value from a file that another version wrote
  ['+', 115, 125],
  ['f', 100, null]
])('%s at %i per cent: %s', (name, now, then) => {
  expect(zoomOf(name, now)).toBe(then)
})
