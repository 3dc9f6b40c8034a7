/** kill -9 at any moment: a process that writes, indexes or encrypts, and the store that it leaves. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { openWritable } from '../../src/engine/store/database.ts'
import { packRows } from '../../src/engine/store/import-rows.ts'
import { VERSIONS } from '../../src/engine/xmpp/omemo/version.ts'
import { messageKeyOf, Side } from '../support/encrypting.ts'
import { openStore, openThreads, program, storeFiles, temporaryFolder } from '../support/files.ts'

const ALICE = 'alice@example.org' as Jid
const BOB = 'bob@example.org' as Jid
const copy = (stanza: Element): Element => parse(stanza.toString())

test('a killed writer loses no confirmed message and leaves a store that opens', async () => {
  using folder = temporaryFolder()
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, [program('writer'), folder.path, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
    let confirmed = -1
    const enough = 40 + round * 37
    await new Promise<void>((resolve) => {
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        const lines = text.split('\n')
        text = lines.pop() ?? ''
        for (const line of lines) confirmed = Number(line)
        if (confirmed >= enough) child.kill('SIGKILL')
      })
      child.on('exit', () => resolve())
    })
    const store = await openThreads(folder.path)
    const { total } = await store.find.search({ query: `round${round}x`, limit: 0, total: true })
    expect(confirmed).toBeGreaterThanOrEqual(enough)
    expect(total).toBeGreaterThanOrEqual(confirmed + 1)
    await store.close()
  }
  const db = openWritable(storeFiles(folder.path))
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(() => db.exec("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)")).not.toThrow()
  db.close()
})

test('rebuilding the index continues after the process is killed', async () => {
  using folder = temporaryFolder()
  let store = await openThreads(folder.path)
  const total = async (query: string): Promise<number | null> => (await store.find.search({ query, limit: 0, total: true })).total
  const rows = Array.from({ length: 20_000 }, (_, i) => ({ sender: 's', time: 1_700_000_000_000 + i * 1000, text: `entry ${i} 一条消息` }))
  await store.write.importRows({ jid: 'room@rooms.example.org' as Jid, name: 'room', rows: packRows(rows), self: null })
  await store.write.resetIndex()
  await store.close()
  const child = spawn(process.execPath, [program('index'), folder.path], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve) => {
    child.stdout.on('data', () => child.kill('SIGKILL'))
    child.on('exit', () => resolve())
  })
  store = await openThreads(folder.path)
  const { notIndexed } = await store.find.search({ query: 'entry', limit: 1 })
  expect(notIndexed).toBeGreaterThan(0)
  expect(notIndexed).toBeLessThan(20_000)
  for (let left = 1; left > 0;) left = (await store.write.indexOlder(3000)).left
  expect(await total('entry')).toBe(20_000)
  expect(await total('一条')).toBe(20_000)
  await store.write.checkIndex()
  await store.close()
})

test.each(VERSIONS)('%s: no key encrypts twice, sent messages can be read, received ones are stored once', async (version) => {
  using folders = new DisposableStack()
  const [own, other] = [folders.use(temporaryFolder()).path, folders.use(temporaryFolder()).path]
  let alice = await Side.open(await openStore(own), ALICE, BOB, version)
  const bob = await Side.open(await openStore(other), BOB, ALICE, version)
  await alice.meet(bob.device, bob.bundle)
  await bob.hear(alice.device)
  await alice.store.close()
  const keys = new Map<string, string>()
  const sent: { text: string; stanza: Element }[] = []
  const toAlice: Element[] = []
  let [written, round] = [0, 0]
  for (; round < 6; round++) {
    const child = spawn(process.execPath, [program('encrypting'), own, ALICE, BOB, version], {
      stdio: ['pipe', 'pipe', 'inherit']
    })
    child.stdin.on('error', () => undefined)
    const lines = createInterface({ input: child.stdout })
    const texts = Array.from({ length: 200 }, () => `from alice ${written++}`)
    // unconfirmed messages arrive again, from the archive
    if (round > 0) for (let i = 0; i < 15; i++) toAlice.push(await bob.write(`from bob ${round}.${i}`))
    const [reading, writing] = [JSON.stringify({ read: toAlice.map(String) }), JSON.stringify({ write: texts })]
    child.stdin.write(round % 2 === 0 ? `${writing}\n` : `${reading}\n${writing}\n`)
    let heard = 0
    for await (const line of lines) {
      const said = JSON.parse(line) as { text?: string; stanza?: string; read?: boolean }
      if (said.text !== undefined && said.stanza !== undefined) {
        const stanza = parse(said.stanza)
        const before = keys.get(messageKeyOf(stanza, version))
        expect(before).toBeUndefined()
        keys.set(messageKeyOf(stanza, version), said.text)
        sent.push({ text: said.text, stanza })
      }
      // the process is killed while it reads or writes
      if (said.read === true || said.stanza !== undefined) heard++
      if (heard === 7 + round * 9) child.kill('SIGKILL')
    }
    // Bob reads the sent messages and answers the newest: both sides take turns
    await bob.read(sent.slice(-20).map(({ stanza }) => stanza))
  }
  await bob.read(sent.map(({ stanza }) => copy(stanza)))
  expect(new Set(await bob.said())).toEqual(new Set(sent.map(({ text }) => text)))
  expect(await bob.messages()).toHaveLength(sent.length)
  alice = await Side.open(await openStore(own), ALICE, BOB, version)
  await alice.read(toAlice.map(copy), 'forward')
  expect((await alice.said()).toSorted()).toEqual(Array.from({ length: 5 * 15 }, (_, i) => `from bob ${1 + Math.floor(i / 15)}.${i % 15}`).toSorted())
  expect(sent.length).toBeGreaterThan(50)
  await alice.store.close()
  await bob.store.close()
})
