/**
 * Display names of people, used everywhere: the name in the user's roster, by the real address where a group shows it; otherwise the nickname in the group,
 * or the first part of the address.
 */
import { localOf, resource } from '../../../contract/address.ts'
import type { ReadableDB } from '../database.ts'

/** SQL for the person behind the sender of a row of `message` or `change`, if the group shows it: by occupant id, else by nickname. */
export const personOf = (row: string, sender = `${row}.sender`): string =>
  `CASE WHEN instr(${sender}, '/') THEN (SELECT nullif(jid, '') FROM occupant WHERE address = iif(${row}.occupant IS NULL, ${sender}, substr(${sender}, 1, instr(${sender}, '/') - 1) || char(10) || ${row}.occupant)) END`
/** SQL for the roster name of the sender of such a row. */
export const contactOf = (row: string, sender = `${row}.sender`): string =>
  `coalesce((SELECT name FROM contact WHERE jid = ${sender} AND name <> ''), (SELECT name FROM contact WHERE jid = (${personOf(row, sender)}) AND name <> ''))`

/** `contact`: name in the roster; null: none. */
export const nameOf = (sender: string, contact: string | null | undefined): string => contact ?? (resource(sender) || localOf(sender))

export function nameReads(db: ReadableDB) {
  const contacts = db
    .prepare<[string], string | null>(`SELECT ${contactOf('p')} FROM (SELECT key, value AS sender, NULL AS occupant FROM json_each(?)) p ORDER BY p.key`)
    .pluck()
  return {
    /** Roster names of addresses and occupants (room/nick), in their order; null: none. */
    contactNames: (senders: readonly string[]): (string | null)[] => contacts.all(JSON.stringify(senders))
  }
}
