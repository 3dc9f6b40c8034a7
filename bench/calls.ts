/** (g) Common calls of the store on a history of years: duration in its thread, including transfer both ways. */
import { randomUUID } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ConversationId, Jid, MessageId } from '../src/contract/domain.ts'
import { seeded } from '../test/support/files.ts'
import { benchFolder } from './histories.ts'
import { life } from './life.ts'
import { ms, percentile, table } from './table.ts'

const MESSAGES = Number(process.env['MNEMO_BENCH_MESSAGES'] ?? 1_000_000)
const CONVERSATIONS = 2500
const ROUNDS = 200

export async function calls(): Promise<void> {
  const folder = benchFolder('life')
  const began = performance.now()
  const { store, accounts, attachments, changes } = await life(folder, { messages: MESSAGES, conversations: CONVERSATIONS })
  const made = performance.now() - began
  const random = seeded(11)
  const list = await store.read.conversations()
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
  const conversation = (): ConversationId => any(list).id
  const direct = list.filter(({ kind }) => kind === 'direct')
  const messages: MessageId[] = []
  for (let i = 0; i < ROUNDS; i++)
    messages.push(...(await store.read.page({ conversation: list[i % 50]!.id, anchor: { kind: 'newest' }, limit: 3 })).messages.map(({ id }) => id))
  const account = (): Jid => any(accounts)
  let time = Date.now()
  const rows: string[][] = []
  async function measure(name: string, run: (i: number) => Promise<unknown>, rounds = ROUNDS): Promise<void> {
    const times: number[] = []
    for (let i = 0; i < rounds; i++) {
      const before = performance.now()
      await run(i)
      times.push(performance.now() - before)
    }
    rows.push([name, ...[50, 99].map((p) => ms(percentile(times, p))), ms(Math.max(...times))])
  }
  const { read, write, find } = store
  await measure('read: all conversations', () => read.conversations(), 30)
  await measure('read: a conversation by address', () => read.conversationByJid(any(list).jid, account()))
  await measure('read: newest page', () => read.page({ conversation: conversation(), anchor: { kind: 'newest' }, limit: 50 }))
  await measure('read: page around a message', () => read.page({ conversation: list[0]!.id, anchor: { kind: 'around', id: any(messages) }, limit: 50 }))
  await measure('read: page at a time', () =>
    read.page({ conversation: conversation(), anchor: { kind: 'time', time: time - Math.floor(random() * 2e11) }, limit: 50 })
  )
  await measure('read: first unread', () => read.page({ conversation: conversation(), anchor: { kind: 'first-unread' }, limit: 50 }))
  await measure('read: one message', () => read.message(any(messages)))
  await measure('read: versions', () => read.versions(any(messages)))
  await measure('read: pinned', () => read.pinned({ conversation: conversation() }))
  await measure('read: days of a month', () => read.days({ conversation: list[0]!.id, month: '2021-05' }))
  await measure('read: queued messages', () => read.queued({ after: 0, limit: 50, account: account() }))
  await measure('read: queued changes', () => read.queuedChanges(account()))
  await measure('read: unplaced', () => read.hasUnplaced(account()))
  await measure('read: missing history', () => read.missingHistory())
  await measure('read: files to fetch', () => read.filesToFetch({ before: Number.MAX_SAFE_INTEGER, most: 1e6, accounts, groups: [], limit: 20 }))
  await measure('read: newest received', () => read.newestReceived({ conversation: conversation(), upTo: any(messages) }))
  await measure('read: what takes how much (storage page)', () => read.usage(), 5)
  while (await find.prepare());
  for (const query of ['的', '今天晚上', 'tomorrow']) await measure(`find: ${query}`, (i) => find.search({ query, limit: 20 - (i % 2) }), 50)
  const said = (i: number) => ({
    conversation: any(direct).jid,
    kind: 'direct' as const,
    sender: any(direct).jid,
    outgoing: false,
    text: `晚上一起吃饭吗 ${i}`,
    time: (time += 1000),
    stanzaId: randomUUID(),
    originId: randomUUID(),
    replayed: false
  })
  await measure('write: one live message', (i) => write.record({ account: account(), messages: [said(i)], archive: null, order: 'live' }))
  await measure(
    'write: 50 of an archive',
    (i) => write.record({ account: account(), messages: Array.from({ length: 50 }, () => said(i)), archive: null, order: 'forward' }),
    50
  )
  const sent: { jid: Jid; originId: string; account: Jid }[] = []
  await measure('write: send (to the bubble)', async (i) => {
    const to = any(direct)
    const originId = randomUUID()
    sent.push({ jid: to.jid, originId, account: to.account! })
    return write.queueMessage({ conversation: to.id, text: `好的 ${i}`, originId, sender: to.account!, time: (time += 1000) })
  })
  for (const state of ['sent', 'delivered'] as const)
    await measure(`write: ${state}`, (i) =>
      write.transition({ account: sent[i]!.account, conversation: sent[i]!.jid, originId: sent[i]!.originId, state, error: null })
    )
  await measure('write: read up to', (i) =>
    write.markRead({ conversation: direct[i % direct.length]!.id, upTo: Number.MAX_SAFE_INTEGER as MessageId, tell: true })
  )
  await measure('write: star', (i) => write.star({ id: any(messages), on: i % 2 === 0 }))
  await measure('write: react', (i) =>
    write.change({ id: any(messages), kind: 'reactions', text: '👍', originId: randomUUID(), sender: account(), time: time + i })
  )
  await measure('write: a draft', (i) => write.saveDraft({ conversation: conversation(), draft: `draft ${i}` }))
  await measure('write: pin a conversation', (i) => write.setConversation({ conversation: conversation(), pinned: i % 2 === 0 ? time : 0 }))
  await measure('write: remove', (i) => write.remove([messages[i]!]), 50)
  const { indexBytes, textBytes, databaseBytes } = await store.read.stats()
  const closing = performance.now()
  await store.close()
  rows.push(['close', ms(performance.now() - closing), '', ''])
  const { size } = statSync(join(folder, 'messages.db'))
  table(
    `Calls on a life of ${MESSAGES.toLocaleString('en')} messages (bars: p99 of reads and writes 10 ms, send 30 ms, close 1 s)`,
    ['call', 'p50 ms', 'p99 ms', 'max ms'],
    rows
  )
  table(
    'That life',
    ['', 'value'],
    [
      ['conversations', list.length],
      ['attachments', attachments],
      ['reactions, corrections, retractions', changes],
      ['made in s', Math.round(made / 1000)],
      ['database MB', Math.round(size / 1e6)],
      ['full-text index / raw text', (indexBytes / textBytes).toFixed(2)],
      ['message rows and all else / raw text', ((databaseBytes - indexBytes) / textBytes).toFixed(2)]
    ]
  )
  rmSync(folder, { recursive: true })
}
