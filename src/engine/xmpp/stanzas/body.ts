/** Message text: the body (RFC 6121 section 5.2.3), or its substitutes in stanzas without one. */
import type { Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

const XHTML_IM = 'http://jabber.org/protocol/xhtml-im'
/** Deepest nesting of elements that is read. */
const DEEPEST = 50

const allText = (element: Element, depth = 0): string =>
  element.children
    .map((child) => (typeof child === 'string' ? child : depth < DEEPEST ? `${child.is('br') ? '\n' : ''}${allText(child, depth + 1)}` : ''))
    .join('')
const firstText = (elements: readonly Element[]): string => elements.map((one) => allText(one)).find((text) => text !== '') ?? ''

/** First body with text; otherwise the text of a formatted body, of an address beside it, or of a forwarded message. */
export function bodyOf(stanza: Element): string {
  const body = firstText(stanza.getChildren('body'))
  if (body !== '') return body
  const formatted = firstText(stanza.getChild('html', XHTML_IM)?.getChildren('body') ?? []).trim()
  if (formatted !== '') return formatted
  const addresses = stanza
    .getChildren('x', NS.outOfBand)
    .flatMap((data) => [data.getChildText('desc'), data.getChildText('url')].flatMap((text) => text?.trim() ?? []))
  if (addresses.length > 0) return addresses.filter((text) => text !== '').join('\n')
  // XEP-0297
  const forwarded = stanza
    .getChildren('forwarded', NS.forward)
    .flatMap((one) => one.getChild('message') ?? [])
    .map((message) => firstText(message.getChildren('body')))
  return forwarded
    .filter((text) => text !== '')
    .map((text) => `> ${text.replaceAll('\n', '\n> ')}`)
    .join('\n')
}
