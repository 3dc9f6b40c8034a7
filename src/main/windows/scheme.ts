/** app://mnemo/ : the built renderer, and nothing else, under a strict content security policy. */
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

/** Before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

/** Serves `folder`; anything outside it, or of a type we do not ship, is not found. */
export function serveScheme(folder: string): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    const path = normalize(join(folder, decodeURIComponent(url.pathname)))
    const type = TYPES[extname(path)]
    const notFound = new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } })
    if (url.host !== 'mnemo' || request.method !== 'GET' || type === undefined || !path.startsWith(folder + sep)) return notFound
    try {
      const body = await readFile(path)
      return new Response(new Uint8Array(body), { headers: { 'content-type': type, 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' } })
    } catch {
      return notFound
    }
  })
}
