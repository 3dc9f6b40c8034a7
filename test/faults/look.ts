/** Content of a client's store, counted outside of the engine so that it costs the engine nothing. */
import { openReadable } from '../../src/engine/store/database.ts'
import { NO_KEYRING, storeKey } from '../../src/engine/store/key.ts'
import { storeFiles } from '../support/files.ts'
import type { Place } from './client.ts'

export interface Holdings {
  /** Number of messages per place. */
  counts: number[]
  /** Own messages that the server has, and those still waiting. */
  taken: number
  queued: number
  /** Read position of each archive by address, and the bounds of its gaps by address and 'hole'. */
  positions: Record<string, string>
}

/** Opens the store of a profile whose engine is running. */
export function look(profile: string, places: readonly Place[]): () => Holdings {
  const db = openReadable({ ...storeFiles(profile), key: storeKey(profile, NO_KEYRING, true).key })
  const count = db.prepare<[string], number>('SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation WHERE c.jid = ?').pluck()
  const own = db
    .prepare<[], [taken: number, queued: number]>(
      "SELECT coalesce(sum(state IN ('sent', 'delivered')), 0), coalesce(sum(state = 'queued'), 0) FROM message WHERE outgoing = 1"
    )
    .raw()
  const positions = db
    .prepare<[], [jid: string, position: string]>(
      `SELECT jid, coalesce(last_id, '') FROM archive
       UNION ALL SELECT jid || ' hole', before_id || ' ' || coalesce(after_id, '') FROM archive_hole`
    )
    .raw()
  return () => {
    const [taken = 0, queued = 0] = own.get() ?? []
    return { counts: places.map(({ jid }) => count.get(jid) ?? 0), taken, queued, positions: Object.fromEntries(positions.all()) }
  }
}
