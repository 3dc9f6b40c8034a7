/** Every message that contains the text is found, and no other: compared with a scan of the folded texts. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConversationId, Jid, MessageId } from '../../src/contract/domain.ts'
import { corpus, hasCorpus, openStore, seeded, storeFiles, temporaryFolder } from '../support/files.ts'
import { openReadable, type ReadableDB } from '../../src/engine/store/database.ts'
import { packRows } from '../../src/engine/store/import-rows.ts'
import type { Store } from '../../src/engine/threads/store.ts'
import { createSearchEngine, type SearchEngine } from '../../src/engine/search/engine.ts'

const folder = temporaryFolder()
let store: Store
let db: ReadableDB
let engine: SearchEngine
let fold: (text: string) => string
let texts: string[] = []
const folded: string[] = []
/** Texts by character, and by pair of adjacent characters. */
const having = new Map<string, number[]>()
let ids: number[] = []

beforeAll(async () => {
  if (!hasCorpus) return
  store = await openStore(folder.path)
  const rows = corpus().map(({ sender, text }, i) => ({ sender, time: 1_000_000_000_000 + i * 1000, text }))
  texts = rows.map(({ text }) => text)
  for (let at = 0; at < rows.length; at += 20_000)
    await store.write.importRows({ jid: 'corpus@import.invalid' as Jid, name: 'corpus', rows: packRows(rows.slice(at, at + 20_000)), self: null })
  ids = rows.map(({ time }) => time * 1024 + 1)
  db = openReadable(storeFiles(folder.path))
  engine = createSearchEngine(db)
  const folding = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
  fold = (text) => folding.get(text) ?? ''
  for (const [at, text] of texts.entries()) {
    const part = fold(text)
    folded.push(part)
    const keys = new Set<string>()
    for (let i = 0; i < part.length; i++) keys.add(part[i]!).add(part.slice(i, i + 2))
    for (const key of keys) {
      const list = having.get(key)
      if (list === undefined) having.set(key, [at])
      else list.push(at)
    }
  }
})
afterAll(async () => {
  if (!hasCorpus) return
  db.close()
  await store.close()
  folder[Symbol.dispose]()
})

/** Messages that contain a text, by a scan of those with its rarest pair of characters. */
function scan(piece: string): number[] {
  const wanted = fold(piece)
  const keys = wanted.length < 2 ? [wanted] : Array.from({ length: wanted.length - 1 }, (_, at) => wanted.slice(at, at + 2))
  const [rarest = []] = keys.map((key) => having.get(key) ?? []).sort((a, b) => a.length - b.length)
  const found: number[] = []
  for (const at of rarest) if (wanted.length < 3 || folded[at]!.includes(wanted)) found.push(ids[at]!)
  return found
}
const phrase = (piece: string): string => `"${piece.replace(/["\\]/g, '\\$&')}"`
const found = (query: string): number[] => engine.ids({ query, conversation: null })

test.skipIf(!hasCorpus)('20,000 random pieces of real messages: recall and precision are 1.000', { timeout: 900_000 }, () => {
  const random = seeded(20261121)
  const wrong: string[] = []
  const seen = new Set<string>()
  let expected = 0
  let checked = 0
  while (checked < 20_000) {
    const characters = [...(texts[Math.floor(random() * texts.length)] ?? '')]
    const start = Math.floor(random() * characters.length)
    const cut = characters.slice(start, start + 1 + Math.floor(random() ** 2 * 16)).join('')
    // a blank at the edge means a word end; in the text it may stand beside Chinese, where blanks do not count
    const piece = cut !== cut.trim() && scan(cut).length === 0 ? cut.trim() : cut
    if (fold(piece).trim() === '') continue
    // a letter that was searched already: its hits are half of the corpus
    if (seen.has(fold(piece))) continue
    seen.add(fold(piece))
    const truth = scan(piece)
    expected += truth.length
    checked++
    const answer = found(phrase(piece))
    if (truth.length === 0 || answer.length !== truth.length || answer.some((id, at) => id !== truth[at]))
      wrong.push(`${JSON.stringify(piece)}: ${answer.length} for ${truth.length}`)
  }
  expect(wrong).toEqual([])
  expect(expected).toBeGreaterThan(500_000)
})

/** Typical queries: each kind, some with many hits, some with none. */
const WRITTEN = [
  // words
  '手机',
  '电话',
  '今天',
  '明天',
  '老板',
  '生日',
  '吃饭',
  '回家',
  '保险公司',
  '新年快乐',
  'meeting',
  'tomorrow',
  'birthday',
  'sorry',
  'Thanks',
  'WIFI',
  // pieces across and inside words
  '华联',
  '天晚',
  '公司的',
  '国移',
  '么时',
  '我们什',
  '在干',
  '道了',
  '个月',
  '年快',
  // single characters
  '的',
  '了',
  '我',
  '哈',
  '龘',
  'e',
  'Z',
  'q',
  '8',
  '？',
  // tails of numbers, times, amounts
  '8899',
  '10086',
  '2011',
  '0.5',
  '12:30',
  ':30',
  '100元',
  '50块',
  '138',
  '％',
  '1/2',
  // inner pieces of Latin words
  'hone',
  'eeti',
  'morro',
  'ing',
  'ight',
  'ould',
  'tion',
  'ww',
  'ooo',
  'haha',
  // mixed scripts
  'QQ号',
  'ok了',
  'KTV',
  'T恤',
  'A座',
  '3G',
  'iphone',
  '5楼',
  'mp3',
  'pm开',
  // case, width, traditional
  'ＯＫ',
  'hello',
  'HELLO',
  '電話',
  '媽媽',
  '沒有',
  'ｑｑ',
  '１００',
  // emoji, faces and punctuation
  ':)',
  ':-)',
  '^_^',
  '...',
  '。。。',
  '~',
  '!!!',
  '，，',
  '>',
  '(',
  '*',
  '=',
  '-_-',
  'T_T',
  '👍',
  // sentences
  'how are you',
  'i will be',
  '你在干嘛',
  '不好意思',
  'see you',
  'on the way',
  '什么时候',
  'of the'
]

test.skipIf(!hasCorpus)('typical queries find the same as a scan', () => {
  expect(WRITTEN.length).toBeGreaterThanOrEqual(80)
  const counts = new Map<string, [number, number]>()
  const wrong = WRITTEN.filter((query) => {
    const truth = scan(query)
    const answer = found(phrase(query))
    counts.set(query, [answer.length, truth.length])
    return answer.length !== truth.length || answer.some((id, at) => id !== truth[at])
  })
  expect(wrong.map((query) => [query, counts.get(query)])).toEqual([])
  expect([...counts.values()].filter(([count]) => count > 0).length).toBeGreaterThan(70)
})

test.skipIf(!hasCorpus)('words, OR and not are set operations', () => {
  const sets = (query: string): number[] => {
    const [a = '', b = ''] = query.split(' ')
    const left = new Set(scan(a))
    return scan(b).filter((id) => left.has(id))
  }
  for (const query of ['今天 吃饭', 'you me', '手机 8', 'the ing']) expect(found(query)).toEqual(sets(query))
  const [tea, coffee] = [new Set(scan('茶')), new Set(scan('咖啡'))]
  expect(found('茶 OR 咖啡')).toHaveLength(new Set([...tea, ...coffee]).size)
  expect(found('茶 -咖啡')).toEqual([...tea].filter((id) => !coffee.has(id)))
})

test.skipIf(!hasCorpus)('total, pages and facets agree with each other', () => {
  for (const query of ['手机', 'the', '"..."', '今天 from:"2"']) {
    const answer = engine.search({ query, limit: 20, total: true, facets: true })
    const sum = (list: { count: number }[] | undefined): number => (list ?? []).reduce((total, { count }) => total + count, 0)
    expect(answer.total).toBe(found(query).length)
    expect(sum(answer.facets?.conversations)).toBe(answer.total)
    expect(sum(answer.facets?.months)).toBe(answer.total)
    const oldest = engine.search({ query, limit: 20, order: 'oldest' }).hits.map((hit) => hit.message.id)
    expect(oldest).toEqual(found(query).slice(0, 20))
    expect(answer.hits.map((hit) => hit.message.id)).toEqual(found(query).toReversed().slice(0, 20))
    for (const { ranges } of answer.hits) expect(ranges.length).toBeGreaterThan(0)
  }
})

test.skipIf(!hasCorpus)('messages added or removed between searches are found or missing at once', async () => {
  const random = seeded(11)
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const piece = (): string => {
    const characters = [...one(texts)]
    const at = Math.floor(random() * characters.length)
    return characters.slice(at, at + 1 + Math.floor(random() * 6)).join('')
  }
  const jid = 'live@example.org' as Jid
  const added: { id: number; text: string }[] = []
  const gone = new Set<number>()
  let conversation: ConversationId | undefined
  // repeated queries are answered from the cache
  const again = Array.from({ length: 60 }, piece)
  let time = 1_900_000_000_000
  for (let round = 0; round < 12; round++) {
    // a few messages are compared one by one, many are read from the end of the index
    const messages = Array.from({ length: round % 3 === 2 ? 150 : 5 }, () => ({
      conversation: jid,
      kind: 'direct' as const,
      sender: jid,
      outgoing: false,
      text: one(texts),
      time: (time += 1000),
      stanzaId: null,
      originId: null,
      replayed: false
    }))
    const { conversations, messages: stored } = await store.write.record({ messages, archive: null, order: 'live' })
    conversation ??= conversations[0]?.id
    added.push(...stored)
    const removed = [...(await store.write.remove([one(ids), one(ids), one(added).id] as MessageId[])).removed]
    for (const { id } of removed) gone.add(id)
    for (const text of [...again, ...Array.from({ length: 60 }, piece)]) {
      if (fold(text).trim() === '') continue
      const live = added.filter((message) => !gone.has(message.id) && fold(message.text).includes(fold(text))).map(({ id }) => id)
      const old = scan(text).filter((id) => !gone.has(id))
      const expected = [...old, ...live].reverse()
      const newest = engine.search({ query: phrase(text), limit: 20 }).hits.map((hit) => hit.message.id)
      const within = engine.search({ query: phrase(text), limit: 20, conversation: conversation ?? null }).hits.map((hit) => hit.message.id)
      expect([text, newest]).toEqual([text, expected.slice(0, 20)])
      expect([text, within]).toEqual([text, live.reverse().slice(0, 20)])
    }
  }
  expect(added.length).toBeGreaterThan(600)
  expect(gone.size).toBeGreaterThan(20)
})
