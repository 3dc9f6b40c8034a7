/** XEP-0333 Displayed Markers. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

/** The id of the message up to which its reader has seen all, or null. */
export const displayedId = (message: Element): string | null => message.getChild('displayed', NS.chatMarkers)?.attrs['id'] ?? null

/** Asks for markers. */
export const markable = (): Element => xml('markable', { xmlns: NS.chatMarkers })

export const displayed = (to: string, id: string): Element => xml('message', { to, type: 'chat' }, xml('displayed', { xmlns: NS.chatMarkers, id }), xml('store', { xmlns: NS.hints }))
