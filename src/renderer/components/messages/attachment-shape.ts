import type { Attachment } from '../../../contract/domain.ts'

export type AttachmentShape = 'picture' | 'video' | 'voice' | 'file'

/** As what a file stands in its bubble. What is not here stands as a file, but for a picture whose place is known. */
export function attachmentShape({ kind, where, width, height }: Attachment): AttachmentShape {
  if (kind === 'image') return where === 'here' || (width !== null && height !== null) ? 'picture' : 'file'
  return where === 'here' && (kind === 'video' || kind === 'voice') ? kind : 'file'
}
