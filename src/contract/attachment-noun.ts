/** What a file is called: its kind, or what its name says that it is. */
import { isContactName } from './contact-files.ts'
import type { AttachmentKind, AttachmentNoun } from './domain.ts'
import { isStickerName } from './stickers.ts'

export function attachmentNoun({ kind, name }: { kind: AttachmentKind; name: string }): AttachmentNoun {
  if (kind === 'image' && isStickerName(name)) return 'sticker'
  return kind === 'file' && isContactName(name) ? 'contact' : kind
}
