/** (b) Search at 200,000 and 1,000,000 messages on the encrypted store, compared with other engines; each in its own process. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ConversationId, Jid } from '../src/contract/domain.ts'
import type { SearchQuery } from '../src/engine/search/search.ts'
import { packRows } from '../src/engine/store/import-rows.ts'
import { Store } from '../src/engine/threads/store.ts'
import { Transfer } from '../src/engine/history-files/transfer.ts'
import { storeFiles, TRANSFER_WORKER } from '../test/support/files.ts'
import { BENCH_WORKER, benchFolder, history, incoming, queries, settle } from './histories.ts'
import { ms, percentile, perSecond, spread, table } from './table.ts'
import { texts } from './texts.ts'

const MILLION = 1_000_000
const PEERS = ['Mnemo', 'LIKE', 'FTS5 unicode61', 'FTS5 trigram', 'nodejieba in FTS5', 'nodejieba + search-index']
/** Runs on request only: search-index takes several minutes and gigabytes for a million messages. */
const TOO_SLOW = 'nodejieba + search-index'

interface Measured {
  name: string
  perSecond: number
  first: [number, number]
  times: [number, number, number]
  recall: number
  size: number
  buildRssMb: number
  rssMb: number
}

function beside(count: number): void {
  let truth: number[] | null = null
  const measured: Measured[] = []
  const run = (name: string, phase: 'build' | 'ask'): Partial<Measured> & { truth?: number[] | null } => {
    const env = { ...process.env, MNEMO_BENCH_QUERIES: JSON.stringify(queries()), ...(truth === null ? {} : { MNEMO_BENCH_TRUTH: JSON.stringify(truth) }) }
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--max-old-space-size=12000', join(import.meta.dirname, 'peers.ts'), name, String(count), phase],
      { encoding: 'utf8', env, maxBuffer: 1 << 28 }
    )
    if (status !== 0) throw new Error(`${name}: ${stderr.slice(-2000)}`)
    return JSON.parse(stdout) as Partial<Measured>
  }
  for (const name of PEERS) {
    if (name === TOO_SLOW && count >= MILLION && process.env['MNEMO_BENCH_ALL'] === undefined) continue
    const built = run(name, 'build')
    truth ??= built.truth ?? null
    measured.push({ ...built, ...run(name, 'ask') } as Measured)
  }
  table(
    `Search: ${count.toLocaleString('en')} messages, ${queries().length} queries, newest 20 with snippet; Mnemo encrypted, the others not`,
    ['', 'recall', 'first p50 ms', 'first p95 ms', 'later p50', 'later p95', 'max ms', 'build msg/s', 'files / text', 'RSS asking, MB', 'RSS building'],
    measured.map(({ name, recall, times, first, perSecond: rate, size, rssMb, buildRssMb }) => [
      name,
      recall.toFixed(4),
      ...first.map(ms),
      ...times.map(ms),
      rate.toLocaleString('en'),
      size.toFixed(2),
      rssMb,
      buildRssMb
    ])
  )
}

async function timed(store: Store, make: (query: string) => SearchQuery, rounds = 3): Promise<{ first: number[]; later: number[] }> {
  const first: number[] = []
  const later: number[] = []
  for (let round = 0; round < rounds; round++)
    for (const query of queries()) {
      // another limit, so that no page of the last round is cached
      const input = make(`"${query}"`)
      const before = performance.now()
      await store.find.search({ ...input, ...(input.limit > 0 ? { limit: input.limit - (round % 2) } : {}) })
      ;(round === 0 ? first : later).push(performance.now() - before)
    }
  return { first, later }
}

async function large(count: number): Promise<void> {
  const folder = benchFolder(`own-${count}`)
  const store = await history(folder, count)
  while (await store.find.prepare());
  const room = (await store.read.conversations())[3]?.id as ConversationId
  const kinds: [string, string, (query: string) => SearchQuery][] = [
    ['newest 20 with snippet and ranges', '0.5 / 2', (query) => ({ query, limit: 20 })],
    ['newest 20 within one conversation', '- / 5', (query) => ({ query, limit: 20, conversation: room })],
    ['newest 20 of one sender', '- / 5', (query) => ({ query: `${query} from:"sender 7"`, limit: 20 })],
    ['count', '- / 6', (query) => ({ query, limit: 0, total: true })],
    ['best 20', '- / 30', (query) => ({ query, limit: 20, order: 'best' })],
    ['newest 20, total and facets', '', (query) => ({ query, limit: 20, total: true, facets: true })],
    ['the same, related and spelling', '', (query) => ({ query, limit: 20, total: true, facets: true, suggest: true })]
  ]
  const rows: (string | number)[][] = []
  for (const [name, bar, make] of kinds) {
    const { first, later } = await timed(store, make)
    rows.push([name, bar, ...spread(later), ms(percentile(first, 50)), ms(percentile(first, 95)), ms(percentile([...first, ...later], 95))])
  }
  table(
    `Search: ${count.toLocaleString('en')} messages, through the thread, later rounds and first touch`,
    ['', 'bar p50 / p95', 'p50 ms', 'p95 ms', 'max ms', 'first p50', 'first p95', 'all three rounds p95'],
    rows
  )
  const stats = await store.read.stats()
  const { indexBytes, textBytes, databaseBytes } = stats
  table(
    'Search: size',
    ['', 'bar', 'value'],
    [
      ['full-text index / raw text', '2.1', (indexBytes / textBytes).toFixed(2)],
      ['message rows and all else / raw text', '3.0', ((databaseBytes - indexBytes) / textBytes).toFixed(2)]
    ]
  )
  const live: number[] = []
  let i = count
  for (const text of texts(2000, 'chinese', 5)) {
    const before = performance.now()
    await store.write.record({ messages: [incoming(text, i++)], archive: null, order: 'live' })
    live.push(performance.now() - before)
  }
  table(
    'Search: one live message, its transaction with index',
    ['', 'bar p99', 'p50 ms', 'p99 ms', 'max ms'],
    [['one at a time, 2,000 of them', '5', ms(percentile(live, 50)), ms(percentile(live, 99)), ms(Math.max(...live))]]
  )
  await store.close()
}

async function importing(): Promise<void> {
  const folder = benchFolder('import')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const store = await Store.open({ ...storeFiles(folder), worker: BENCH_WORKER })
  const list = [...texts(600_000)].map((text, i) => ({ sender: `sender ${(i * 7919) % 200}`, time: 1_300_000_000_000 + i * 60_000, text }))
  const jid = 'import@rooms.example.org' as Jid
  await store.write.importRows({ jid, name: 'import', rows: packRows(list.slice(0, 1)), self: null })
  const half = 300_000
  const batches = (from: number, to: number): (typeof list)[] =>
    Array.from({ length: Math.ceil((to - from) / 30_000) }, (_, i) => list.slice(from + i * 30_000, Math.min(to, from + (i + 1) * 30_000)))
  const began = performance.now()
  let storing: Promise<unknown> = Promise.resolve()
  for (const rows of batches(1, half)) {
    // as in an import: the next rows are prepared meanwhile
    const packed = packRows(rows)
    await storing
    void store.read.checkpoint()
    storing = store.write.importRows({ jid, name: 'import', rows: packed, self: null })
  }
  await storing
  const took = performance.now() - began
  const path = join(folder, 'second.tsv')
  writeFileSync(
    path,
    list
      .slice(half)
      .map(({ sender, time, text }) => `${sender}\t${time}\t${text}`)
      .join('\n')
  )
  const transfer = new Transfer({ worker: TRANSFER_WORKER, store, files: storeFiles(folder), media: join(folder, 'media'), onChanges: () => undefined })
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let importingNow = true
  const answered: number[] = []
  const searching = (async () => {
    for (let i = 0; importingNow; i++) {
      const before = performance.now()
      await store.find.search({ query: queries()[i % queries().length] ?? '', limit: 20 })
      answered.push(performance.now() - before)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  const before = performance.now()
  await transfer.import({ path, format: 'tsv', self: null, names: {}, conversation: null })
  const file = performance.now() - before
  importingNow = false
  await searching
  delay.disable()
  table(
    'Search: import with index',
    ['', 'bar', 'value'],
    [
      ['transactions of 30,000, messages/s', '80,000', perSecond(half - 1, took)],
      ['a TSV file, read and compared, while searching, messages/s', '', perSecond(list.length - half, file)],
      ["main thread's event-loop delay meanwhile, p99 ms", '10', ms(delay.percentile(99) / 1e6)],
      ['searches meanwhile, p50 / p95 ms', '', `${ms(percentile(answered, 50))} / ${ms(percentile(answered, 95))}`]
    ]
  )
  await settle(store)
  await store.close()
}

async function names(): Promise<void> {
  const folder = benchFolder('names')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const store = await Store.open({ ...storeFiles(folder), worker: BENCH_WORKER })
  const surnames = [
    ...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤'
  ]
  const given = [...'伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂重庆行长乐朝阳晓雨欣怡子涵']
  const contacts = Array.from({ length: 10_000 }, (_, i) => ({
    jid: `user${i}@example.org`,
    name:
      i % 4 === 3 ? `Alex Miller ${i}` : `${surnames[i % surnames.length] ?? ''}${given[(i * 7) % given.length] ?? ''}${given[(i * 13) % given.length] ?? ''}`,
    subscription: 'both' as const
  }))
  await store.write.saveContacts({ contacts, complete: true })
  while (await store.find.prepare());
  const times: number[] = []
  for (const word of ['wangwei', 'zq', 'cq', 'lxy', 'miller 99', '陈雨', 'user123', 'zhangzhongqing', 'xq'])
    for (let length = 1; length <= word.length; length++) {
      const before = performance.now()
      await store.find.names({ text: word.slice(0, length), limit: 8 })
      times.push(performance.now() - before)
    }
  table('Search: names, 10,000 of them, each keystroke', ['', 'bar', 'p50 ms', 'p95 ms', 'max ms'], [['quick switcher', '10', ...spread(times)]])
  await store.close()
}

export async function search(): Promise<void> {
  for (const count of [200_000, MILLION]) beside(count)
  await large(MILLION)
  await importing()
  await names()
  const left = benchFolder('')
  for (const entry of readdirSync(left)) if (statSync(join(left, entry)).isDirectory()) rmSync(join(left, entry), { recursive: true })
}
