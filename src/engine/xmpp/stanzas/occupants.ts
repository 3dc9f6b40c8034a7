/** Who in a group says something: a nickname is anybody's who takes it, an occupant-id (XEP-0421) is one person's for good. */
import type { Element } from '@xmpp/client'
import { bare, resource } from '../../../contract/address.ts'
import { NS } from './namespaces.ts'

const LONGEST = 1000

/** What a group that stamps occupant-ids says of us. */
export interface OccupantIds {
  /** Our own; null: not told yet. */
  own: string | null
}

/** Of a stanza of a group that stamps them; of others it is anybody's word. */
export function occupantId(stanza: Element): string | null {
  const id = stanza.getChild('occupant-id', NS.occupantId)?.attrs['id']
  return id === undefined || id === '' || id.length > LONGEST ? null : id
}

/** `ids` null: the group does not stamp them, and nicknames are all there is. */
export function sender(stanza: Element, nick: string, ids: OccupantIds | null): { own: boolean; occupant: string | null } {
  const from = stanza.attrs['from'] ?? ''
  const occupant = ids === null || bare(from) === from ? null : occupantId(stanza)
  return { own: occupant === null || ids === null || ids.own === null ? resource(from) === nick : occupant === ids.own, occupant }
}
