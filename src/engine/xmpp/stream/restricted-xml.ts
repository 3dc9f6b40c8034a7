/** What XMPP forbids in a stream (RFC 6120 section 11.1): document types, entities, comments, processing instructions within it. */
import { ConnectionError } from '../../net/problem.ts'

/** Looks at a stream's text as it comes, in whatever pieces. In XML `<!` begins nothing else but a CDATA section. */
export class RestrictedXml {
  #tail = ''

  /** Throws ConnectionError where the stream is not to be read on. */
  check(text: string): void {
    if (/<!(?=[^[])/.test(this.#tail + text)) throw new ConnectionError('server-error', 'the server sent XML that XMPP forbids')
    this.#tail = (this.#tail + text).slice(-2)
  }
}
