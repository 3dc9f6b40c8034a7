/** Roster versioning (RFC 6121 section 2.6): a known roster is not sent again. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { hostileServer, type HostileServer } from '../support/hostile-server.ts'
import { online, openEngine, startServer, testFolder, until, type TestFolder } from '../support/server.ts'

const ROSTER = (version: string, ...items: string[]): string => `<query xmlns='jabber:iq:roster' ver='${version}'>${items.join('')}</query>`
const ITEM = (name: string, rest = ''): string => `<item jid='${name}@evil.example' name='${name}' subscription='both' ${rest}/>`

let server: HostileServer
let folder: TestFolder
let alice: Engine
beforeEach(async () => {
  server = await hostileServer()
  server.features = `<ver xmlns='urn:xmpp:features:rosterver'/>`
  folder = testFolder()
  alice = await openEngine(folder.path)
})
afterEach(async () => {
  await alice.close()
  server.close()
  folder.remove()
})

const names = async (): Promise<string[]> => (await alice.store.read.contacts()).map(({ name }) => name).sort()
/** Versions in roster requests, in order; null for none. */
const asked = (): (string | null)[] => [...server.heard.matchAll(/<query xmlns="jabber:iq:roster"(?: ver="([^"]*)")?/g)].map(([, version]) => version ?? null)
const again = async (): Promise<void> => {
  await alice.close()
  alice = await openEngine(folder.path)
  await alice.connect()
  await online(alice)
}

test('an unchanged roster is not sent again, and pushes update it', async () => {
  server.roster = ROSTER('v1', ITEM('bob'), ITEM('dave'))
  await alice.signIn(server.settings)
  await online(alice)
  expect(asked()).toEqual([''])
  expect(await names()).toEqual(['bob', 'dave'])
  server.say(`<iq type='set' id='p1'>${ROSTER('v2', ITEM('carol'))}</iq>`)
  server.say(`<iq type='set' id='p2'>${ROSTER('v3', "<item jid='dave@evil.example' subscription='remove'/>")}</iq>`)
  await until(alice, async () => (await alice.store.read.remembered('roster:alice@evil.example'))?.includes('v3') === true)
  server.roster = ''
  await again()
  expect(asked()).toEqual(['', 'v3'])
  expect(await names()).toEqual(['bob', 'carol'])
  expect(alice.accounts.of('alice@evil.example' as Jid)?.contacts.has('carol@evil.example' as Jid)).toBe(true)
})

test('a server without roster versions is asked for the whole roster, and one that wrongly claims no change is asked again', async () => {
  server.roster = ''
  await alice.signIn(server.settings)
  await online(alice)
  expect(asked()).toEqual(['', null])
  server.features = ''
  server.roster = ROSTER('v9', ITEM('bob'))
  await again()
  expect(asked()).toEqual(['', null, null])
  expect(await names()).toEqual(['bob'])
})

test('signing out deletes the roster', async () => {
  server.roster = ROSTER('v1', ITEM('bob'))
  await alice.signIn(server.settings)
  await online(alice)
  await alice.accounts.signOut('alice@evil.example' as Jid)
  expect(await alice.store.read.remembered('roster:alice@evil.example')).toBe('null')
})

test('a real server sends the changes made in the meantime', async () => {
  const real = await startServer()
  try {
    await alice.signIn(real.settings('alice'))
    await online(alice)
    const before = (await alice.store.read.remembered('roster:alice@localhost')) ?? ''
    expect(before).toContain('bob@localhost')
    await alice.close()
    const other = testFolder()
    const second = await openEngine(other.path)
    await second.signIn(real.settings('alice'))
    await online(second)
    await second.accounts.of('alice@localhost' as Jid)?.contacts.rename('bob@localhost' as Jid, 'Robert')
    await second.close()
    other.remove()
    alice = await openEngine(folder.path)
    await alice.connect()
    await online(alice)
    await until(alice, async () => (await names()).includes('Robert'))
    await until(alice, async () => (await alice.store.read.remembered('roster:alice@localhost')) !== before)
  } finally {
    await real.stop()
  }
})
