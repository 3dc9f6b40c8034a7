/** XEP-0085 Chat State Notifications. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

/** True if somebody is typing; null if the stanza has no chat state. */
export function typingOf(message: Element): boolean | null {
  if (message.getChild('composing', NS.chatStates) !== undefined) return true
  return ['active', 'paused', 'inactive', 'gone'].some((state) => message.getChild(state, NS.chatStates) !== undefined) ? false : null
}

export const chatState = (to: string, type: 'chat' | 'groupchat', state: 'composing' | 'paused'): Element =>
  xml('message', { to, type }, xml(state, { xmlns: NS.chatStates }), xml('no-store', { xmlns: NS.hints }))
