/** XEP-0191 Blocking Command. */
import { xml, type Element } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'

const addresses = (element: Element | undefined): Jid[] => (element?.getChildren('item') ?? []).flatMap((item) => parseJid(item.attrs['jid'] ?? '') ?? [])

export const blocklistQuery = (): Element => xml('iq', { type: 'get' }, xml('blocklist', { xmlns: NS.blocking }))
export const blocklist = (answer: Element): Jid[] => addresses(answer.getChild('blocklist', NS.blocking))
export const block = (jid: Jid, blocked: boolean): Element =>
  xml('iq', { type: 'set' }, xml(blocked ? 'block' : 'unblock', { xmlns: NS.blocking }, xml('item', { jid })))

/** Block or unblock by another device of ours (section 3.3); `all`: an unblock without addresses unblocks everybody. */
export function blockPush(iq: Element): { jids: Jid[]; blocked: boolean; all: boolean } | null {
  const [done, blocked] =
    iq.getChild('block', NS.blocking) === undefined ? [iq.getChild('unblock', NS.blocking), false] : [iq.getChild('block', NS.blocking), true]
  return done === undefined || iq.attrs['type'] !== 'set' ? null : { jids: addresses(done), blocked, all: done.getChild('item') === undefined }
}
