/** Authors in groups: a nickname may pass to another person, an occupant id (XEP-0421) always belongs to one person. */
import type { Element } from '@xmpp/client'
import { bare, resource } from '../../../contract/address.ts'
import { NS } from './namespaces.ts'

const LONGEST = 1000

/** Our occupant ids in a group that assigns them. */
export interface OccupantIds {
  /** Our own id; null: not known yet. */
  own: string | null
}

/** Occupant id of a stanza from a group that assigns them; elsewhere anybody could write it. */
export function occupantId(stanza: Element): string | null {
  const id = stanza.getChild('occupant-id', NS.occupantId)?.attrs['id']
  return id === undefined || id === '' || id.length > LONGEST ? null : id
}

/** `ids` null: the group assigns no ids, and only nicknames are known. */
export function sender(stanza: Element, nick: string, ids: OccupantIds | null): { own: boolean; occupant: string | null } {
  const from = stanza.attrs['from'] ?? ''
  const occupant = ids === null || bare(from) === from ? null : occupantId(stanza)
  return { own: occupant === null || ids === null || ids.own === null ? resource(from) === nick : occupant === ids.own, occupant }
}
