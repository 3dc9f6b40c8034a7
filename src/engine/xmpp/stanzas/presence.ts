/** RFC 6121 section 4: presence; section 3: subscriptions. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'
import type { Presence } from '../../../contract/domain.ts'

export function presenceOf(stanza: Element): Presence {
  if (stanza.attrs['type'] === 'unavailable') return 'offline'
  const show = stanza.getChildText('show')
  return show === 'away' || show === 'xa' || show === 'dnd' || show === 'chat' ? show : 'online'
}

/** `capabilities`: XEP-0115. */
export const available = (capabilities: Element): Element => xml('presence', {}, capabilities)
/** `token`: from an invitation made by the receiver (XEP-0379). */
export const subscription = (to: string, type: 'subscribe' | 'subscribed' | 'unsubscribed', token: string | null = null): Element =>
  xml('presence', { to, type }, ...(token === null ? [] : [xml('preauth', { xmlns: NS.preauth, token })]))
