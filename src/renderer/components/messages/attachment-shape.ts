import type { Attachment } from '../../../contract/domain.ts'
import { isStickerName } from '../../../contract/stickers.ts'

export type AttachmentShape = 'picture' | 'sticker' | 'video' | 'voice' | 'file'

/** Shape of a file in its bubble. A file that is not downloaded is shown as a file, except a picture of known size. */
export function attachmentShape({ kind, name, where, width, height }: Attachment): AttachmentShape {
  if (kind === 'image') return where === 'here' || (width !== null && height !== null) ? (isStickerName(name) ? 'sticker' : 'picture') : 'file'
  return where === 'here' && (kind === 'video' || kind === 'voice') ? kind : 'file'
}
