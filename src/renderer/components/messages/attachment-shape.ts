import type { Attachment } from '../../../contract/domain.ts'
import { isStickerName } from '../../../contract/stickers.ts'

export type AttachmentShape = 'picture' | 'sticker' | 'video' | 'voice' | 'file'

/** As what a file stands in its bubble. What is not here stands as a file, but for a picture whose place is known. */
export function attachmentShape({ kind, name, where, width, height }: Attachment): AttachmentShape {
  if (kind === 'image') return where === 'here' || (width !== null && height !== null) ? (isStickerName(name) ? 'sticker' : 'picture') : 'file'
  return where === 'here' && (kind === 'video' || kind === 'voice') ? kind : 'file'
}
