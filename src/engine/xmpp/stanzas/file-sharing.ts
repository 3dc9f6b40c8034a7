/**
 * Files in messages: XEP-0066 Out of Band Data, XEP-0447 Stateless File Sharing with XEP-0446 metadata and XEP-0264 thumbnails; received XEP-0449 stickers.
 */
import { xml, type Element } from '@xmpp/client'
import { Preview, type AttachmentKind } from '../../../contract/domain.ts'
import { isStickerName, stickerFileName } from '../../../contract/stickers.ts'
import { attachmentKind, mediaType, nameIn, safeName } from '../../file-names.ts'
import { parseMediaAddress } from '../omemo/media.ts'
import { isWebUrl } from './http-upload.ts'
import { NS } from './namespaces.ts'

const asSticker = ({ name, type }: SharedFile): string =>
  isStickerName(name) ? name : stickerFileName(name.replace(/\.[^.]*$/, ''), /^image\/(png|gif|webp)$/.exec(type ?? '')?.[1] ?? 'webp')

export interface SharedFile {
  kind: AttachmentKind
  name: string
  /** Size in bytes; null: unknown. */
  bytes: number | null
  url: string
  type: string | null
  /** Width and height, pixels. */
  width: number | null
  height: number | null
  /** SHA-256, hex */
  hash: string | null
  /** ThumbHash, base64 */
  preview: string | null
}

const MOST_FILES = 20
const THUMBHASH = 'data:image/thumbhash;base64,'
/** ThumbHash in a thumbnail's data URI (XEP-0264); no thumbnail is fetched. Some clients percent-encode it. */
function thumbHashOf(uri: string | undefined): string | null {
  if (uri?.startsWith(THUMBHASH) !== true) return null
  const hash = uri.slice(THUMBHASH.length).replace(/%2B/gi, '+').replace(/%2F/gi, '/').replace(/%3D/gi, '=')
  return Preview.safeParse(hash).success ? hash : null
}

const natural = (text: string | undefined): number | null => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null)
/** Longest side of a picture, pixels. */
const LONGEST_SIDE = 100_000
const side = (text: string | undefined): number | null => {
  const pixels = natural(text)
  return pixels === null || pixels < 1 || pixels > LONGEST_SIDE ? null : pixels
}

function shared(
  url: string,
  said: {
    name?: string
    bytes?: number | null
    type?: string | null
    width?: number | null
    height?: number | null
    hash?: string | null
    preview?: string | null
  }
): SharedFile {
  const name = safeName(said.name ?? nameIn(url))
  const type = mediaType(name, said.type ?? null)
  const hash = said.hash ?? null
  return {
    kind: attachmentKind(type),
    name,
    bytes: said.bytes ?? null,
    url,
    type,
    width: said.width ?? null,
    height: said.height ?? null,
    hash: hash !== null && /^[0-9a-f]{64}$/.test(hash) ? hash : null,
    preview: said.preview ?? null
  }
}

/** True for addresses allowed in encrypted messages, which may hold the file's key (XEP-0454). */
export const isSecretAddress = (url: string): boolean => isWebUrl(url) || parseMediaAddress(url) !== null

/** Files of a message, and its text without their addresses. */
export function decodeFiles(stanza: Element, body: string, isAddress: (url: string) => boolean = isWebUrl): { files: SharedFile[]; text: string } {
  const files = new Map<string, SharedFile>()
  for (const sharing of stanza.getChildren('file-sharing', NS.fileSharing)) {
    const file = sharing.getChild('file', NS.fileMetadata)
    const url = sharing.getChild('sources')?.getChild('url-data', NS.urlData)?.attrs['target'] ?? ''
    if (file === undefined || !isAddress(url) || files.size >= MOST_FILES) continue
    const text = (name: string): string | undefined => file.getChild(name)?.text()
    const sha = file
      .getChildren('hash', NS.hashes)
      .find((hash) => hash.attrs['algo'] === 'sha-256')
      ?.text()
    const name = text('name')
    const preview = file
      .getChildren('thumbnail', NS.thumbnails)
      .map(({ attrs }) => thumbHashOf(attrs['uri']))
      .find((found) => found !== null)
    files.set(
      url,
      shared(url, {
        ...(name === undefined ? {} : { name }),
        bytes: natural(text('size')),
        type: text('media-type') ?? null,
        width: side(text('width')),
        height: side(text('height')),
        hash: sha === undefined ? null : Buffer.from(sha, 'base64').toString('hex'),
        preview: preview ?? null
      })
    )
  }
  for (const data of stanza.getChildren('x', NS.outOfBand)) {
    const url = data.getChild('url')?.text().trim() ?? ''
    if (isAddress(url) && !files.has(url) && files.size < MOST_FILES) files.set(url, shared(url, {}))
  }
  // a sticker of another client (XEP-0449) is named like ours
  if (stanza.getChild('sticker', NS.stickers) !== undefined)
    for (const [url, file] of files) if (file.kind === 'image') files.set(url, { ...file, name: asSticker(file) })
  const text = body.trim()
  return { files: [...files.values()], text: files.has(text) ? '' : body }
}

/** File in three forms: the address as text, as XEP-0066, and with its metadata as XEP-0447. */
export function encodeFile(file: SharedFile): { body: string; elements: Element[] } {
  const { name, bytes, url, type, width, height, hash, preview } = file
  const optional = (element: string, value: string | number | null): Element[] => (value === null ? [] : [xml(element, {}, String(value))])
  return {
    body: url,
    elements: [
      xml('x', { xmlns: NS.outOfBand }, xml('url', {}, url)),
      xml(
        'file-sharing',
        { xmlns: NS.fileSharing, disposition: file.kind === 'file' ? 'attachment' : 'inline' },
        xml(
          'file',
          { xmlns: NS.fileMetadata },
          ...optional('media-type', type),
          xml('name', {}, name),
          ...optional('size', bytes),
          ...optional('width', width),
          ...optional('height', height),
          ...(preview === null
            ? []
            : [
                xml('thumbnail', {
                  xmlns: NS.thumbnails,
                  uri: `${THUMBHASH}${preview}`,
                  'media-type': 'image/thumbhash',
                  ...(width === null ? {} : { width: String(width) }),
                  ...(height === null ? {} : { height: String(height) })
                })
              ]),
          ...(hash === null ? [] : [xml('hash', { xmlns: NS.hashes, algo: 'sha-256' }, Buffer.from(hash, 'hex').toString('base64'))])
        ),
        xml('sources', {}, xml('url-data', { xmlns: NS.urlData, target: url }))
      ),
      xml('fallback', { xmlns: NS.fallback, for: NS.fileSharing }, xml('body', {}))
    ]
  }
}
