/** XEP-0184 Message Delivery Receipts. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

/** Id of the delivered message, as sent by us; null if this is no receipt. */
export const receiptFor = (message: Element): string | null => message.getChild('received', NS.receipts)?.attrs['id'] ?? null

/** Receipt requested by a message, or null. Never for an error, a group message or a message without an id. */
export function receiptOf(message: Element): Element | null {
  const { id, from, type } = message.attrs
  if (message.getChild('request', NS.receipts) === undefined || id === undefined || from === undefined) return null
  if (type === 'error' || type === 'groupchat') return null
  return xml('message', { to: from, type: type ?? 'normal' }, xml('received', { xmlns: NS.receipts, id }), xml('store', { xmlns: NS.hints }))
}
