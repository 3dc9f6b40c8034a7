/** A picture of a person or a group, as servers and other programs take it. */
import type { OwnPicture } from '../../contract/ipc.ts'

/** Pixels. */
const SIDE = 256

/** The middle of a picture, as a square JPEG without any metadata. Rejects where it is no picture. */
export async function squarePicture(file: File): Promise<OwnPicture> {
  const picture = await createImageBitmap(file)
  const side = Math.min(picture.width, picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIDE
  canvas.getContext('2d')?.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, SIDE, SIDE)
  picture.close()
  return { base64: canvas.toDataURL('image/jpeg', 0.9).replace(/^data:[^,]*,/, ''), type: 'image/jpeg', side: SIDE }
}
