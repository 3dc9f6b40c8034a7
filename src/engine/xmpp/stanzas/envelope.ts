/** XEP-0420 Stanza Content Encryption: the encrypted content of a message in `urn:xmpp:omemo:2`, with affixes against its reuse elsewhere. */
import { xml, type Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { addressOf, bare } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'

const CLIENT = 'jabber:client'

/**
 * Envelope as text, ready to be encrypted. `from`: the sender's account; `to`: the receiver's or the group's address, bare; `time`: ms; `padding`:
 * meaningless characters of random length.
 */
export function envelope(content: readonly Element[], { from, to, time, padding }: { from: Jid; to: string; time: number; padding: string }): string {
  return xml(
    'envelope',
    { xmlns: NS.contentEncryption },
    xml('content', {}, ...content.map((element) => (element.attrs['xmlns'] === undefined ? withNamespace(element, CLIENT) : element))),
    xml('time', { stamp: new Date(time).toISOString() }),
    xml('rpad', {}, padding),
    xml('from', { jid: from }),
    xml('to', { jid: to })
  ).toString()
}

/** Adds the stream's namespace, which does not apply within an envelope. */
const withNamespace = (element: Element, xmlns: string): Element => xml(element.name, { ...element.attrs, xmlns }, ...element.children)

function parsed(text: string): Element | null {
  try {
    return plain(parse(text))
  } catch {
    return null
  }
}

/** Deepest nesting of elements that is read. */
const DEEPEST = 50

/** Element without namespace prefixes, like elements of a stanza. Null: deeper than any client writes. */
function plain(element: Element, depth = 0): Element | null {
  if (depth > DEEPEST) return null
  const name = element.name.slice(element.name.indexOf(':') + 1)
  const attributes = { ...Object.fromEntries(Object.entries(element.attrs).filter(([one]) => !one.startsWith('xmlns:'))), xmlns: element.getNS() ?? '' }
  const children = element.children.map((child) => (typeof child === 'string' ? child : plain(child, depth + 1)))
  if (children.includes(null)) return null
  return xml(name, attributes, ...children.filter((child) => child !== null))
}

/** Namespaces that only servers and groups may use: the author's are ignored (section 'Server-processed Elements'), as is an encrypted message within one. */
const SERVERS = new Set<string>([NS.hints, NS.encryption, NS.delay, NS.mucUser, 'http://jabber.org/protocol/address'])
const isServers = (child: Element): boolean =>
  SERVERS.has(child.getNS() ?? '') ||
  child.is('stanza-id', NS.stableId) ||
  child.name === 'encrypted' ||
  child.is('envelope', NS.contentEncryption) ||
  // a body of another namespace is ignored
  (child.name === 'body' && child.getNS() !== CLIENT)

/**
 * Content without elements reserved for servers, or null if it is invalid or meant for another place: it has to be from the account `from`, and to `to` if it
 * names a receiver; in a group it has to name one (section 'Affix Elements'; XEP-0384 section 'SCE Profile'). `written`: time of encryption, ms, as the author
 * says; null: none.
 */
export function contentIn(
  text: string,
  { from, to, isGroup }: { from: string; to: string; isGroup: boolean }
): { content: Element[]; written: number | null } | null {
  const root = parsed(text)
  if (root?.is('envelope', NS.contentEncryption) !== true) return null
  const said = (name: 'from' | 'to'): Jid | null => {
    const address = addressOf(root.getChild(name)?.attrs['jid'] ?? '')
    return address === null ? null : bare(address)
  }
  if (said('from') !== from) return null
  if (root.getChild('to') === undefined ? isGroup : said('to') !== to) return null
  const content = root.getChild('content')?.getChildElements()
  const written = Date.parse(root.getChild('time')?.attrs['stamp'] ?? '')
  return content === undefined ? null : { content: content.filter((child) => !isServers(child)), written: Number.isNaN(written) ? null : written }
}
