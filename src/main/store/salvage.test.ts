/** A damaged file: what can be read is saved, the rest is asked of the servers again, and the damaged file stays. */
import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, seeded, storeFiles, temporaryFolder, WORKER } from '../../../test/support/files.ts'
import { packRows } from './import-rows.ts'
import type { Salvaged } from './salvage.ts'
import { Store } from './store.ts'

const PAGE = 4096
const COUNT = 5000

/** Writes nonsense over some pages. */
function damage(file: string, pages: number[]): void {
  const random = seeded(7)
  const handle = openSync(file, 'r+')
  for (const page of pages) writeSync(handle, Buffer.from(Array.from({ length: PAGE }, () => Math.floor(random() * 256))), 0, PAGE, page * PAGE)
  closeSync(handle)
}

async function filled(folder: string): Promise<string> {
  const store = await openStore(folder)
  await store.write.importRows({ jid: 'room@rooms.example.org' as Jid, name: 'room', self: null, rows: packRows(Array.from({ length: COUNT }, (_, i) => ({ sender: 'a', time: 1_700_000_000_000 + i * 1000, text: `message ${i} 消息 ${'x'.repeat(40)}` }))) })
  await store.write.changeSettings({ theme: 'dark' })
  await store.write.record({ messages: [], archive: { jid: 'me@example.org' as Jid, lastId: 'x' }, order: 'live' })
  await store.write.checkpoint()
  await store.close()
  return storeFiles(folder).file
}

const open = async (folder: string): Promise<{ store: Store; saved: Salvaged[] }> => {
  const saved: Salvaged[] = []
  return { store: await Store.open({ ...storeFiles(folder), worker: WORKER, onSalvage: (one) => saved.push(one) }), saved }
}

test.each([
  ['a page in the middle', [0.4]],
  ['several', [0.2, 0.5, 0.8]]
])('%s', { timeout: 20_000 }, async (_name, places) => {
  using folder = temporaryFolder()
  const file = await filled(folder.path)
  const pages = statSync(file).size / PAGE
  damage(file, places.map((place) => Math.floor(pages * place)))
  let { store, saved } = await open(folder.path)
  expect(saved).toEqual([])
  expect(await store.read.isSound()).toBe(false)
  store.salvageNextTime()
  await store.close()
  ;({ store, saved } = await open(folder.path))
  expect(saved).toHaveLength(1)
  expect(saved[0]!.messages).toBeGreaterThan(COUNT * 0.95)
  expect(existsSync(saved[0]!.kept)).toBe(true)
  expect(await store.read.isSound()).toBe(true)
  for (let left = 1; left > 0; ) left = (await store.write.indexOlder(3000)).left
  expect((await store.find.search({ query: '消息', limit: 1, total: true })).total).toBe(saved[0]!.messages)
  expect(await store.read.settings()).toMatchObject({ theme: 'dark' })
  // the archive is read again: it has what was lost
  expect((await store.read.archiveProgress('me@example.org')).lastId).toBeNull()
  await store.write.checkIndex()
  await store.close()
  // and that was once
  ;({ store, saved } = await open(folder.path))
  expect(saved).toEqual([])
  await store.close()
})

test('where not even the first page can be read, the file is left alone and a sentence says so', async () => {
  using folder = temporaryFolder()
  const file = await filled(folder.path)
  damage(file, [0])
  await expect(open(folder.path)).rejects.toMatchObject({ name: 'StoreOpenError' })
  expect(existsSync(file)).toBe(true)
})
