/** Disks that are full, refuse writes or lose them: a clear error, and no loss that can be avoided. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fillDisk, makeReadOnly, mountSmallDisk, unmount } from '../support/disk.ts'
import { openStore, seeded, storeFiles, temporaryFolder } from '../support/files.ts'
import { openEngine } from '../support/server.ts'
import type { Jid } from '../../src/contract/domain.ts'
import type { Store } from '../../src/engine/threads/store.ts'

const BOB = 'bob@example.org' as Jid
const ARCHIVE = 'me@example.org' as Jid

/** Batch as the sync stores it: messages and the archive position in one transaction. */
async function record(store: Store, from: number, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, i) => ({
    conversation: BOB,
    kind: 'direct' as const,
    sender: BOB,
    outgoing: false,
    text: `message ${from + i} 消息`,
    time: 1_700_000_000_000 + from + i,
    stanzaId: `s${from + i}`,
    originId: null,
    replayed: false
  }))
  await store.write.record({ messages, archive: { jid: ARCHIVE, lastId: `s${from + count - 1}` }, order: 'forward' })
}

test('a write-ahead log that was torn or spoilt costs its end and nothing else', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  for (let i = 0; i < 30; i++) await record(store, i * 10, 10)
  const { file } = storeFiles(folder.path)
  const wal = `${file}-wal`
  const size = statSync(wal).size
  expect(size).toBeGreaterThan(100_000)
  const random = seeded(7)
  const kept: number[] = []
  for (let round = 0; round < 12; round++) {
    const copy = join(folder.path, `copy-${round}`)
    mkdirSync(copy)
    copyFileSync(file, storeFiles(copy).file)
    copyFileSync(wal, `${storeFiles(copy).file}-wal`)
    const at = Math.floor(size * random())
    if (round % 2 === 0) truncateSync(`${storeFiles(copy).file}-wal`, at)
    else {
      const bytes = readFileSync(wal)
      bytes.fill(0xa5, at, at + 600)
      writeFileSync(`${storeFiles(copy).file}-wal`, bytes)
    }
    const torn = await openStore(copy)
    const conversation = await torn.read.conversationByJid(BOB)
    const { messages } =
      conversation === null ? { messages: [] } : await torn.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 1000 })
    // the stored messages are a prefix in whole batches, and the archive position matches: the rest is fetched again
    expect(messages.map(({ text }) => text)).toEqual(Array.from({ length: messages.length }, (_, i) => `message ${i} 消息`))
    expect(messages.length % 10).toBe(0)
    expect((await torn.read.archiveProgress(ARCHIVE)).lastId).toBe(messages.length === 0 ? null : `s${messages.length - 1}`)
    expect(await torn.read.isSound()).toBe(true)
    await torn.write.checkIndex()
    for (let from = messages.length; from < 300; from += 10) await record(torn, from, 10)
    expect((await torn.find.search({ query: '消息', limit: 0, total: true })).total).toBe(300)
    kept.push(messages.length)
    await torn.close()
  }
  // the writes were torn at different points
  expect(new Set(kept).size).toBeGreaterThan(4)
  await store.close()
})

/** Small disk, unmounted at the end of its block, before its folder is removed. */
function smallDisk(folder: string, megabytes: number): { path: string; here: boolean; [Symbol.dispose](): void } {
  const path = join(folder, 'disk')
  const here = mountSmallDisk(path, megabytes)
  return { path, here, [Symbol.dispose]: () => here && unmount(path) }
}

test('a folder that takes nothing is named in a sentence, and is as it was when it does again', async ({ skip }) => {
  using folder = temporaryFolder()
  using small = smallDisk(folder.path, 32)
  if (!small.here) return skip('that takes root')
  const disk = small.path
  const profile = join(disk, 'profile')
  const engine = await openEngine(profile)
  await record(engine.store, 0, 50)
  await engine.close()
  makeReadOnly(disk, true)
  await expect(openEngine(profile)).rejects.toMatchObject({ name: 'StoreOpenError', code: 'io', message: expect.stringContaining(profile) as string })
  await expect(openEngine(join(disk, 'another'))).rejects.toMatchObject({
    name: 'StoreOpenError',
    code: 'io',
    message: expect.stringContaining('another') as string
  })
  makeReadOnly(disk, false)
  fillDisk(join(disk, 'filler'))
  await expect(openEngine(join(disk, 'another'))).rejects.toMatchObject({
    name: 'StoreOpenError',
    code: 'io',
    message: expect.stringContaining('make room') as string
  })
  rmSync(join(disk, 'filler'))
  const again = await openEngine(profile)
  expect((await again.store.read.stats()).messages).toBe(50)
  await again.close()
})

test('a disk that is full in the middle of an import: a sentence, the store as sound as before, and the same import later brings all of it once', async ({
  skip
}) => {
  using folder = temporaryFolder()
  using small = smallDisk(folder.path, 160)
  if (!small.here) return skip('that takes root')
  const disk = small.path
  const engine = await openEngine(join(disk, 'profile'))
  await record(engine.store, 0, 50)
  const COUNT = 60_000
  const path = join(folder.path, 'chat.txt')
  writeFileSync(
    path,
    Array.from(
      { length: COUNT },
      (_, i) =>
        `[${new Date(1_600_000_000_000 + i * 60_000).toISOString().slice(0, 19).replace('T', ', ').replaceAll('-', '/')}] ${i % 2 === 0 ? 'Alice' : 'Bob'}: line ${i} 华联超市 ${'x'.repeat(i % 300)}`
    ).join('\n')
  )
  const task = { path, format: 'whatsapp' as const, self: null, names: {}, conversation: null }
  writeFileSync(join(disk, 'filler'), Buffer.alloc(128 * 1024 ** 2))
  await expect(engine.transfer.import(task)).rejects.toMatchObject({ message: expect.stringMatching(/full/) as string })
  expect(await engine.store.read.isSound()).toBe(true)
  rmSync(join(disk, 'filler'))
  await record(engine.store, 50, 10)
  await engine.store.write.checkIndex()
  const before = await engine.store.find.search({ query: '华联', limit: 0, total: true })
  expect(before.total).toBeGreaterThan(0)
  expect(before.total).toBeLessThan(COUNT)
  await engine.transfer.import(task)
  const count = async (query: string): Promise<number | null> => (await engine.store.find.search({ query, limit: 0, total: true })).total
  expect(await count('华联')).toBe(COUNT)
  expect(await count('message 消息')).toBe(60)
  await engine.close()
})
