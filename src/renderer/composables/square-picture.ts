/** Square pictures for people and groups, as servers and other clients accept them. */
import type { OwnPicture } from '../../contract/requests/call.ts'

/** Side in pixels. */
const SIDE = 256

/** Crops the middle of a picture to a square JPEG without metadata. Rejects if it cannot be decoded. */
export async function squarePicture(file: File): Promise<OwnPicture> {
  const picture = await createImageBitmap(file)
  const side = Math.min(picture.width, picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIDE
  canvas.getContext('2d')?.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, SIDE, SIDE)
  picture.close()
  return { base64: canvas.toDataURL('image/jpeg', 0.9).replace(/^data:[^,]*,/, ''), type: 'image/jpeg', side: SIDE }
}
