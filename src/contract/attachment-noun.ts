/** Noun for a file: its kind, or the kind that its name tells. */
import { isContactName } from './contact-files.ts'
import type { AttachmentKind, AttachmentNoun } from './domain.ts'
import { isStickerName } from './stickers.ts'

export function attachmentNoun({ kind, name }: { kind: AttachmentKind; name: string }): AttachmentNoun {
  if (kind === 'image' && isStickerName(name)) return 'sticker'
  return kind === 'file' && isContactName(name) ? 'contact' : kind
}
