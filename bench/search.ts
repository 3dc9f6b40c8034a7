/** (b) Search over the corpus repeated to 200,000 messages, beside LIKE on the same store. */
import type { Jid } from '../src/contract/domain.ts'
import { openReadable } from '../src/main/store/database.ts'
import { corpus, openStore, seeded, storeFiles, temporaryFolder } from '../test/support/files.ts'
import { perSecond, spread, table } from './table.ts'

const MESSAGES = 200_000
const QUERIES = 60
const ROUNDS = 3

/** Pieces of real messages: Chinese, Latin and digits, across scripts, of 1 to 8 characters. */
function queries(texts: string[]): string[] {
  const random = seeded(2026)
  const chosen = new Set<string>(['的', '我们', 'e', 'the', '你好', 'hone', '8899'])
  while (chosen.size < QUERIES) {
    const characters = [...(texts[Math.floor(random() * texts.length)] ?? '')]
    const start = Math.floor(random() * characters.length)
    const piece = characters.slice(start, start + 1 + Math.floor(random() * 8)).join('')
    if (/^[\p{L}\p{N}]+$/u.test(piece)) chosen.add(piece)
  }
  return [...chosen]
}

export async function search(): Promise<void> {
  using folder = temporaryFolder()
  const source = corpus().map((row) => row.text)
  const texts = Array.from({ length: MESSAGES }, (_, i) => source[(i * 7919) % source.length] ?? '')
  const store = await openStore(folder.path)
  const started = performance.now()
  for (let at = 0; at < MESSAGES; at += 5000)
    await store.write.importRows({ jid: 'bench@import.invalid' as Jid, name: 'bench', rows: texts.slice(at, at + 5000).map((text, i) => ({ sender: 'a', time: (at + i) * 1000, text })), self: null })
  const built = performance.now() - started
  const list = queries(source)
  const times = { newest: [] as number[], count: [] as number[], likeNewest: [] as number[], likeCount: [] as number[] }
  let expected = 0
  let found = 0
  const db = openReadable(storeFiles(folder.path))
  const like = db.prepare<[string], number>('SELECT id FROM message WHERE text LIKE ? ORDER BY id DESC LIMIT 20').pluck()
  const likeCount = db.prepare<[string], number>('SELECT count(*) FROM message WHERE text LIKE ?').pluck()
  const brute = db.prepare<[string], number>('SELECT count(*) FROM message WHERE mnemo_contains(text, ?)').pluck()
  for (const query of list) {
    expected += brute.get(query) ?? 0
    found += (await store.find.search({ query, limit: 0, total: true })).total ?? 0
  }
  const timed = async (into: number[], work: () => unknown): Promise<void> => {
    const before = performance.now()
    await work()
    into.push(performance.now() - before)
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const query of list) {
      await timed(times.newest, () => store.find.search({ query, limit: 20 }))
      await timed(times.count, () => store.find.search({ query, limit: 0, total: true }))
      await timed(times.likeNewest, () => like.all(`%${query}%`))
      await timed(times.likeCount, () => likeCount.get(`%${query}%`))
    }
  const stats = await store.read.stats()
  table(`Search: ${MESSAGES.toLocaleString('en')} messages, ${QUERIES} queries, ${ROUNDS} rounds; encrypted; through the worker`, ['', 'p50 ms', 'p95 ms', 'max ms'], [
    ['Mnemo: newest 20, snippet ranges and total', ...spread(times.newest)],
    ['Mnemo: count', ...spread(times.count)],
    ['peer: LIKE, newest 20', ...spread(times.likeNewest)],
    ['peer: LIKE, count', ...spread(times.likeCount)]
  ])
  table('Search: recall, build and size', ['', 'value'], [
    ['recall against a brute-force scan of the folded text', (found / expected).toFixed(4)],
    ['hits found / expected', `${found} / ${expected}`],
    ['build, messages/s', perSecond(MESSAGES, built)],
    ['index bytes / text bytes', (stats.indexBytes / stats.textBytes).toFixed(2)],
    ['database bytes / text bytes', (stats.databaseBytes / stats.textBytes).toFixed(2)]
  ])
  db.close()
  await store.close()
}
