/**
 * One way to search, in a process of its own: node bench/peers.ts NAME COUNT prints one JSON line.
 * All hold the same texts, answer the same queries with their newest 20 and a snippet, and are counted against a scan
 * of the folded texts.
 */
import Database from 'better-sqlite3'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { storeFiles, temporaryFolder } from '../test/support/files.ts'
import { benchFolder, history, queries } from './histories.ts'
import { percentile } from './table.ts'
import { texts } from './texts.ts'

const ROUNDS = 3

interface Engine {
  build(list: readonly string[]): Promise<void> | void
  newest(query: string): Promise<number> | number
  total(query: string): Promise<number> | number
}

const [name = '', countText = '0'] = process.argv.slice(2)
const count = Number(countText)
const folder = benchFolder(`${name.replace(/\W+/g, '-')}-${count}`)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

function plain(): Database.Database {
  const db = new Database(join(folder, 'peer.db'))
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  return db
}

/** FTS5 with a tokenizer and a way to make an expression of a query. */
function fts(options: string, expression: (query: string) => string | null, prepare: (text: string) => string = (text) => text): Engine {
  const db = plain()
  db.exec(`CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT NOT NULL); CREATE VIRTUAL TABLE i USING fts5 (text, content = '', ${options})`)
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
  Mnemo: () => {
    let store: Awaited<ReturnType<typeof history>>
    return {
      async build() {
        store = await history(folder, count)
      },
      newest: async (query) => (await store.find.search({ query: quoted(query), limit: 20 })).hits.length,
      total: async (query) => (await store.find.search({ query: quoted(query), limit: 0, total: true })).total ?? 0
    }
  },
  LIKE: () => {
    const db = plain()
    db.exec('CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT NOT NULL)')
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
    return fts("tokenize = 'unicode61'", (query) => cut(query).map(quoted).join(' AND ') || null, (text) => cut(text).join(' '))
  },
  'nodejieba + search-index': async () => {
    const cut = await words()
    const { SearchIndex } = (await import('search-index')) as unknown as { SearchIndex: new (options: object) => SearchIndexApi }
    interface SearchIndexApi {
      PUT(documents: object[], options: object): Promise<unknown>
      QUERY(query: object, options?: object): Promise<{ RESULT: unknown[]; RESULT_LENGTH: number }>
    }
    const index = new SearchIndex({ name: join(folder, 'index'), storeRawDocs: true, storeVectors: false })
    const SORT = { TYPE: 'NUMERIC', DIRECTION: 'DESCENDING', FIELD: '_id' }
    return {
      async build(list) {
        for (let at = 0; at < list.length; at += 2000)
          await index.PUT(list.slice(at, at + 2000).map((text, i) => ({ _id: at + i + 1, text: cut(text) })), {})
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

/** How many messages contain each query, by a scan of the folded texts. */
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
  return readdirSync(path, { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0)
}

const list = [...texts(count)]
const asked = queries()
const made = ENGINES[name]
if (made === undefined) throw new Error(`no engine '${name}'; there are ${Object.keys(ENGINES).join(', ')}`)
const expected = process.env['MNEMO_BENCH_TRUTH'] === undefined ? truth(list, asked) : (JSON.parse(process.env['MNEMO_BENCH_TRUTH']) as number[])
const engine = await made()
const started = performance.now()
await engine.build(list)
const buildMs = performance.now() - started
const first: number[] = []
const times: number[] = []
for (let round = 0; round < ROUNDS; round++)
  for (const query of asked) {
    const before = performance.now()
    await engine.newest(query)
    ;(round === 0 ? first : times).push(performance.now() - before)
  }
let found = 0
let wanted = 0
for (const [i, query] of asked.entries()) {
  const total = await engine.total(query)
  const truly = expected[i] ?? 0
  // more than there are is no recall
  found += Math.min(total, truly)
  wanted += truly
}
const bytes = list.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
process.stdout.write(
  `${JSON.stringify({
    name,
    count,
    perSecond: Math.round((count / buildMs) * 1000),
    first: [50, 95].map((p) => percentile(first, p)),
    times: [50, 95, 100].map((p) => percentile(times, p)),
    recall: found / wanted,
    size: folderBytes(folder) / bytes,
    rssMb: Math.round(process.memoryUsage.rss() / 1e6),
    truth: expected
  })}\n`
)
process.exit(0)
