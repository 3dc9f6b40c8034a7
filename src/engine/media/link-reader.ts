/** Metadata in the head of a page, for the sender of a link: OpenGraph if present, HTML otherwise. */
import { Parser } from 'htmlparser2'
import type { LinkMetadata } from '../../contract/domain.ts'
import { get, type Trust } from '../net/http.ts'
import { linkMetadata } from '../xmpp/stanzas/link-metadata.ts'

/** Part of a page that is read, bytes. */
const MOST = 512 * 1024
/** Timeout of a page, ms. */
const PATIENCE_MS = 8000
/** Part of a page searched for its encoding, bytes from the start (https://html.spec.whatwg.org/#concept-get-xcontent-type). */
const SNIFFED = 1024

/** Null: no HTML page, or no metadata. Rejects with HttpError, ConnectionError, or the system's error. */
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
      // two pieces at once: the end of the head may be split across them
      if (length >= MOST || Buffer.concat(chunks.slice(-2)).includes('</head')) break
    }
    return linkMetadata(url, headOf(decode(Buffer.concat(chunks), type)))
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
