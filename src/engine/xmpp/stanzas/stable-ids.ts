/** XEP-0359 Unique and Stable Stanza IDs. */
import type { Element } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import { NS } from './namespaces.ts'

/** An id that is longer is none, UTF-16 units: what is told back, or asked for, has to be a stanza that the server takes. */
export const LONGEST_ID = 1000
/** An id as it is kept; null: it is none. */
export const idOf = (id: string | null | undefined): string | null => (id === null || id === undefined || id === '' || id.length > LONGEST_ID ? null : id)

/** The id that the archive of `by` gave; those in the name of anyone else are no news to us. */
export function stanzaId(message: Element, by: string): string | null {
  const own = message.getChildren('stanza-id', NS.stableId).filter((id) => parseJid(id.attrs['by'] ?? '') === by)
  return own.length === 1 ? idOf(own[0]?.attrs['id']) : null
}

/** The id that the sender gave. */
export const originId = (message: Element): string | null => idOf(message.getChild('origin-id', NS.stableId)?.attrs['id'])
