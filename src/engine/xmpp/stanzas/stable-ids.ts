/** XEP-0359 Unique and Stable Stanza IDs. */
import type { Element } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import { NS } from './namespaces.ts'

/** Id given by the archive of `by`; ids by anyone else are ignored. */
export function stanzaId(message: Element, by: string): string | null {
  const own = message.getChildren('stanza-id', NS.stableId).filter((id) => parseJid(id.attrs['by'] ?? '') === by)
  return own.length === 1 ? own[0]?.attrs['id'] || null : null
}

/** Id given by the sender. */
export function originId(message: Element): string | null {
  const id = message.getChild('origin-id', NS.stableId)?.attrs['id']
  return id === undefined || id === '' || id.length > 1000 ? null : id
}
