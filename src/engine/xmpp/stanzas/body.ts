/** What the author of a message wrote: RFC 6121 section 5.2.3, and where it stands for those who leave the body out. */
import type { Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

const XHTML_IM = 'http://jabber.org/protocol/xhtml-im'
/** Elements within elements are read so deep. */
const DEEPEST = 50

const allText = (element: Element, depth = 0): string =>
  element.children
    .map((child) => (typeof child === 'string' ? child : depth < DEEPEST ? `${child.is('br') ? '\n' : ''}${allText(child, depth + 1)}` : ''))
    .join('')
const firstText = (elements: readonly Element[]): string => elements.map((one) => allText(one)).find((text) => text !== '') ?? ''

/** The first of several bodies that says something; otherwise what a formatted body, an address beside it or a forwarded message says. */
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
