/** XEP-0280 Message Carbons: messages sent and received by our other devices. */
import { xml, type Element } from '@xmpp/client'
import { bare } from '../../../contract/address.ts'
import { NS } from './namespaces.ts'

export const enableCarbons = (): Element => xml('iq', { type: 'set' }, xml('enable', { xmlns: NS.carbons }))

export interface Carbon {
  direction: 'sent' | 'received'
  message: Element
}

/** Copied message. 'spoofed' if anyone but our own account claims to copy (section 11, CVE-2017-5589); null if the message is no carbon. */
export function carbonOf(message: Element, own: string): Carbon | 'spoofed' | null {
  for (const direction of ['sent', 'received'] as const) {
    const wrapper = message.getChild(direction, NS.carbons)
    if (wrapper === undefined) continue
    const { from } = message.attrs
    if (from !== undefined && from.toLowerCase() !== bare(own)) return 'spoofed'
    const copy = wrapper.getChild('forwarded', NS.forward)?.getChild('message', 'jabber:client')
    return copy === undefined ? 'spoofed' : { direction, message: copy }
  }
  return null
}
