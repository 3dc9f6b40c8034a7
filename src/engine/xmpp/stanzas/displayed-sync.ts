/** XEP-0490 Message Displayed Synchronization: read positions of our devices, stored in our own account. */
import { xml } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'
import type { Item } from './pubsub.ts'
import { idOf } from './stable-ids.ts'

export interface DisplayedMark {
  conversation: Jid
  /** Archive id of the message that was read last. */
  stanzaId: string
}

/** Item for our other devices. `by`: archive that gave the id. */
export const displayedItem = ({ conversation, stanzaId }: DisplayedMark, by: string): Item => ({
  id: conversation,
  payload: xml('displayed', { xmlns: NS.displayedSync }, xml('stanza-id', { xmlns: NS.stableId, by, id: stanzaId }))
})

export function displayedMark({ id, payload }: Item): DisplayedMark | null {
  const conversation = parseJid(id)
  const stanzaId = payload?.is('displayed', NS.displayedSync) === true ? idOf(payload.getChild('stanza-id', NS.stableId)?.attrs['id']) : null
  return conversation === null || stanzaId === null ? null : { conversation, stanzaId }
}
