/** Statements of the table `occupant`: the person behind an occupant of a group, by nickname (room/nick) and by occupant-id (room, line break, id). */
import type { Jid } from '../../../contract/domain.ts'
import type { WritableDB } from '../database.ts'

/** Person shown under a nickname in a group. */
export interface Occupant {
  nick: string
  /** Occupant id (XEP-0421); null: the group gives none. */
  occupant: string | null
  jid: Jid
}

export function occupantWrites(db: WritableDB) {
  const known = db.prepare<[string], string>('SELECT jid FROM occupant WHERE address = ?').pluck()
  const put = db.prepare('INSERT INTO occupant (address, jid) VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET jid = excluded.jid')
  /** A nickname used by two people stands for neither: older messages may be of either one. */
  function learn(address: string, jid: string): boolean {
    const before = known.get(address)
    if (before === jid || before === '') return false
    put.run(address, before === undefined ? jid : '')
    return true
  }
  return {
    /** True if anything was new. */
    meet(group: string, { nick, occupant, jid }: Occupant): boolean {
      const byNick = learn(`${group}/${nick}`, jid)
      return (occupant !== null && learn(`${group}\n${occupant}`, jid)) || byNick
    }
  }
}
