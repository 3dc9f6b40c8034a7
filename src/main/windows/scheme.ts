/**
 * app://mnemo/ : serves the built renderer; /media/: pictures, videos and sounds of messages; /thumbnail/: their thumbnails; /avatar/: people's
 * pictures; /sticker/: the user's stickers. All under a strict content security policy.
 */
import { protocol } from 'electron'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { Readable } from 'node:stream'

export const ORIGIN = 'app://mnemo'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2'
}
// styles: virtual scrolling and popovers set positions as style attributes
const policy = (connect = "'self'"): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self'",
    "font-src 'self'",
    // sounds of messages, to draw their waveforms
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types vue'
  ].join('; ')

/** Media types that a window may show: those that no page can interpret as anything else. */
const MEDIA: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/mp4',
  '.webm': 'video/webm',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.ogg': 'audio/ogg',
  '.oga': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.bmp': 'image/bmp'
}

/** Paths of the files that pages may show; null if there is none. */
export interface Files {
  attachment(id: number): Promise<string | null>
  /** WebP; null if none was made yet. */
  thumbnail(id: number): Promise<Uint8Array | null>
  avatar(jid: string): Promise<string | null>
  sticker(id: number): Promise<string | null>
}

/** Serves a file, or the requested range of it (RFC 9110 section 14.2): players seek with ranges. */
async function serveMedia(file: string, type: string, range: string | null): Promise<Response> {
  const { size } = await stat(file)
  const headers = {
    'content-type': type,
    'content-security-policy': "default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=3600',
    'accept-ranges': 'bytes'
  }
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range ?? '')
  const [, first = '', last = ''] = asked ?? []
  const start = first === '' ? (last === '' ? 0 : Math.max(0, size - Number(last))) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last))
  if (asked !== null && (start > end || start >= size)) return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } })
  const body = Readable.toWeb(createReadStream(file, asked === null ? {} : { start, end })) as ReadableStream
  if (asked === null) return new Response(body, { headers: { ...headers, 'content-length': String(size) } })
  return new Response(body, {
    status: 206,
    headers: { ...headers, 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${size}` }
  })
}

/** Registers the scheme. Must be called before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }])
}

/** Serves a page or module from Vite's server, from which windows also receive hot updates (tools/dev). */
async function developed(server: string, { pathname, search }: URL): Promise<Response> {
  const answer = await fetch(`${server}${pathname}${search}`)
  const headers = {
    'content-type': answer.headers.get('content-type') ?? 'text/plain',
    'content-security-policy': policy(`'self' ${server.replace(/^http/, 'ws')}`),
    'cache-control': 'no-store'
  }
  return new Response(await answer.arrayBuffer(), { status: answer.status, headers })
}

/** Serves `folder`; paths outside it and types that we do not ship are not found. `server`: address that pages come from instead. */
export function serveScheme(folder: string, { attachment, thumbnail, avatar, sticker }: Files, server: string | null = null): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    const path = normalize(join(folder, decodeURIComponent(url.pathname)))
    const type = TYPES[extname(path)]
    const notFound = new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } })
    const small = /^\/thumbnail\/(\d{1,15})$/.exec(url.pathname)
    if (url.host === 'mnemo' && request.method === 'GET' && small !== null) {
      const image = await thumbnail(Number(small[1]))
      // 204: no thumbnail yet, so the page makes one
      if (image === null) return new Response(null, { status: 204 })
      return new Response(new Uint8Array(image), {
        headers: {
          'content-type': 'image/webp',
          'content-security-policy': "default-src 'none'",
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store'
        }
      })
    }
    const [, kind, name = ''] = /^\/(media|avatar|sticker)\/([^/]{1,4000})$/.exec(url.pathname) ?? []
    if (url.host === 'mnemo' && request.method === 'GET' && kind !== undefined) {
      const file =
        kind === 'avatar'
          ? await avatar(decodeURIComponent(name))
          : /^\d{1,15}$/.test(name)
            ? await (kind === 'media' ? attachment : sticker)(Number(name))
            : null
      const shown = MEDIA[extname(file ?? '')]
      return file === null || shown === undefined ? notFound : serveMedia(file, shown, request.headers.get('range')).catch(() => notFound)
    }
    if (server !== null && url.host === 'mnemo' && request.method === 'GET') return developed(server, url).catch(() => notFound)
    if (url.host !== 'mnemo' || request.method !== 'GET' || type === undefined || !path.startsWith(folder + sep)) return notFound
    try {
      const body = await readFile(path)
      return new Response(new Uint8Array(body), { headers: { 'content-type': type, 'content-security-policy': policy(), 'x-content-type-options': 'nosniff' } })
    } catch {
      return notFound
    }
  })
}
