/** Metadata in the head of a page and its picture, for the sender of a link: OpenGraph if present, HTML otherwise. */
import { Parser } from 'htmlparser2'
import { imageSize } from 'image-size'
import { LARGEST_PAGE_PICTURE, type LinkPreview } from '../../contract/domain.ts'
import { get, type Fetched, type Trust } from '../net/http.ts'
import { linkMetadata } from '../xmpp/stanzas/link-metadata.ts'

/** Part of a page that is read, bytes. */
const MOST = 512 * 1024
/** Timeout of a page and of its picture, ms each. */
const PATIENCE_MS = 8000
/** Part of a page searched for its encoding, bytes from the start (https://html.spec.whatwg.org/#concept-get-xcontent-type). */
const SNIFFED = 1024

/** Null: no HTML page, or no metadata. Rejects with HttpError, ConnectionError, or the system's error. */
export async function readLink(url: string, trust: Trust, signal: AbortSignal): Promise<LinkPreview | null> {
  const page = await fetched(url, 'text/html,application/xhtml+xml', trust, signal)
  try {
    const type = page.body.headers['content-type'] ?? ''
    if (!/^(text\/html|application\/xhtml\+xml)\b/i.test(type)) return null
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of page.body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      // two pieces at once: the end of the head may be split across them
      if (length >= MOST || Buffer.concat(chunks.slice(-2)).includes('</head')) break
    }
    const { image, ...texts } = headOf(decode(Buffer.concat(chunks), type))
    const link = linkMetadata(url, texts)
    // a page is described without its picture where that cannot be fetched
    return link === null ? null : { link, picture: image === undefined ? null : await readPicture(image, page.url, trust, signal).catch(() => null) }
  } finally {
    page.body.destroy()
  }
}

const fetched = (url: string, accept: string, trust: Trust, signal: AbortSignal): Promise<Fetched> =>
  get(url, { ...trust, headers: { accept, 'user-agent': 'Mnemo' }, signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) })

/** Largest side, pixels, and area of a page's picture: a small file can hold a picture that fills the memory. */
const LONGEST_SIDE = 10_000
const MOST_PIXELS = 30_000_000
/** Formats by their content that a window can draw. */
const DRAWN: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp', gif: 'image/gif' }

/** `image`: address as in the page at `base`. Null: too heavy, too large, or no picture that can be drawn. Rejects as `readLink`. */
async function readPicture(image: string, base: string, trust: Trust, signal: AbortSignal): Promise<LinkPreview['picture']> {
  const { body, bytes } = await fetched(new URL(image, base).href, Object.values(DRAWN).join(','), trust, signal)
  try {
    const chunks: Buffer[] = []
    let length = 0
    if ((bytes ?? 0) > LARGEST_PAGE_PICTURE) return null
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      if ((length += chunk.length) > LARGEST_PAGE_PICTURE) return null
    }
    const content = Buffer.concat(chunks)
    const { type: found = '', width, height } = imageSize(content)
    const type = DRAWN[found]
    const fits = Math.min(width, height) > 0 && Math.max(width, height) <= LONGEST_SIDE && width * height <= MOST_PIXELS
    return type === undefined || !fits ? null : { type, base64: content.toString('base64') }
  } finally {
    body.destroy()
  }
}

/** Text in the encoding named by server or page, UTF-8 otherwise. */
function decode(page: Buffer, type: string): string {
  const charset = /charset=["']?([\w-]+)/i
  const label = (charset.exec(type) ?? charset.exec(page.toString('latin1', 0, SNIFFED)))?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(label).decode(page)
  } catch {
    return new TextDecoder().decode(page)
  }
}

/** Names in order of preference; the first one present counts. */
const TITLE = ['og:title', 'twitter:title']
const DESCRIPTION = ['og:description', 'twitter:description', 'description']
const IMAGE = ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src']

interface Head {
  title: string | undefined
  description: string | undefined
  site: string | undefined
  image: string | undefined
}

function headOf(html: string): Head {
  const said = new Map<string, string>()
  let title: string | undefined
  let inTitle = false
  const parser = new Parser({
    onopentag(name, { property, name: named, content }) {
      if (name === 'body') parser.pause()
      if (name === 'title' && title === undefined) {
        inTitle = true
        title = ''
      }
      const key = (property ?? named)?.toLowerCase()
      if (name === 'meta' && key !== undefined && content !== undefined && content.trim() !== '' && !said.has(key)) said.set(key, content)
    },
    ontext(text) {
      if (inTitle) title += text
    },
    onclosetag(name) {
      if (name === 'title') inTitle = false
    }
  })
  parser.write(html)
  const first = (keys: readonly string[]): string | undefined => keys.map((key) => said.get(key)).find((value) => value !== undefined)
  return { title: first(TITLE) ?? title, description: first(DESCRIPTION), site: said.get('og:site_name'), image: first(IMAGE)?.trim() }
}
