/**
 * What a person is called, everywhere: as the user's roster has it, by the real address where a group shows that; otherwise by the nickname there,
 * or by the first part of the address.
 */
import { localOf, resource } from '../../../contract/address.ts'
import type { ReadableDB } from '../database.ts'

/** The person behind the sender of a row of `message` or `change`, where the group shows that: by occupant-id, else by nickname. */
export const personOf = (row: string, sender = `${row}.sender`): string =>
  `CASE WHEN instr(${sender}, '/') THEN (SELECT nullif(jid, '') FROM occupant WHERE address = iif(${row}.occupant IS NULL, ${sender}, substr(${sender}, 1, instr(${sender}, '/') - 1) || char(10) || ${row}.occupant)) END`
/** What the user calls the sender of such a row: the roster's name. */
export const contactOf = (row: string, sender = `${row}.sender`): string =>
  `coalesce((SELECT name FROM contact WHERE jid = ${sender} AND name <> ''), (SELECT name FROM contact WHERE jid = (${personOf(row, sender)}) AND name <> ''))`

/** `contact`: what the roster calls them; null: nothing. */
export const nameOf = (sender: string, contact: string | null | undefined): string => contact ?? (resource(sender) || localOf(sender))

export function nameReads(db: ReadableDB) {
  const contacts = db
    .prepare<[string], string | null>(`SELECT ${contactOf('p')} FROM (SELECT key, value AS sender, NULL AS occupant FROM json_each(?)) p ORDER BY p.key`)
    .pluck()
  return {
    /** To addresses and occupants (room/nick), in their order, what the roster calls them; null: nothing. */
    contactNames: (senders: readonly string[]): (string | null)[] => contacts.all(JSON.stringify(senders))
  }
}
