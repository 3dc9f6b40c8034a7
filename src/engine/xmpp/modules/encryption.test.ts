/** OMEMO sessions over a connection: broken ones are started again once, and silent servers hold up no message for long. */
import type { Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { Side } from '../../../../test/support/encrypting.ts'
import { openStore, temporaryFolder } from '../../../../test/support/files.ts'
import { LIST_NODES } from '../omemo/elements.ts'
import { VERSIONS } from '../omemo/version.ts'
import { encodeMessage } from '../stanzas/message.ts'
import type { Connection } from '../stream/connection.ts'
import { Encryption } from './encryption.ts'

const ALICE = 'alice@example.org' as Jid
const BOB = 'bob@example.org' as Jid
let folders: ReturnType<typeof temporaryFolder>[]
beforeEach(() => void (folders = [temporaryFolder(), temporaryFolder()]))
afterEach(() => {
  for (const folder of folders) folder[Symbol.dispose]()
  vi.useRealTimers()
})

const answer = (node: string, id: string, payload: string): Element =>
  parse(`<iq><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${node}'><item id='${id}'>${payload}</item></items></pubsub></iq>`)
const missing = (): Promise<never> => Promise.reject(Object.assign(new Error(), { name: 'StanzaError', condition: 'item-not-found' }))
const nodeOf = (iq: Element): string => (iq.getChild('pubsub')?.getChildElements()[0]?.attrs['node'] as string | undefined) ?? ''

/** Encryption of an account on a fake connection. */
function encryption(side: Side, request: (iq: Element) => Promise<Element>, isReady = (): boolean => true): { encryption: Encryption; sent: Element[] } {
  const sent: Element[] = []
  const send = (stanza: Element): Promise<void> => Promise.resolve(void sent.push(stanza))
  const one = new Encryption({
    connection: {
      get isReady() {
        return isReady()
      },
      request,
      send
    } as unknown as Connection,
    store: side.store,
    own: side.own,
    isContact: (jid) => !jid.endsWith('example.net'),
    accountsOf: () => Promise.resolve(null),
    onDevices: () => undefined,
    now: () => Date.now(),
    log: { info: () => undefined, warn: () => undefined }
  })
  return { encryption: one, sent }
}

describe.each(VERSIONS)('%s', (version) => {
  test('a peer that goes on in a broken session is healed once, not each time; its other sessions are still read', async () => {
    const alice = await Side.open(await openStore(folders[0]!.path), ALICE, BOB, version)
    let bob = await Side.open(await openStore(folders[1]!.path), BOB, ALICE, version)
    await alice.meet(bob.device, bob.bundle)
    await bob.hear(alice.device)
    await bob.read([await alice.write('hello')])
    await alice.read([await bob.write('an answer')])
    // Bob has lost his sessions, and is the same device to Alice
    await bob.store.close()
    using empty = temporaryFolder()
    bob = await Side.open(await openStore(empty.path), BOB, ALICE, version)
    await bob.hear(alice.device)
    const { encryption: healing, sent } = encryption(bob, (iq) => {
      if (iq.attrs['type'] === 'set') return Promise.resolve(parse('<iq/>'))
      if (nodeOf(iq).includes('bundles') && iq.attrs['to'] === ALICE)
        return Promise.resolve(answer(nodeOf(iq), version === 'axolotl' ? 'current' : String(alice.device), alice.bundle))
      return missing()
    })
    await healing.remember()
    healing.open()
    await expect.poll(() => healing.device).not.toBeNull()
    for (let i = 0; i < 30; i++) {
      const stanza = await alice.write(`lost ${i}`)
      for (const key of keysIn(stanza)) key.attrs['rid'] = String(bob.device)
      const { encryption: effects } = await bob.read([stanza], i % 2 === 0 ? 'live' : 'forward')
      healing.after(effects!)
    }
    await expect.poll(() => sent.length).toBe(1)
    // whatever Alice does with it, no further message is sent
    const { encryption: effects } = await bob.read([await readdressed(alice, bob.device)])
    if (effects !== undefined) healing.after(effects)
    await new Promise((resolve) => setImmediate(resolve))
    expect(sent).toHaveLength(1)
    expect((await bob.said()).filter((text) => text === '(session)')).toHaveLength(31)
    await alice.store.close()
    await bob.store.close()
  })
})
test('a device that begins a hundred sessions at once is answered once or twice', async () => {
  const [alice, bob] = [await Side.open(await openStore(folders[0]!.path), ALICE, BOB), await Side.open(await openStore(folders[1]!.path), BOB, ALICE)]
  await alice.meet(bob.device, bob.bundle)
  await bob.hear(alice.device)
  const { encryption: effects } = await bob.read([await alice.write('hello')])
  const { encryption: one, sent } = encryption(bob, (iq) => (iq.attrs['type'] === 'set' ? Promise.resolve(parse('<iq/>')) : missing()))
  await one.remember()
  one.open()
  await expect.poll(() => one.device).not.toBeNull()
  for (let i = 0; i < 100; i++) one.after({ ...effects!, bundle: false })
  const { encryption: more } = await bob.read([await alice.write('the last')])
  one.after(more!)
  await expect.poll(() => sent.length).toBeGreaterThan(0)
  // its turn follows those of all others
  await one.resume()
  expect(sent.length).toBeLessThanOrEqual(2)
  // the answer completes the session
  const last = parse(sent.at(-1)!.toString())
  last.attrs['from'] = `${BOB}/there`
  await alice.read([last])
  expect(keysIn(await alice.write('after it'))[0]?.attrs['prekey']).toBeUndefined()
  one.stop()
  await alice.store.close()
  await bob.store.close()
})

const keysIn = (stanza: Element): Element[] => {
  const header = stanza.getChild('encrypted')!.getChild('header')!
  return [...header.getChildren('key'), ...header.getChildren('keys').flatMap((keys) => keys.getChildren('key'))]
}
async function readdressed(alice: Side, device: number): Promise<Element> {
  const stanza = await alice.write('still lost')
  for (const key of keysIn(stanza)) key.attrs['rid'] = String(device)
  return stanza
}

test('hundreds of listed devices whose server is silent hold up a message for seconds, not for an hour', async () => {
  const alice = await Side.open(await openStore(folders[0]!.path), ALICE, BOB)
  const bob = await Side.open(await openStore(folders[1]!.path), BOB, ALICE)
  const list = `<list xmlns='eu.siacs.conversations.axolotl'>${[bob.device, ...Array.from({ length: 199 }, (_, i) => i + 1)].map((id) => `<device id='${id}'/>`).join('')}</list>`
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const asked: string[] = []
  const { encryption: one } = encryption(alice, (iq) => {
    const node = nodeOf(iq)
    if (node === LIST_NODES.axolotl && iq.attrs['to'] === BOB) return Promise.resolve(answer(node, 'current', list))
    if (node === LIST_NODES['omemo:2'] || iq.attrs['to'] !== BOB) return missing()
    asked.push(node)
    if (node.endsWith(`:${bob.device}`)) return Promise.resolve(answer(node, 'current', bob.bundle))
    return new Promise((_, reject) => setTimeout(() => reject(Object.assign(new Error('no answer'), { name: 'TimeoutError' })), 15_000))
  })
  const began = performance.now()
  const encrypted = one.encrypt(encodeMessage(BOB, 'direct', { text: 'in time', id: '1' }), { jid: BOB, kind: 'direct' })
  let done: number | null = null
  void encrypted.then(() => (done = performance.now()))
  while (done === null && performance.now() - began < 3_600_000) await vi.advanceTimersByTimeAsync(1000)
  expect(performance.now() - began).toBeLessThan(60_000)
  vi.useRealTimers()
  await bob.hear(alice.device)
  const stanza = await encrypted
  stanza.attrs['from'] = `${ALICE}/x`
  await bob.read([stanza])
  expect(await bob.said()).toEqual(['in time'])
  expect(asked.length).toBeLessThanOrEqual(200)
  await alice.store.close()
  await bob.store.close()
})

test('a look at the recipients that the end of a stream cuts off is taken again on the next one: the message does not fail', async () => {
  const alice = await Side.open(await openStore(folders[0]!.path), ALICE, BOB)
  const bob = await Side.open(await openStore(folders[1]!.path), BOB, ALICE)
  const lost: (() => void)[] = []
  let [isBroken, isReady] = [true, true]
  const request = (iq: Element): Promise<Element> => {
    const node = nodeOf(iq)
    if (iq.attrs['to'] !== BOB || node === LIST_NODES['omemo:2']) return missing()
    if (isBroken) return new Promise((_, reject) => lost.push(() => reject(new Error('the stream ended'))))
    const list = `<list xmlns='eu.siacs.conversations.axolotl'><device id='${bob.device}'/></list>`
    return Promise.resolve(answer(node, 'current', node === LIST_NODES.axolotl ? list : bob.bundle))
  }
  const { encryption: one } = encryption(alice, request, () => isReady)
  const chat = { jid: BOB, kind: 'direct' } as const
  const prepared = one.prepare(chat, true)
  await expect.poll(() => lost.length).toBeGreaterThan(0)
  isReady = false
  one.lost()
  for (const end of lost) end()
  await prepared
  ;[isBroken, isReady] = [false, true]
  expect(one.isPrepared(chat, true)).toBe(false)
  await one.prepare(chat, true)
  const stanza = await one.encrypt(encodeMessage(BOB, 'direct', { text: 'arrives', id: '1' }), chat)
  stanza.attrs['from'] = `${ALICE}/desk`
  await bob.read([stanza])
  expect(await bob.said()).toEqual(['arrives'])
  await alice.store.close()
  await bob.store.close()
})

test('strangers who use up prekeys, one after the other, cause few publications, the last of them after all', async () => {
  const bob = await Side.open(await openStore(folders[1]!.path), BOB, ALICE)
  let published = 0
  let isUsed = true
  const write = new Proxy(bob.store.write, {
    get: (target, name) =>
      name === 'ownDevice'
        ? async (input: Parameters<typeof target.ownDevice>[0]) => ({ ...(await target.ownDevice(input)), unpublished: isUsed })
        : (target[name as keyof typeof target] as unknown)
  })
  const store = new Proxy(bob.store, { get: (target, name) => (name === 'write' ? write : (target[name as keyof typeof target] as unknown)) })
  const { encryption: one } = encryption({ ...bob, store } as unknown as Side, (iq) => {
    if (iq.attrs['type'] !== 'set') return missing()
    if (nodeOf(iq).startsWith('eu.siacs') && nodeOf(iq).includes('bundles')) published++
    return Promise.resolve(parse('<iq/>'))
  })
  await one.remember()
  one.open()
  await expect.poll(() => published).toBeGreaterThan(0)
  const before = published
  for (let i = 0; i < 100; i++) {
    one.after({ account: BOB, begun: [{ jid: 'eve@example.net' as Jid, device: i, version: 'axolotl' }], broken: [], bundle: true, old: false })
    await new Promise((resolve) => setImmediate(resolve))
  }
  await expect.poll(() => published).toBeGreaterThanOrEqual(before + 2)
  expect(published).toBeLessThan(before + 8)
  isUsed = false
  one.stop()
  await bob.store.close()
})
