/** Store threads that end: they are started again, pending calls continue, and a failure to start is reported. */
import { rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { MORTAL_WORKER, storeFiles, temporaryFolder } from '../support/files.ts'
import { Store } from '../../src/engine/threads/store.ts'

const BOB = 'bob@example.org' as Jid
const ME = 'me@example.org' as Jid
let folder: ReturnType<typeof temporaryFolder>
let store: Store
let said: string[]
let broken: boolean[]
beforeEach(async () => {
  folder = temporaryFolder()
  said = []
  broken = []
  store = await Store.open({ ...storeFiles(folder.path), worker: MORTAL_WORKER, onEnded: (message) => said.push(message) })
  store.onBroken((now) => broken.push(now))
})
afterEach(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

const once = (): void => writeFileSync(`${storeFiles(folder.path).file}.once`, '')
const conversation = async (): Promise<number> => (await store.write.ensureConversation({ jid: BOB, kind: 'direct', name: 'Bob', nick: null })).id

test('a writer that ends is started again: its current call runs once, then the pending ones', async () => {
  const id = (await conversation()) as never
  once()
  const send = (text: string, originId: string) => store.write.queueMessage({ conversation: id, text, originId, sender: ME, time: Date.now() })
  const [one, two] = await Promise.all([send('die-once', 'a'), send('after it', 'b')])
  expect([one, two].map(({ messages }) => messages[0]?.text)).toEqual(['die-once', 'after it'])
  // the repeated call queues the same message
  expect((await send('die-once', 'a')).added).toBe(0)
  expect((await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 9 })).messages.map(({ text }) => text)).toEqual(['die-once', 'after it'])
  expect(said).toEqual([expect.stringMatching(/^the writer thread ended at queueMessage: code 7$/)])
  expect(broken).toEqual([])
})

test('a call that ends its thread each time fails, and the thread continues', async () => {
  await expect(store.read.remembered('die')).rejects.toMatchObject({ code: 'THREAD', message: expect.stringMatching(/^remembered: .*reader/) })
  expect(await store.read.remembered('x')).toBeNull()
  // calls that must not be repeated fail
  once()
  await expect(store.write.notice({ jid: BOB, kind: 'subject', name: 'die-once', text: '', time: 0 })).rejects.toMatchObject({ code: 'THREAD' })
  await store.write.remember({ name: 'x', json: '1' })
  expect(await store.read.remembered('x')).toBe('1')
  expect(broken).toEqual([])
})

test('the search continues, too; an import is told when its writer ends', async () => {
  once()
  expect((await store.find.search({ query: 'die-once', limit: 1, total: true })).total).toBe(0)
  const port = store.writerPort()
  const closed = new Promise((resolve) => port.once('close', resolve))
  once()
  await store.write.remember({ name: 'die-once', json: '1' })
  await closed
})

test('a thread that cannot be started again is reported; every call fails at once, and works after the repair', async () => {
  const dead = `${storeFiles(folder.path).file}.no-writer`
  writeFileSync(dead, '')
  once()
  const failing = [store.write.remember({ name: 'die-once', json: '1' }), store.write.remember({ name: 'y', json: '2' })]
  for (const call of failing) await expect(call).rejects.toMatchObject({ code: 'THREAD' })
  expect(broken).toEqual([true])
  await expect(store.write.remember({ name: 'y', json: '2' })).rejects.toMatchObject({ code: 'THREAD' })
  // reading continues meanwhile
  expect(await store.read.remembered('y')).toBeNull()
  expect(await store.mend()).toBe(false)
  rmSync(dead)
  expect(await store.mend()).toBe(true)
  expect(broken.at(-1)).toBe(false)
  await store.write.remember({ name: 'y', json: '3' })
  expect(await store.read.remembered('y')).toBe('3')
})

test('a thread that ends again and again is given up', async () => {
  for (let i = 0; i < 2; i++) await expect(store.read.remembered('die')).rejects.toMatchObject({ code: 'THREAD' })
  await expect.poll(() => broken).toEqual([true])
  await expect(store.read.remembered('x')).rejects.toMatchObject({ code: 'THREAD' })
  expect(await store.mend()).toBe(true)
  expect(await store.read.remembered('x')).toBeNull()
})

test('a thread that hangs is ended and started again; a call that hangs each time fails; what goes through the whole file has its time', async () => {
  await store.close()
  store = await Store.open({ ...storeFiles(folder.path), worker: MORTAL_WORKER, patience: 2, onEnded: (message) => said.push(message) })
  store.onBroken((now) => broken.push(now))
  once()
  await Promise.all([store.write.remember({ name: 'hang-once', json: '1' }), store.write.remember({ name: 'after', json: '2' })])
  expect(await store.read.remembered('hang-once')).toBe('1')
  expect(said).toEqual([expect.stringMatching(/^the writer thread ended at remember: no answer for 2 s$/)])
  await expect(store.read.remembered('hang')).rejects.toMatchObject({ code: 'THREAD' })
  expect(await store.read.remembered('after')).toBe('2')
  await store.write.checkIndex()
  expect(broken).toEqual([])
})
