import { expect, test } from 'vitest'
import { centred, fitting, isReachable, parsePlacement } from './placement.ts'

const left = { x: 0, y: 0, width: 1920, height: 1040 }
const small = { x: 0, y: 27, width: 800, height: 573 }

test('a window is no larger than a small screen, and centred on it', () => {
  expect(fitting({ width: 1080, height: 720 }, small)).toEqual({ width: 800, height: 573 })
  expect(centred({ width: 1080, height: 720 }, small)).toEqual(small)
  expect(centred({ width: 560, height: 500 }, { x: -1280, y: 0, width: 1280, height: 1000 })).toEqual({ x: -920, y: 250, width: 560, height: 500 })
})

test('a window on an unplugged screen is out of reach', () => {
  expect(isReachable({ x: 100, y: 100, width: 800, height: 600 }, left)).toBe(true)
  // as if a second screen had been to the right, above, or to the left
  expect(isReachable({ x: 2000, y: 100, width: 800, height: 600 }, left)).toBe(false)
  expect(isReachable({ x: 100, y: -900, width: 800, height: 600 }, left)).toBe(false)
  expect(isReachable({ x: -790, y: 100, width: 800, height: 600 }, left)).toBe(false)
  // half of it is still visible
  expect(isReachable({ x: -400, y: -5, width: 800, height: 600 }, left)).toBe(true)
})

test.each([
  '',
  'null',
  '{',
  '[]',
  '{"x":1}',
  '{"x":"1","y":0,"width":300,"height":300,"maximized":false}',
  '{"x":0,"y":0,"width":1,"height":300,"maximized":false}'
])('%j is no placement', (json) => {
  expect(parsePlacement(json)).toBeNull()
})
