/** File names for display and storage, and media types by file name. */
import mime from 'mime'
import type { AttachmentKind } from '../contract/domain.ts'

const LONGEST_NAME = 200
/** Image types that a window can show. */
const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])

export function attachmentKind(type: string): AttachmentKind {
  if (IMAGES.has(type)) return 'image'
  if (type.startsWith('video/')) return 'video'
  return type.startsWith('audio/') ? 'voice' : 'file'
}

/** Media type by the file name's extension; the sender's type if the extension is unknown. */
export const mediaType = (name: string, said: string | null): string =>
  mime.getType(name) ?? (said !== null && /^[\w.+-]+\/[\w.+-]+$/.test(said) ? said : 'application/octet-stream')

/** File name without folders, control characters or changes of text direction. */
export function safeName(name: string): string {
  const plain = plainName(name)
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  if (plain.length <= LONGEST_NAME) return plain === '' ? 'file' : plain
  const ending = /\.[^.]{1,10}$/.exec(plain)?.[0] ?? ''
  return plain.slice(0, LONGEST_NAME - ending.length).replace(/[\ud800-\udbff]$/, '') + ending
}

/** Last segment of a URL's path. Throws on an invalid URL. */
export function nameIn(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

/** Name without characters that change the text direction, are invisible, or move the cursor. */
export const plainName = (name: string, longest = Infinity): string =>
  name
    .normalize('NFC')
    .replace(/[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, '')
    .trim()
    .slice(0, longest)
    .replace(/[\ud800-\udbff]$/, '')
