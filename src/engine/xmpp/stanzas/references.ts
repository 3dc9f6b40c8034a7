/** XEP-0372 References of type mention. Offsets count code points. */
import { xml, type Element } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'

/** Largest number of mentions in one message. */
const MOST = 50

/** Mentioned addresses: accounts, or occupants of a group. */
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
    // invalid UTF-8
    return null
  }
}

/** Words for everybody after an @, in the app's languages and in other clients. */
export const EVERYONE = ['all', 'everyone', '所有人', '全体成员', '全體成員', '全員'] as const

/**
 * References for each @nickname in a group message. `from`: start of the text within the body. `callsAll`: @everyone is allowed, with the group's own address
 * as its target.
 */
export function encodeMentions(text: string, from: number, group: string, nicks: Iterable<string>, callsAll = false): Element[] {
  if (!text.includes('@')) return []
  // the longest match wins: 王芳芳 before 王芳
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
