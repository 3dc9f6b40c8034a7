/** XEP-0333 Displayed Markers. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'
import { idOf } from './stable-ids.ts'

/** Id of the last displayed message, or null. */
export const displayedId = (message: Element): string | null => idOf(message.getChild('displayed', NS.chatMarkers)?.attrs['id'])

/** Request for markers. */
export const markable = (): Element => xml('markable', { xmlns: NS.chatMarkers })

/** `group`: `id` is the group's archive id of the message (section 5). */
export const displayed = (to: string, id: string, group = false): Element =>
  xml('message', { to, type: group ? 'groupchat' : 'chat' }, xml('displayed', { xmlns: NS.chatMarkers, id }), xml('store', { xmlns: NS.hints }))
