/** Authors in groups: a nickname may pass to another person, an occupant id (XEP-0421) always belongs to one person. */
import type { Element } from '@xmpp/client'
import { addressOf, bare, resource } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from './namespaces.ts'
import { idOf } from './stable-ids.ts'

/** Our occupant ids in a group that assigns them. */
export interface OccupantIds {
  /** Our own id; null: not known yet. */
  own: string | null
}

/** Occupant id of a stanza from a group that assigns them; elsewhere anybody could write it. */
export function occupantId(stanza: Element): string | null {
  const ids = stanza.getChildren('occupant-id', NS.occupantId)
  // groups remove ids written by occupants (section 4): of several none can be trusted
  return ids.length === 1 ? idOf(ids[0]?.attrs['id']) : null
}

/** Author's account, as a group's archive gives it; null: not given. */
export function accountSaid(stanza: Element): Jid | null {
  const said = addressOf(stanza.getChild('x', NS.mucUser)?.getChild('item')?.attrs['jid'] ?? '')
  return said === null ? null : bare(said)
}

/** `ids` null: the group assigns no ids, and only nicknames are known. If its archive names another account, somebody else had our nickname while we were away. */
export function sender(
  stanza: Element,
  nick: string,
  ids: OccupantIds | null,
  self: { jid: Jid; isArchived?: boolean } | null = null
): { own: boolean; occupant: string | null } {
  const from = stanza.attrs['from'] ?? ''
  const occupant = ids === null || bare(from) === from ? null : occupantId(stanza)
  if (occupant !== null && ids !== null && ids.own !== null) return { own: occupant === ids.own, occupant }
  const said = self?.isArchived === true ? accountSaid(stanza) : null
  return { own: resource(from) === nick && (said === null || said === self?.jid), occupant }
}
