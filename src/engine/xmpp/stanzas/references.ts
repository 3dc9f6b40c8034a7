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

/** Everybody in a group, as the app's languages and others write it after an @. */
export const EVERYONE = ['all', 'everyone', '所有人', '全体成员', '全體成員', '全員'] as const

/** What says of each @nickname in a group's message whom it means. `from`: where the text begins within the body. `callsAll`: everybody may be meant, which the group's own address stands for. */
export function encodeMentions(text: string, from: number, group: string, nicks: Iterable<string>, callsAll = false): Element[] {
  if (!text.includes('@')) return []
  // the longest that fits is meant: 王芳芳 before 王芳
  const present = new Set(nicks)
  const everyone: readonly string[] = callsAll ? EVERYONE : []
  const known = [...new Set([...present, ...everyone])].filter((nick) => nick !== '' && text.includes(`@${nick}`)).sort((a, b) => b.length - a.length)
  const found: Element[] = []
  for (let at = text.indexOf('@'); at >= 0 && found.length < MOST; at = text.indexOf('@', at + 1)) {
    const nick = known.find((one) => text.startsWith(one, at + 1))
    if (nick === undefined) continue
    const begin = from + [...text.slice(0, at)].length
    const end = begin + [...nick].length + 1
    const whom = everyone.includes(nick) && !present.has(nick) ? '' : `/${encodeURIComponent(nick)}`
    found.push(xml('reference', { xmlns: NS.references, type: 'mention', begin, end, uri: `xmpp:${encodeURI(group)}${whom}` }))
  }
  return found
}
