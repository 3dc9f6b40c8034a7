/** XEP-0372 References, of the type that says whom a text speaks to. Offsets count code points. */
import { xml, type Element } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'

/** Of one message. */
const MOST = 50

/** The addresses that a message mentions: of accounts, or of a group's occupants. */
export function mentioned(stanza: Element): Jid[] {
  return stanza
    .getChildren('reference', NS.references)
    .filter((reference) => reference.attrs['type'] === 'mention')
    .slice(0, MOST)
    .flatMap((reference) => addressOf(reference.attrs['uri'] ?? '') ?? [])
}

/** RFC 5122 */
function addressOf(uri: string): Jid | null {
  const path = /^xmpp:([^?#]+)/i.exec(uri)?.[1]
  if (path === undefined) return null
  try {
    return parseJid(decodeURIComponent(path))
  } catch {
    // no UTF-8
    return null
  }
}

/** What says of each @nickname in a group's message whom it means. `from`: where the text begins within the body. */
export function encodeMentions(text: string, from: number, group: string, nicks: Iterable<string>): Element[] {
  if (!text.includes('@')) return []
  // the longest that fits is meant: 王芳芳 before 王芳
  const known = [...nicks].filter((nick) => nick !== '' && text.includes(`@${nick}`)).sort((a, b) => b.length - a.length)
  const found: Element[] = []
  for (let at = text.indexOf('@'); at >= 0 && found.length < MOST; at = text.indexOf('@', at + 1)) {
    const nick = known.find((one) => text.startsWith(one, at + 1))
    if (nick === undefined) continue
    const begin = from + [...text.slice(0, at)].length
    const end = begin + [...nick].length + 1
    found.push(xml('reference', { xmlns: NS.references, type: 'mention', begin, end, uri: `xmpp:${encodeURI(group)}/${encodeURIComponent(nick)}` }))
  }
  return found
}
