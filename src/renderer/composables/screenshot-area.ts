/** Areas of a screenshot, and the blurring of one. Units are pixels of the picture. Pure. */

export interface Point {
  x: number
  y: number
}
export interface Area {
  x: number
  y: number
  width: number
  height: number
}

/** The point of an area's picture that is nearest. */
export const clampTo = ({ x, y }: Point, { width, height }: Pick<Area, 'width' | 'height'>): Point => ({
  x: Math.max(0, Math.min(width, x)),
  y: Math.max(0, Math.min(height, y))
})

/** Rectangle between two corners, clamped to the picture. */
export function areaOf(from: Point, to: Point, width: number, height: number): Area {
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, Math.round(value)))
  const [left, right] = [clamp(Math.min(from.x, to.x), width), clamp(Math.max(from.x, to.x), width)]
  const [top, bottom] = [clamp(Math.min(from.y, to.y), height), clamp(Math.max(from.y, to.y), height)]
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** Replaces each square of `block` by `block` pixels by its mean; its content cannot be recovered from the picture. */
export function coarsened(pixels: Uint8ClampedArray, width: number, height: number, block: number): Uint8ClampedArray {
  const out = new Uint8ClampedArray(pixels.length)
  for (let top = 0; top < height; top += block)
    for (let left = 0; left < width; left += block) {
      const [bottom, right] = [Math.min(height, top + block), Math.min(width, left + block)]
      const sums = [0, 0, 0, 0]
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) for (let c = 0; c < 4; c++) sums[c] = (sums[c] ?? 0) + (pixels[(y * width + x) * 4 + c] ?? 0)
      const count = (bottom - top) * (right - left)
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) for (let c = 0; c < 4; c++) out[(y * width + x) * 4 + c] = (sums[c] ?? 0) / count
    }
  return out
}
