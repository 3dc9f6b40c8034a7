/** Reads a QR code out of a picture. */

/** A code is read from at most so many pixels a side; photos have more, and need not. */
const MOST_SIDE = 1400
/** It is looked for so long, ms. */
const LONGEST_MS = 3000

/** The text of the code in a picture; null: there is none, or the picture cannot be read. */
export async function readQr(picture: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(picture).catch(() => null)
  if (bitmap === null) return null
  const scale = Math.min(1, MOST_SIDE / Math.max(bitmap.width, bitmap.height))
  const [width, height] = [Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale))]
  const context = new OffscreenCanvas(width, height).getContext('2d')
  context?.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  const pixels = context?.getImageData(0, 0, width, height)
  if (pixels === undefined) return null
  const { decodeQR } = await import('qr/decode.js')
  try {
    return decodeQR(pixels, { timeLimit: LONGEST_MS })
  } catch {
    return null
  }
}
