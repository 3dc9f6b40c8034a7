/** Blurred previews of pictures in about 25 bytes: ThumbHash (https://github.com/evanw/thumbhash). */
import { rgbaToThumbHash, thumbHashToDataURL } from 'thumbhash'

/** Longer side of the input, in pixels; the algorithm takes no more. */
const SIDE = 100

/** ThumbHash of a picture to be sent, base64; null where it cannot be decoded. */
export async function thumbHashOf(file: File): Promise<string | null> {
  if (!file.type.startsWith('image/')) return null
  const picture = await createImageBitmap(file).catch(() => null)
  if (picture === null) return null
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height))
  const [width, height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))]
  const context = new OffscreenCanvas(width, height).getContext('2d')
  if (context === null) return null
  context.drawImage(picture, 0, 0, width, height)
  picture.close()
  return btoa(String.fromCharCode(...rgbaToThumbHash(width, height, context.getImageData(0, 0, width, height).data)))
}

/** Data URL of a ThumbHash; null where it is invalid. */
export function thumbHashUrl(base64: string): string | null {
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
  } catch {
    return null
  }
}
