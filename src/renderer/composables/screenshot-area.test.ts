import { expect, test } from 'vitest'
import { areaOf, coarsened } from './screenshot-area.ts'

test('an area lies within the picture, whichever corner it was begun at', () => {
  expect(areaOf({ x: 50, y: 40 }, { x: 10, y: -5 }, 100, 30)).toEqual({ x: 10, y: 0, width: 40, height: 30 })
})

test('a blurred place keeps nothing of what it showed but its mean', () => {
  const side = 6
  const pixels = new Uint8ClampedArray(side * side * 4).map((_, i) => (i % 4 === 3 ? 255 : ((i >> 2) % 2) * 200))
  const blurred = coarsened(pixels, side, side, 4)
  for (const [x, y] of [
    [0, 0],
    [3, 3],
    [4, 0],
    [5, 5]
  ] as const)
    expect([...blurred.slice((y * side + x) * 4, (y * side + x) * 4 + 4)]).toEqual([100, 100, 100, 255])
})
