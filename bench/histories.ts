/** Histories of real texts for the search benchmarks, and their queries. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Jid } from '../src/contract/domain.ts'
import { Store } from '../src/engine/threads/store.ts'
import type { IncomingMessage } from '../src/engine/store/types.ts'
import { ROOT, seeded, storeFiles, WORKER } from '../test/support/files.ts'
import { texts } from './texts.ts'

/** Built worker if there is one, as in the app: sources need memory because their types are stripped at run time. */
const BUILT = join(ROOT, 'out/main/store-worker.js')
export const BENCH_WORKER = existsSync(BUILT) ? pathToFileURL(BUILT) : WORKER

const ROOMS = 40
const SENDERS = 200
const START = 1_300_000_000_000
/** Time between two messages, ms. */
const STEP = 60_000

let asked: string[] | null = null
/** Typical queries, and 50 random pieces of real messages, of 1 to 6 characters. */
export function queries(): string[] {
  return (asked ??= choose())
}

function choose(): string[] {
  // a process that only runs queries need not read the corpus
  const given = process.env['MNEMO_BENCH_QUERIES']
  if (given !== undefined) return JSON.parse(given) as string[]
  const random = seeded(2026)
  const chosen = new Set(['的', '我们', '你好', '今天晚上', '生日快乐', 'the', 'hone', '8899', 'ok', '华联', 'tomorrow', '😊'])
  const source = [...texts(3000)]
  while (chosen.size < 62) {
    const characters = [...(source[Math.floor(random() * source.length)] ?? '')]
    const start = Math.floor(random() * characters.length)
    const piece = characters.slice(start, start + 1 + Math.floor(random() * 6)).join('')
    if (/^[\p{L}\p{N}]{2,}$/u.test(piece) || /^\p{Script=Han}$/u.test(piece)) chosen.add(piece)
  }
  return [...chosen]
}

export const roomOf = (room: number): Jid => `room${room}@rooms.example.org` as Jid

/** Incoming message: rooms in turn, in bursts of 50. */
export function incoming(text: string, i: number, rooms = ROOMS): IncomingMessage {
  const room = roomOf(Math.floor(i / 50) % rooms)
  return {
    conversation: room,
    kind: 'group',
    sender: `${room}/sender ${(i * 7919) % SENDERS}` as Jid,
    outgoing: false,
    text,
    time: START + i * STEP,
    stanzaId: null,
    originId: null,
    replayed: false
  }
}

/** Messages of several people in turn, like `incoming`: a conversation each. */
export const contactOf = (number: number): Jid => `friend${number}@evil.example` as Jid
export function fromContact(text: string, i: number, contacts = ROOMS): IncomingMessage {
  const contact = contactOf(Math.floor(i / 50) % contacts)
  return {
    conversation: contact,
    kind: 'direct',
    sender: contact,
    outgoing: false,
    text,
    time: START + i * STEP,
    stanzaId: null,
    originId: null,
    replayed: false
  }
}

/** Store with that many messages, with its index merged as after idle times. */
export async function history(folder: string, count: number, { account, each = incoming }: { account?: Jid; each?: typeof incoming } = {}): Promise<Store> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const store = await Store.open({ ...storeFiles(folder), worker: BENCH_WORKER })
  let batch: IncomingMessage[] = []
  let i = 0
  const flush = async (): Promise<void> => {
    await store.write.record({ ...(account === undefined ? {} : { account }), messages: batch, archive: null, order: 'forward' })
    batch = []
  }
  for (const text of texts(count)) {
    batch.push(each(text, i++))
    if (batch.length === 5000) await flush()
  }
  await flush()
  await settle(store)
  return store
}

/** Merges the index until there is nothing left to merge. */
export async function settle(store: Store): Promise<void> {
  while (await store.write.mergeIndex(2000));
  while (await store.write.releasePages(2000));
  await store.read.checkpoint()
}

export const benchFolder = (name: string): string => join(process.env['MNEMO_BENCH'] ?? join(ROOT, 'node_modules/.cache/mnemo-bench'), name)
