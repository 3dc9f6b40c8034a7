/** Names as they are shown and kept, and what they say a file is. */
import mime from 'mime'
import type { AttachmentKind } from '../contract/domain.ts'

const LONGEST_NAME = 200
/** What a window can show. */
const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])

export function attachmentKind(type: string): AttachmentKind {
  if (IMAGES.has(type)) return 'image'
  if (type.startsWith('video/')) return 'video'
  return type.startsWith('audio/') ? 'voice' : 'file'
}

/** The media type by the name's ending; the sender's word where that says nothing. */
export const mediaType = (name: string, said: string | null): string =>
  mime.getType(name) ?? (said !== null && /^[\w.+-]+\/[\w.+-]+$/.test(said) ? said : 'application/octet-stream')

/** A file name that leads nowhere and reads as what it is: no folders, control characters or changes of direction. */
export function safeName(name: string): string {
  const plain = plainName(name)
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  if (plain.length <= LONGEST_NAME) return plain === '' ? 'file' : plain
  const ending = /\.[^.]{1,10}$/.exec(plain)?.[0] ?? ''
  return plain.slice(0, LONGEST_NAME - ending.length).replace(/[\ud800-\udbff]$/, '') + ending
}

/** The last part of an address's path. Throws where it is none. */
export function nameIn(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

/** A name as it reads: nothing that changes the direction of what follows, hides, or moves the cursor. */
export const plainName = (name: string, longest = Infinity): string =>
  name
    .normalize('NFC')
    .replace(/[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, '')
    .trim()
    .slice(0, longest)
    .replace(/[\ud800-\udbff]$/, '')
