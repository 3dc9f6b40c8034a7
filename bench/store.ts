/** (a) Messages committed and indexed per second, one by one and in batches, on the encrypted store. */
import Database from 'better-sqlite3'
import type { Jid } from '../src/contract/domain.ts'
import type { IncomingMessage } from '../src/engine/store/types.ts'
import { corpus, openThreads, temporaryFolder } from '../test/support/files.ts'
import { perSecond, spread, table } from './table.ts'

const bob = 'bob@example.org' as Jid
const me = 'me@example.org' as Jid

function incoming(text: string, i: number): IncomingMessage {
  return {
    conversation: bob,
    kind: 'direct',
    sender: bob,
    outgoing: false,
    text,
    time: 1_700_000_000_000 + i * 1000,
    stanzaId: `s${i}`,
    originId: null,
    replayed: false
  }
}

export async function store(): Promise<void> {
  const texts = corpus().map((row) => row.text)
  const rows: string[][] = []
  for (const batch of [1, 200, 5000]) {
    using folder = temporaryFolder()
    const opened = await openThreads(folder.path)
    // the first message loads the dictionary
    await opened.write.record({ messages: [incoming('预热一下', -1)], archive: null, order: 'live' })
    const count = batch === 1 ? 5000 : texts.length
    const times: number[] = []
    const started = performance.now()
    for (let at = 0; at < count; at += batch) {
      const messages = texts.slice(at, Math.min(at + batch, count)).map((text, i) => incoming(text, at + i))
      const before = performance.now()
      await opened.write.record({ messages, archive: { jid: me, lastId: `s${at}` }, order: 'live' })
      times.push(performance.now() - before)
    }
    const took = performance.now() - started
    rows.push([`Mnemo, ${batch} a transaction`, String(count), perSecond(count, took), ...spread(times)])
    await opened.close()
  }
  for (const batch of [1, 5000]) {
    using folder = temporaryFolder()
    const db = new Database(`${folder.path}/plain.db`)
    db.pragma('journal_mode = WAL')
    db.exec('CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = unicode61)')
    const insert = db.prepare('INSERT INTO t (text) VALUES (?)')
    const many = db.transaction((list: string[]) => list.forEach((text) => insert.run(text)))
    const count = batch === 1 ? 5000 : texts.length
    const times: number[] = []
    const started = performance.now()
    for (let at = 0; at < count; at += batch) {
      const before = performance.now()
      many(texts.slice(at, Math.min(at + batch, count)))
      times.push(performance.now() - before)
    }
    rows.push([`peer: plain FTS5 unicode61, ${batch} a transaction`, String(count), perSecond(count, performance.now() - started), ...spread(times)])
    db.close()
  }
  table('Store: committed and indexed', ['', 'messages', 'messages/s', 'p50 ms', 'p95 ms', 'max ms'], rows)
}
