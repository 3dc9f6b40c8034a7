/** XEP-0030 Service Discovery: items and features of an address. */
import { xml, type Element } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'

export const itemsQuery = (jid: string): Element => xml('iq', { type: 'get', to: jid }, xml('query', { xmlns: NS.discoItems }))
export const items = (answer: Element): Jid[] =>
  (answer.getChild('query', NS.discoItems)?.getChildren('item') ?? []).flatMap((item) => parseJid(item.attrs['jid'] ?? '') ?? [])

/** Commands offered by an address (XEP-0050 section 3.1), by their nodes. */
export const commandsQuery = (jid: string): Element => xml('iq', { type: 'get', to: jid }, xml('query', { xmlns: NS.discoItems, node: NS.commands }))
export const commands = (answer: Element): Set<string> =>
  new Set((answer.getChild('query', NS.discoItems)?.getChildren('item') ?? []).flatMap(({ attrs }) => attrs['node'] ?? []))

export const infoQuery = (jid: string): Element => xml('iq', { type: 'get', to: jid }, xml('query', { xmlns: NS.disco }))

export interface Info {
  identities: Record<string, string | undefined>[]
  features: Set<string>
  /** XEP-0128: forms with further information. */
  forms: Element[]
}

export function info(answer: Element): Info {
  const query = answer.getChild('query', NS.disco)
  return {
    identities: (query?.getChildren('identity') ?? []).map(({ attrs }) => attrs),
    features: new Set((query?.getChildren('feature') ?? []).flatMap(({ attrs }) => attrs['var'] ?? [])),
    forms: query?.getChildren('x', NS.dataForm) ?? []
  }
}
