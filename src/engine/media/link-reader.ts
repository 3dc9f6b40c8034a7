/** What a page says of itself in its head, for the one who sends a link to it: OpenGraph's words where it has them, HTML's otherwise. */
import { Parser } from 'htmlparser2'
import type { LinkMetadata } from '../../contract/domain.ts'
import { get, type Trust } from '../net/http.ts'
import { linkMetadata } from '../xmpp/stanzas/link-metadata.ts'

/** Of a page so much is read, in bytes. */
const MOST = 512 * 1024
/** No page is waited for longer, ms. */
const PATIENCE_MS = 8000
/** Where a page says how it is written, in bytes from its start (https://html.spec.whatwg.org/#concept-get-xcontent-type). */
const SNIFFED = 1024

/** Null: it is no page, or says nothing of itself. Rejects with HttpError, ConnectionError, or the system's error. */
export async function readLink(url: string, trust: Trust, signal: AbortSignal): Promise<LinkMetadata | null> {
  const { body } = await get(url, {
    ...trust,
    headers: { accept: 'text/html,application/xhtml+xml', 'user-agent': 'Mnemo' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  })
  try {
    const type = body.headers['content-type'] ?? ''
    if (!/^(text\/html|application\/xhtml\+xml)\b/i.test(type)) return null
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      // two pieces at once: the end of the head may lie across them
      if (length >= MOST || Buffer.concat(chunks.slice(-2)).includes('</head')) break
    }
    return linkMetadata(url, headOf(decode(Buffer.concat(chunks), type)))
  } finally {
    body.destroy()
  }
}

/** As the server or the page says that it is written, UTF-8 otherwise. */
function decode(page: Buffer, type: string): string {
  const charset = /charset=["']?([\w-]+)/i
  const label = (charset.exec(type) ?? charset.exec(page.toString('latin1', 0, SNIFFED)))?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(label).decode(page)
  } catch {
    return new TextDecoder().decode(page)
  }
}

/** In the order of preference; the first that is there counts. */
const TITLE = ['og:title', 'twitter:title']
const DESCRIPTION = ['og:description', 'twitter:description', 'description']

function headOf(html: string): { title: string | undefined; description: string | undefined; site: string | undefined } {
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
  return { title: first(TITLE) ?? title, description: first(DESCRIPTION), site: said.get('og:site_name') }
}
