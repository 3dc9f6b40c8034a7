/** XEP-0359 Unique and Stable Stanza IDs. */
import type { Element } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import { NS } from './namespaces.ts'

/** Longest id, UTF-16 units: stanzas that repeat it have to stay short enough for the server. */
export const LONGEST_ID = 1000
/** Valid id, or null. */
export const idOf = (id: string | null | undefined): string | null => (id === null || id === undefined || id === '' || id.length > LONGEST_ID ? null : id)

/** Part of an id that is too long, UTF-16 units, from either end. */
const END = 400
/** Id of an archive as stored: the ends of one that is too long, by which its message is recognized; null: none. */
export const archiveIdOf = (id: string | undefined): string | null =>
  id !== undefined && id.length > LONGEST_ID ? `${id.slice(0, END)} ${id.length} ${id.slice(-END)}`.toWellFormed() : idOf(id)

/** Id given by the archive of `by`; ids by anyone else are ignored. */
export function stanzaId(message: Element, by: string): string | null {
  const own = message.getChildren('stanza-id', NS.stableId).filter((id) => parseJid(id.attrs['by'] ?? '') === by)
  return own.length === 1 ? archiveIdOf(own[0]?.attrs['id']) : null
}

/** Id given by the sender. */
export const originId = (message: Element): string | null => idOf(message.getChild('origin-id', NS.stableId)?.attrs['id'])
