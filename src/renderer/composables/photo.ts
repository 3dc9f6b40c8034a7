/** Pictures sent as photos: rotated upright, scaled down to screen size, without metadata on time, place and camera. */

/** Maximum length of the longer side, in pixels. */
export const LONGEST_SIDE = 2560
const QUALITY = 0.86

/** Types that are re-encoded; others, such as animated ones, are sent unchanged. */
const DRAWN = /^image\/(png|jpeg|webp|avif|bmp)$/
export const canBePhoto = (file: Pick<File, 'type'>): boolean => DRAWN.test(file.type)
/** Whether the file can be previewed before it is sent. */
export const canBeShown = (file: Pick<File, 'type'>): boolean => canBePhoto(file) || file.type === 'image/gif'

/** Whether any pixel is transparent, checked on a small copy. */
function isTransparent(picture: ImageBitmap): boolean {
  const side = 64
  const context = new OffscreenCanvas(side, side).getContext('2d')
  if (context === null) return false
  context.drawImage(picture, 0, 0, side, side)
  const { data } = context.getImageData(0, 0, side, side)
  for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 255) < 255) return true
  return false
}

/** Redraws a picture with its longer side at most `longest` pixels; null where it cannot be decoded. */
async function drawn(file: Blob, longest: number): Promise<{ canvas: OffscreenCanvas; seeThrough: boolean } | null> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null)
  if (picture === null) return null
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height))
  const [width, height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))]
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) return null
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, width, height)
  const seeThrough = isTransparent(picture)
  picture.close()
  return { canvas, seeThrough }
}

/** Sides and qualities to try, best first: pixels, and 0 to 1. */
const SMALL = [
  [240, 0.8],
  [200, 0.7],
  [160, 0.6],
  [120, 0.5],
  [80, 0.4]
] as const

/** Re-encodes a picture as JPEG on white in a data: URL of at most `most` characters; null where it cannot be decoded or is too intricate. */
export async function pictureUrl(file: Blob, most: number): Promise<string | null> {
  for (const [side, quality] of SMALL) {
    const made = await drawn(file, side)
    const context = made?.canvas.getContext('2d') ?? null
    if (made === null || context === null) return null
    context.globalCompositeOperation = 'destination-over'
    context.fillStyle = '#fff'
    context.fillRect(0, 0, made.canvas.width, made.canvas.height)
    const blob = await made.canvas.convertToBlob({ type: 'image/jpeg', quality })
    const url = `data:image/jpeg;base64,${btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())))}`
    if (url.length <= most) return url
  }
  return null
}

const stem = (name: string): string => name.replace(/\.[^.]*$/, '') || 'photo'

/** Re-encodes a picture as JPEG, or as WebP where it has transparency. Returns the file itself where it cannot be decoded. */
export async function asPhoto(file: File): Promise<File> {
  const made = canBePhoto(file) ? await drawn(file, LONGEST_SIDE) : null
  if (made === null) return file
  const type = made.seeThrough ? 'image/webp' : 'image/jpeg'
  const blob = await made.canvas.convertToBlob({ type, quality: QUALITY })
  return new File([blob], `${stem(file.name)}.${made.seeThrough ? 'webp' : 'jpg'}`, { type })
}

/** Re-encodes a picture as a small WebP, at most `longest` pixels on its longer side; null where it cannot be decoded. */
export async function smallPicture(file: File, longest: number): Promise<File | null> {
  const made = await drawn(file, longest)
  if (made === null) return null
  const type = 'image/webp'
  return new File([await made.canvas.convertToBlob({ type, quality: QUALITY })], `${stem(file.name)}.webp`, { type })
}
