/** Pictures as they are sent as photos: turned upright, of a size that a screen needs, and without a word on where, when and by what they were taken. */

/** The longer side at most, in pixels. */
export const LONGEST_SIDE = 2560
const QUALITY = 0.86

/** Kinds that are drawn anew; others, such as moving ones, stay as they are. */
const DRAWN = /^image\/(png|jpeg|webp|avif|bmp)$/
export const canBePhoto = (file: Pick<File, 'type'>): boolean => DRAWN.test(file.type)
/** Whether it can be shown before it goes. */
export const canBeShown = (file: Pick<File, 'type'>): boolean => canBePhoto(file) || file.type === 'image/gif'

/** Whether any pixel lets something through, looked for in a small copy. */
function isTransparent(picture: ImageBitmap): boolean {
  const side = 64
  const context = new OffscreenCanvas(side, side).getContext('2d')
  if (context === null) return false
  context.drawImage(picture, 0, 0, side, side)
  const { data } = context.getImageData(0, 0, side, side)
  for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 255) < 255) return true
  return false
}

/** The picture drawn anew, as JPEG, or as WebP where one sees through it. The file itself where it cannot be drawn. */
export async function asPhoto(file: File): Promise<File> {
  const picture = canBePhoto(file) ? await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null) : null
  if (picture === null) return file
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
  const [width, height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))]
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) return file
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, width, height)
  const type = isTransparent(picture) ? 'image/webp' : 'image/jpeg'
  picture.close()
  const blob = await canvas.convertToBlob({ type, quality: QUALITY })
  return new File([blob], `${file.name.replace(/\.[^.]*$/, '') || 'photo'}.${type === 'image/webp' ? 'webp' : 'jpg'}`, { type })
}
