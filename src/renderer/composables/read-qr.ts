/** Reads a QR code from a picture. */

/** Maximum side of the searched picture, in pixels; photos have more than a code needs. */
const MOST_SIDE = 1400
/** Time limit of the search, ms. */
const LONGEST_MS = 3000

/** Text of the QR code in a picture; null if there is none or the picture cannot be decoded. */
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
