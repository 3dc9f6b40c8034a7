/** Sticker pictures, single or from a .zip: recognized by their content and limited in size; nothing else of an archive is ever written. */
import { basename, extname } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { imageSize } from 'image-size'
import yauzl from 'yauzl'
import { LARGEST_STICKER, LONGEST_STICKER_SIDE } from '../../contract/stickers.ts'
import { plainName } from '../file-names.ts'

/** Largest number of entries in a sticker archive. */
const MOST_ENTRIES = 1000
/** Largest total size of an archive's pictures, bytes. */
const MOST_BYTES = 64 * 2 ** 20
const LONGEST_NAME = 80
const ENDINGS = new Map([
  ['png', 'png'],
  ['gif', 'gif'],
  ['webp', 'webp']
])
/** File type bits of an entry's mode, and the type of a regular file (POSIX sys/stat.h). */
const KIND = 0o170000
const PLAIN = 0o100000

export interface StickerPicture {
  content: Buffer
  /** png, gif or webp. */
  ending: string
  width: number
  height: number
  animated: boolean
}

/** True for animated pictures: an ANIM flag (WebP), an acTL chunk before the pixels (APNG), a second image or a loop (GIF). */
export function isAnimated(content: Buffer, ending: string): boolean {
  if (ending === 'webp') return content.toString('latin1', 12, 16) === 'VP8X' && ((content[20] ?? 0) & 2) !== 0
  if (ending === 'png') {
    const control = content.indexOf('acTL', 8, 'latin1')
    const pixels = content.indexOf('IDAT', 8, 'latin1')
    return control > 0 && (pixels < 0 || control < pixels)
  }
  return ending === 'gif' && content.includes('NETSCAPE2.0', 0, 'latin1')
}

/** Picture in a file; null: no picture, or too large for a sticker. */
export function stickerPicture(content: Buffer): StickerPicture | null {
  if (content.length > LARGEST_STICKER) return null
  try {
    const { type = '', width, height } = imageSize(content)
    const ending = ENDINGS.get(type)
    if (ending === undefined || !(width > 0) || !(height > 0) || Math.max(width, height) > LONGEST_STICKER_SIDE) return null
    return { content, ending, width, height, animated: isAnimated(content, ending) }
  } catch {
    return null
  }
}

/** Searchable name of a sticker: its file's name. */
export const stickerName = (file: string): string =>
  plainName(basename(file, extname(file)).replace(/\.sticker$/i, ''), LONGEST_NAME).replace(/[/\\:*?"<>|]/g, '_') || 'sticker'

const openZip = (path: string): Promise<yauzl.ZipFile> =>
  new Promise((resolve, reject) => {
    // names that lead out of a folder end the reading with an error (validateFileName), and so do wrong sizes
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) => (error === null ? resolve(zip) : reject(error)))
  })
const read = (zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error !== null) reject(error)
      else buffer(stream).then(resolve, reject)
    })
  })

/** Pictures of a pack with their names, and the number of other files. Rejects if it is no .zip, or a malicious one. */
export async function stickersInZip(path: string): Promise<{ pictures: (StickerPicture & { name: string })[]; skipped: number }> {
  const zip = await openZip(path)
  try {
    if (zip.entryCount > MOST_ENTRIES) throw new Error('the archive has too many files')
    const entries = await new Promise<yauzl.Entry[]>((resolve, reject) => {
      const all: yauzl.Entry[] = []
      zip.on('entry', (entry: yauzl.Entry) => {
        all.push(entry)
        zip.readEntry()
      })
      zip.once('end', () => resolve(all))
      zip.once('error', reject)
      zip.readEntry()
    })
    const files = entries.filter(({ fileName }) => !fileName.endsWith('/') && !/(?:^|\/)(?:\.|__MACOSX\/)/.test(fileName))
    const small = files.filter(({ externalFileAttributes, uncompressedSize }) => {
      const kind = (externalFileAttributes >>> 16) & KIND
      return (kind === 0 || kind === PLAIN) && uncompressedSize <= LARGEST_STICKER
    })
    if (small.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0) > MOST_BYTES) throw new Error('the archive is too large')
    const pictures = []
    for (const entry of small) {
      const picture = entry.isEncrypted() ? null : stickerPicture(await read(zip, entry))
      if (picture !== null) pictures.push({ ...picture, name: stickerName(entry.fileName) })
    }
    return { pictures, skipped: files.length - pictures.length }
  } finally {
    zip.close()
  }
}
