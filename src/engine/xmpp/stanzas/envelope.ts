/** XEP-0420 Stanza Content Encryption: what of a message is encrypted in `urn:xmpp:omemo:2`, and what stands beside it against those who could use it elsewhere. */
import { xml, type Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { addressOf, bare } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'

const CLIENT = 'jabber:client'

/** `from`: the sender's account; `to`: the receiver's or the group's, bare; `time`: ms; `padding`: characters that say nothing, of a random number. As text, as it is encrypted. */
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

/** An element of a stanza has the stream's namespace, which does not hold within an envelope. */
const withNamespace = (element: Element, xmlns: string): Element => xml(element.name, { ...element.attrs, xmlns }, ...element.children)

function parsed(text: string): Element | null {
  try {
    return plain(parse(text))
  } catch {
    return null
  }
}

/** Elements within elements are read so deep. */
const DEEPEST = 50

/** As elements of a stanza are: without prefixes of namespaces. Null: it is deeper than any client writes it. */
function plain(element: Element, depth = 0): Element | null {
  if (depth > DEEPEST) return null
  const name = element.name.slice(element.name.indexOf(':') + 1)
  const attributes = { ...Object.fromEntries(Object.entries(element.attrs).filter(([one]) => !one.startsWith('xmlns:'))), xmlns: element.getNS() ?? '' }
  const children = element.children.map((child) => (typeof child === 'string' ? child : plain(child, depth + 1)))
  if (children.includes(null)) return null
  return xml(name, attributes, ...children.filter((child) => child !== null))
}

/** What servers and groups say of a message: said by its author it is nothing (section 'Server-processed Elements'); an encrypted message within one, too. */
const SERVERS = new Set<string>([NS.hints, NS.encryption, NS.delay, NS.mucUser, 'http://jabber.org/protocol/address'])
const isServers = (child: Element): boolean =>
  SERVERS.has(child.getNS() ?? '') ||
  child.is('stanza-id', NS.stableId) ||
  child.name === 'encrypted' ||
  child.is('envelope', NS.contentEncryption) ||
  // a text of another namespace is none
  (child.name === 'body' && child.getNS() !== CLIENT)

/**
 * The content without what only servers may say, or null where it is none, or belongs elsewhere: it has to be from the account `from` and to `to` where it says so;
 * in a group it has to say to whom (section 'Affix Elements'; XEP-0384 section 'SCE Profile'). Its time is not compared: a message is opened once, whatever
 * it says, and a clock that is wrong would lose all that it sends.
 */
export function contentIn(text: string, { from, to, isGroup }: { from: string; to: string; isGroup: boolean }): Element[] | null {
  const root = parsed(text)
  if (root?.is('envelope', NS.contentEncryption) !== true) return null
  const said = (name: 'from' | 'to'): Jid | null => {
    const address = addressOf(root.getChild(name)?.attrs['jid'] ?? '')
    return address === null ? null : bare(address)
  }
  if (said('from') !== from) return null
  if (root.getChild('to') === undefined ? isGroup : said('to') !== to) return null
  return (
    root
      .getChild('content')
      ?.getChildElements()
      .filter((child) => !isServers(child)) ?? null
  )
}
