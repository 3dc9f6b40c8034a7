/** XEP-0184 Message Delivery Receipts. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

/** The id of the message that was delivered, as our own stanza named it; null where this is no receipt. */
export const receiptFor = (message: Element): string | null => message.getChild('received', NS.receipts)?.attrs['id'] ?? null

/** The receipt that a message asks for, or null. Never for an error, a group message or a message without an id. */
export function receiptOf(message: Element): Element | null {
  const { id, from, type } = message.attrs
  if (message.getChild('request', NS.receipts) === undefined || id === undefined || from === undefined) return null
  if (type === 'error' || type === 'groupchat') return null
  return xml('message', { to: from, type: type ?? 'normal' }, xml('received', { xmlns: NS.receipts, id }), xml('store', { xmlns: NS.hints }))
}
