/** XEP-0490 Message Displayed Synchronization: how far our devices have read, kept in our own account. */
import { xml, type Element } from '@xmpp/client'
import { parseJid } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import { NS } from './namespaces.ts'
import { publish, type Item } from './pubsub.ts'

export interface DisplayedMark {
  conversation: Jid
  /** What the archive of the conversation gave the message that was read last. */
  stanzaId: string
}

/** Tells our other devices. `by`: whose archive gave the id. */
export const publishDisplayed = ({ conversation, stanzaId }: DisplayedMark, by: string): Element =>
  publish(NS.displayedSync, conversation, xml('displayed', { xmlns: NS.displayedSync }, xml('stanza-id', { xmlns: NS.stableId, by, id: stanzaId })), 'private')

export function displayedMark({ id, payload }: Item): DisplayedMark | null {
  const conversation = parseJid(id)
  const stanzaId = payload?.is('displayed', NS.displayedSync) === true ? payload.getChild('stanza-id', NS.stableId)?.attrs['id'] : undefined
  return conversation === null || stanzaId === undefined || stanzaId === '' ? null : { conversation, stanzaId }
}
