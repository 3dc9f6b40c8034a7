/** XEP-0184 Message Delivery Receipts. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'
import { idOf } from './stable-ids.ts'

/** Id of the delivered message, as sent by us; null if this is no receipt. */
export const receiptFor = (message: Element): string | null => idOf(message.getChild('received', NS.receipts)?.attrs['id'])

/** Receipt requested by a message, or null. Never for an error, a group message or a message without an id. */
export function receiptOf(message: Element): Element | null {
  const { from, type } = message.attrs
  const id = idOf(message.attrs['id'])
  if (message.getChild('request', NS.receipts) === undefined || id === null || from === undefined) return null
  if (type === 'error' || type === 'groupchat') return null
  return xml('message', { to: from, type: type ?? 'normal' }, xml('received', { xmlns: NS.receipts, id }), xml('store', { xmlns: NS.hints }))
}
