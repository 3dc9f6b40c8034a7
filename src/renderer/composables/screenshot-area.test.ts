import { expect, test } from 'vitest'
import { areaOf, clampTo, coarsened } from './screenshot-area.ts'

test('an area is within the picture, whichever corner it starts from', () => {
  expect(areaOf({ x: 50, y: 40 }, { x: 10, y: -5 }, 100, 30)).toEqual({ x: 10, y: 0, width: 40, height: 30 })
})

test('a point stays within the picture', () => {
  expect(clampTo({ x: -3, y: 31 }, { width: 100, height: 30 })).toEqual({ x: 0, y: 30 })
  expect(clampTo({ x: 99.5, y: 0 }, { width: 100, height: 30 })).toEqual({ x: 99.5, y: 0 })
})

test('a blurred area keeps only the mean of each block', () => {
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
