/** Statements of the table `raw`: stanzas that were not fully understood. */
import type { MessageId } from '../../../contract/domain.ts'
import type { ReadableDB, WritableDB } from '../database.ts'

export interface RawStanza {
  message: MessageId
  /** XML as received. */
  stanza: string
}

export function rawReads(db: ReadableDB) {
  const list = db.prepare<[number, number, number], RawStanza>('SELECT message, stanza FROM raw WHERE decoder < ? AND message > ? ORDER BY message LIMIT ?')
  return {
    /** Stanzas after a message that no decoder of version `decoder` or later has seen. */
    rawStanzas: ({ decoder, after, limit }: { decoder: number; after: number; limit: number }): RawStanza[] => list.all(decoder, after, limit)
  }
}

export function rawWrites(db: WritableDB) {
  const put = db.prepare(
    'INSERT INTO raw (message, stanza, decoder) VALUES (?, ?, ?) ON CONFLICT (message) DO UPDATE SET stanza = excluded.stanza, decoder = excluded.decoder'
  )
  const seen = db.prepare('UPDATE raw SET decoder = ? WHERE message = ?')
  const remove = db.prepare('DELETE FROM raw WHERE message = ?')
  return {
    put: (message: number, stanza: string, decoder: number) => put.run(message, stanza, decoder),
    /** Marks a stanza as seen by a decoder that understands no more of it. */
    seen: (message: number, decoder: number) => seen.run(decoder, message),
    remove: (message: number) => remove.run(message)
  }
}
