/** (e) Mapped dictionary of jieba compared with cppjieba's own in nodejieba, each in a fresh process; and one very long run. */
import { spawnSync } from 'node:child_process'
import { storeFiles } from '../test/support/files.ts'
import { table } from './table.ts'

const { extension, dictionary } = storeFiles('/')

interface Cost {
  loadMs: number
  rssMb: number
  cutUs: number
}

/** `load` and `cut` are source text: the measured code must not be loaded here. */
function cost(load: string, cut: string): Cost {
  const program = `
    import { corpus } from ${JSON.stringify(new URL('../test/support/files.ts', import.meta.url).href)}
    import { createRequire } from 'node:module'
    const require = createRequire(${JSON.stringify(import.meta.url)})
    const texts = corpus().map((row) => row.text)
    const Database = require('better-sqlite3')
    const db = new Database(':memory:')
    db.loadExtension(${JSON.stringify(extension)})
    const jieba = ${load.includes('jieba') ? "require('nodejieba')" : 'null'}
    globalThis.gc()
    const rss = process.memoryUsage.rss()
    const started = performance.now()
    ${load}
    const loadMs = performance.now() - started
    const before = performance.now()
    for (const text of texts) ${cut}
    const cutUs = ((performance.now() - before) / texts.length) * 1000
    globalThis.gc()
    process.stdout.write(JSON.stringify({ loadMs, rssMb: (process.memoryUsage.rss() - rss) / 1e6, cutUs }))`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Cost
}

export async function words(): Promise<void> {
  const own = cost(
    `db.prepare('SELECT mnemo_dictionary(?)').get(${JSON.stringify(dictionary)}); const statement = db.prepare('SELECT mnemo_cut(?)').pluck(); statement.get('预热')`,
    'statement.get(text)'
  )
  const peer = cost(`jieba.load(); jieba.cutForSearch('预热', true)`, 'jieba.cutForSearch(text, true)')
  const row = (name: string, { loadMs, rssMb, cutUs }: Cost): string[] => [name, loadMs.toFixed(1), rssMb.toFixed(0), cutUs.toFixed(1)]
  table(
    'Words: the dictionary, loaded and then used for the whole corpus (bars: 50 ms, 30 MB)',
    ['', 'load ms', 'RSS MB', 'cut, µs a message'],
    [row('Mnemo, mapped', own), row('peer: nodejieba (cppjieba)', peer)]
  )
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(':memory:')
  db.loadExtension(extension)
  db.prepare('SELECT mnemo_dictionary(?)').get(dictionary)
  db.exec("CREATE VIRTUAL TABLE t USING fts5 (text, content = '', columnsize = 0, tokenize = 'mnemo')")
  const insert = db.prepare('INSERT INTO t (rowid, text) VALUES (?, ?)')
  const pages = (): number => Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
  const rows: string[][] = []
  for (const [name, alphabet] of [
    ['letters and digits', 'abcdefghijklmnopqrstuvwxyz0123456789'],
    ['one letter', 'a'],
    ['Chinese', '的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要']
  ] as const) {
    const characters = [...alphabet]
    const text = Array.from({ length: 100_000 }, (_, i) => characters[(i * 7919 + ((i * i) % 31)) % characters.length]).join('')
    const size = pages()
    const started = performance.now()
    insert.run(rows.length + 1, text)
    rows.push([name, (performance.now() - started).toFixed(1), ((pages() - size) / Buffer.byteLength(text)).toFixed(2)])
  }
  db.close()
  table('Words: one run of 100,000 characters, indexed (bars: 50 ms, 10x)', ['', 'ms', 'index / text'], rows)
}
