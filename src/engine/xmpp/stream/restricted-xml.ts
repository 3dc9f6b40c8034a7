/** XML features forbidden in XMPP streams (RFC 6120 section 11.1): document types, entities, comments, processing instructions. */
import { ConnectionError } from '../../net/problem.ts'

/** Checks a stream's text in pieces of any size. In XML only CDATA sections may begin with `<!` here. */
export class RestrictedXml {
  #tail = ''

  /** Throws ConnectionError if the stream must not be read further. */
  check(text: string): void {
    if (/<!(?=[^[])/.test(this.#tail + text)) throw new ConnectionError('server-error', 'the server sent XML that XMPP forbids')
    this.#tail = (this.#tail + text).slice(-2)
  }
}
