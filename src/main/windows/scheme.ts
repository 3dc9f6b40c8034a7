/** app://mnemo/ : the built renderer, and under /media/ the images of messages; under a strict content security policy. */
import { protocol } from 'electron'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

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
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types vue'
].join('; ')

/** What a window may show of the media folder: images that no page can make anything else of. */
const MEDIA: Record<string, string> = { '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.gif': 'image/gif', '.webp': 'image/webp', '.avif': 'image/avif', '.bmp': 'image/bmp' }

/** Before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

/** Serves `folder`; anything outside it, or of a type we do not ship, is not found. `media`: the file of an attachment. */
export function serveScheme(folder: string, media: (attachment: number) => Promise<string | null>): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    const path = normalize(join(folder, decodeURIComponent(url.pathname)))
    const type = TYPES[extname(path)]
    const notFound = new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } })
    const attachment = /^\/media\/(\d{1,15})$/.exec(url.pathname)?.[1]
    if (url.host === 'mnemo' && request.method === 'GET' && attachment !== undefined) {
      const file = await media(Number(attachment))
      const image = MEDIA[extname(file ?? '')]
      if (file === null || image === undefined) return notFound
      return readFile(file).then(
        (body) => new Response(new Uint8Array(body), { headers: { 'content-type': image, 'content-security-policy': "default-src 'none'", 'x-content-type-options': 'nosniff', 'cache-control': 'private, max-age=3600' } }),
        () => notFound
      )
    }
    if (url.host !== 'mnemo' || request.method !== 'GET' || type === undefined || !path.startsWith(folder + sep)) return notFound
    try {
      const body = await readFile(path)
      return new Response(new Uint8Array(body), { headers: { 'content-type': type, 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' } })
    } catch {
      return notFound
    }
  })
}
