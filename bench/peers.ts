/**
 * Search engine to compare: node bench/peers.ts NAME COUNT build|ask, each in a separate process, prints one JSON line. All hold the same texts, answer the
 * same queries with their newest 20 and a snippet, and are checked against a scan of the folded texts.
 */
import Database from 'better-sqlite3'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { packRows } from '../src/engine/store/import-rows.ts'
import { Store } from '../src/engine/threads/store.ts'
import { storeFiles, temporaryFolder } from '../test/support/files.ts'
import { BENCH_WORKER, benchFolder, queries, roomOf, settle } from './histories.ts'
import { percentile } from './table.ts'
import { texts } from './texts.ts'

const ROUNDS = 3

interface Engine {
  build(list: readonly string[]): Promise<void> | void
  /** Background work after the build. */
  rest?(): Promise<void>
  newest(query: string): Promise<number> | number
  total(query: string): Promise<number> | number
}

const [name = '', countText = '0', phase = 'build'] = process.argv.slice(2)
const count = Number(countText)
const folder = benchFolder(`${name.replace(/\W+/g, '-')}-${count}`)
if (phase === 'build') rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

function plain(): Database.Database {
  const db = new Database(join(folder, 'peer.db'))
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  return db
}

/** FTS5 with a tokenizer and a function that converts a query to an expression. */
function fts(options: string, expression: (query: string) => string | null, prepare: (text: string) => string = (text) => text): Engine {
  const db = plain()
  db.exec(
    `CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, text TEXT NOT NULL); CREATE VIRTUAL TABLE IF NOT EXISTS i USING fts5 (text, content = '', ${options})`
  )
  const find = db.prepare('SELECT m.id, substr(m.text, 1, 120) FROM i JOIN message m ON m.id = i.rowid WHERE i MATCH ? ORDER BY i.rowid DESC LIMIT 20')
  const number = db.prepare<[string], number>('SELECT count(*) FROM i WHERE i MATCH ?').pluck()
  return {
    build(list) {
      const message = db.prepare('INSERT INTO message VALUES (?, ?)')
      const index = db.prepare('INSERT INTO i (rowid, text) VALUES (?, ?)')
      for (let at = 0; at < list.length; at += 30_000)
        db.transaction(() => {
          for (const [i, text] of list.slice(at, at + 30_000).entries()) {
            message.run(at + i + 1, text)
            index.run(at + i + 1, prepare(text))
          }
        })()
    },
    newest(query) {
      const wanted = expression(query)
      return wanted === null ? 0 : find.all(wanted).length
    },
    total(query) {
      const wanted = expression(query)
      return wanted === null ? 0 : (number.get(wanted) ?? 0)
    }
  }
}
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

async function words(): Promise<(text: string) => string[]> {
  const { default: jieba } = await import('nodejieba')
  return (text) => jieba.cutForSearch(text.toLowerCase(), true).filter((word) => /[\p{L}\p{N}]/u.test(word))
}

const ENGINES: Record<string, () => Promise<Engine> | Engine> = {
  Mnemo: async () => {
    const store = await Store.open({ ...storeFiles(folder), worker: BENCH_WORKER })
    return {
      async build(list) {
        let storing: Promise<unknown> = Promise.resolve()
        for (let at = 0; at < list.length; at += 30_000) {
          // as in an import: the next rows are prepared meanwhile
          const rows = packRows(
            list.slice(at, at + 30_000).map((text, i) => ({ sender: `sender ${i % 200}`, time: 1_300_000_000_000 + (at + i) * 60_000, text }))
          )
          await storing
          void store.read.checkpoint()
          storing = store.write.importRows({ jid: roomOf(0), name: 'room', rows, self: null })
        }
        await storing
      },
      // maintenance at idle times
      async rest() {
        await settle(store)
        await store.write.checkpoint()
      },
      newest: async (query) => (await store.find.search({ query: quoted(query), limit: 20 })).hits.length,
      total: async (query) => (await store.find.search({ query: quoted(query), limit: 0, total: true })).total ?? 0
    }
  },
  LIKE: () => {
    const db = plain()
    db.exec('CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, text TEXT NOT NULL)')
    const like = (query: string): string => `%${query.replace(/[%_\\]/g, '\\$&')}%`
    const find = db.prepare("SELECT id, substr(text, 1, 120) FROM message WHERE text LIKE ? ESCAPE '\\' ORDER BY id DESC LIMIT 20")
    const number = db.prepare<[string], number>("SELECT count(*) FROM message WHERE text LIKE ? ESCAPE '\\'").pluck()
    return {
      build(list) {
        const insert = db.prepare('INSERT INTO message VALUES (?, ?)')
        db.transaction(() => list.forEach((text, i) => insert.run(i + 1, text)))()
      },
      newest: (query) => find.all(like(query)).length,
      total: (query) => number.get(like(query)) ?? 0
    }
  },
  'FTS5 unicode61': () => fts("tokenize = 'unicode61'", quoted),
  'FTS5 trigram': () => fts("tokenize = 'trigram'", (query) => ([...query].length < 3 ? null : quoted(query))),
  'nodejieba in FTS5': async () => {
    const cut = await words()
    return fts(
      "tokenize = 'unicode61'",
      (query) => cut(query).map(quoted).join(' AND ') || null,
      (text) => cut(text).join(' ')
    )
  },
  'nodejieba + search-index': async () => {
    const cut = await words()
    const { SearchIndex } = (await import('search-index')) as unknown as { SearchIndex: new (options: object) => SearchIndexApi }
    interface SearchIndexApi {
      PUT(documents: object[], options: object): Promise<unknown>
      QUERY(query: object, options?: object): Promise<{ RESULT: unknown[]; RESULT_LENGTH: number }>
    }
    const index = new SearchIndex({ name: join(folder, 'index'), storeRawDocs: true, storeVectors: false, cacheLength: 1 })
    const SORT = { TYPE: 'NUMERIC', DIRECTION: 'DESCENDING', FIELD: '_id' }
    return {
      async build(list) {
        for (let at = 0; at < list.length; at += 2000)
          await index.PUT(
            list.slice(at, at + 2000).map((text, i) => ({ _id: at + i + 1, text: cut(text) })),
            {}
          )
      },
      newest: async (query) => {
        const AND = cut(query)
        return AND.length === 0 ? 0 : (await index.QUERY({ AND }, { DOCUMENTS: true, SORT, PAGE: { NUMBER: 0, SIZE: 20 } })).RESULT.length
      },
      total: async (query) => {
        const AND = cut(query)
        return AND.length === 0 ? 0 : (await index.QUERY({ AND }, { PAGE: { NUMBER: 0, SIZE: 1 } })).RESULT_LENGTH
      }
    }
  }
}

/** Number of messages that contain each query, by a scan of the folded texts. */
function truth(list: readonly string[], asked: readonly string[]): number[] {
  using scratch = temporaryFolder()
  const files = { ...storeFiles(scratch.path), key: null }
  const db = new Database(files.file)
  db.loadExtension(files.extension)
  const fold = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
  const folded = list.map((text) => fold.get(text) ?? '')
  const counts = asked.map((query) => {
    const wanted = fold.get(query) ?? ''
    let found = 0
    for (const text of folded) if (text.includes(wanted)) found++
    return found
  })
  db.close()
  return counts
}

function folderBytes(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0
  )
}

const asked = queries()
const made = ENGINES[name]
if (made === undefined) throw new Error(`no engine '${name}'; there are ${Object.keys(ENGINES).join(', ')}`)
const engine = await made()

async function buildIt(): Promise<object> {
  const list = [...texts(count)]
  const bytes = list.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const started = performance.now()
  await engine.build(list)
  const took = performance.now() - started
  const rssMb = Math.round(process.memoryUsage.rss() / 1e6)
  await engine.rest?.()
  return {
    perSecond: Math.round((count / took) * 1000),
    size: folderBytes(folder) / bytes,
    buildRssMb: rssMb,
    truth: process.env['MNEMO_BENCH_TRUTH'] === undefined ? truth(list, asked) : null
  }
}

async function askIt(): Promise<object> {
  const expected = JSON.parse(process.env['MNEMO_BENCH_TRUTH'] ?? '[]') as number[]
  const first: number[] = []
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++)
    for (const query of asked) {
      const before = performance.now()
      await engine.newest(query)
      ;(round === 0 ? first : times).push(performance.now() - before)
    }
  const rssMb = Math.round(process.memoryUsage.rss() / 1e6)
  let found = 0
  let wanted = 0
  for (const [i, query] of asked.entries()) {
    const truly = expected[i] ?? 0
    // false positives do not count as recall
    found += Math.min(await engine.total(query), truly)
    wanted += truly
  }
  return { first: [50, 95].map((p) => percentile(first, p)), times: [50, 95, 100].map((p) => percentile(times, p)), recall: found / wanted, rssMb }
}

process.stdout.write(`${JSON.stringify({ name, count, ...(phase === 'build' ? await buildIt() : await askIt()) })}\n`)
process.exit(0)
