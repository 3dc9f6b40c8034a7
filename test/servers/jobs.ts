/** Common jobs of a messenger, run on one server. A job that cannot be done throws; `told` then finds what the user is shown. */
import { xml } from '@xmpp/client'
import type { AccountSettings, ConversationId, Jid, Shortage } from '../../src/contract/domain.ts'
import { Connection } from '../../src/engine/xmpp/stream/connection.ts'
import { isRefusal } from '../../src/engine/net/problem.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { EngineError } from '../../src/engine/scope.ts'
import { JoinError } from '../../src/engine/xmpp/modules/groups.ts'
import en from '../../src/renderer/i18n/en.ts'
import { DOMAIN } from '../../src/demo/prosody.ts'
import { messages, openEngine, texts, until, type TestFolder } from '../support/server.ts'

/** Time limit of one wait, ms, long enough for a slow server. */
const WAIT_MS = 25_000

export interface People {
  settings(user: string): AccountSettings
  folder(): TestFolder
  /** Alice's two devices and Bob's, if signed in. */
  alice: Engine | null
  second: Engine | null
  bob: Engine | null
  /** All open engines, with their profiles. */
  engines: Map<Engine, string>
}

export interface Job {
  name: string
  run(people: People): Promise<void>
  /** Shortages that explain an impossible job, if the settings report them. */
  needs: readonly Shortage[]
}

const ALICE = `alice@${DOMAIN}` as Jid
const BOB = `bob@${DOMAIN}` as Jid

/** Failed sign-in, with the problem in the connection state. */
export class SignInFailed extends Error {
  readonly problem: string
  readonly detail: string
  constructor(problem: string, detail: string) {
    super(`${problem}: ${detail}`)
    this.problem = problem
    this.detail = detail
  }
}

async function open(people: People, user: string): Promise<Engine> {
  const profile = people.folder().path
  const engine = await openEngine(profile)
  people.engines.set(engine, profile)
  const state = await engine.signIn(people.settings(user))
  if (state.status === 'waiting') throw new SignInFailed(state.problem, state.detail)
  await until(engine, () => Promise.resolve(engine.connection.status === 'online'), WAIT_MS)
  return engine
}

function there(engine: Engine | null): Engine {
  if (engine === null) throw new Error('not signed in')
  return engine
}

const to = async (engine: Engine, jid: Jid): Promise<ConversationId> => (await engine.conversations.start(jid, 'direct', null)).id
const has = (engine: Engine, jid: string, text: string): Promise<boolean> => until(engine, async () => (await texts(engine, jid)).includes(text), WAIT_MS)

/** Like `has`, but ends at once if the message failed at its sender. */
async function arrives(from: Engine, at: Engine, chat: string, text: string): Promise<void> {
  const failed = async (): Promise<boolean> => (await messages(from, BOB)).some((message) => message.text === text && message.state === 'failed')
  await until(at, async () => (await texts(at, chat)).includes(text) || (await failed()), WAIT_MS)
  if (!(await texts(at, chat)).includes(text)) throw new Error(`"${text}" failed`)
}

export const JOBS: readonly Job[] = [
  {
    name: 'sign in',
    needs: [],
    async run(people) {
      people.alice = await open(people, 'alice')
      people.bob = await open(people, 'bob')
    }
  },
  {
    name: 'talk',
    needs: [],
    async run(people) {
      const [alice, bob] = [there(people.alice), there(people.bob)]
      await alice.messages.send(await to(alice, BOB), 'hello 你好')
      await has(bob, ALICE, 'hello 你好')
      await bob.messages.send(await to(bob, ALICE), 'hello yourself')
      await has(alice, BOB, 'hello yourself')
    }
  },
  {
    name: 'catch up',
    needs: ['anything-kept'],
    async run(people) {
      const [alice, bob] = [there(people.alice), there(people.bob)]
      await bob.disconnect()
      for (let i = 0; i < 3; i++) await alice.messages.send(await to(alice, BOB), `while away ${i}`)
      await until(alice, async () => (await messages(alice, BOB)).every(({ outgoing, state }) => !outgoing || state !== 'queued'), WAIT_MS)
      await bob.connect()
      for (let i = 0; i < 3; i++) await arrives(alice, bob, ALICE, `while away ${i}`)
    }
  },
  {
    name: 'second device',
    needs: ['archive', 'anything-kept'],
    async run(people) {
      people.second = await open(people, 'alice')
      await has(people.second, BOB, 'hello 你好')
      await has(people.second, BOB, 'hello yourself')
    }
  },
  {
    name: 'copies',
    needs: ['copies', 'late-copies'],
    async run(people) {
      const [alice, second, bob] = [there(people.alice), there(people.second), there(people.bob)]
      await alice.messages.send(await to(alice, BOB), 'from the first device')
      await has(second, BOB, 'from the first device')
      await bob.messages.send(await to(bob, ALICE), 'to both devices')
      for (const device of [alice, second]) await has(device, BOB, 'to both devices')
    }
  },
  {
    name: 'group',
    needs: ['groups'],
    async run(people) {
      const [alice, bob] = [there(people.alice), there(people.bob)]
      const group = await alice.groups.create({ name: 'Team', membersOnly: false, invite: [] })
      await alice.messages.send(group.id, 'said before Bob came')
      await until(alice, async () => (await messages(alice, group.jid)).some(({ state }) => state === 'sent' || state === 'delivered'), WAIT_MS)
      const joined = await bob.conversations.start(group.jid, 'group', 'bob')
      await has(bob, group.jid, 'said before Bob came')
      await bob.messages.send(joined.id, 'said by Bob')
      await has(alice, group.jid, 'said by Bob')
    }
  },
  {
    name: 'file',
    needs: ['files'],
    async run(people) {
      const [alice, bob] = [there(people.alice), there(people.bob)]
      await alice.messages.sendAsFile(await to(alice, BOB), 'a file 文件'.repeat(500))
      const failed = async (): Promise<boolean> => (await messages(alice, BOB)).some(({ attachments, state }) => attachments.length > 0 && state === 'failed')
      await until(bob, async () => (await messages(bob, ALICE)).some(({ attachments }) => attachments[0]?.where === 'here') || (await failed()), WAIT_MS)
      if (await failed()) throw new Error('the file failed')
    }
  },
  {
    name: 'restart with a queued message',
    needs: [],
    async run(people) {
      const [alice, bob] = [there(people.alice), there(people.bob)]
      await alice.disconnect()
      await alice.messages.send(await to(alice, BOB), 'written offline')
      const profile = people.engines.get(alice) ?? ''
      people.engines.delete(alice)
      await alice.close()
      people.alice = await openEngine(profile)
      people.engines.set(people.alice, profile)
      await people.alice.connect()
      await has(bob, ALICE, 'written offline')
      await until(
        people.alice,
        async () =>
          (await messages(there(people.alice), BOB)).some(({ text, state }) => text === 'written offline' && (state === 'sent' || state === 'delivered')),
        WAIT_MS
      )
      const count = (await texts(bob, ALICE)).filter((text) => text === 'written offline').length
      if (count !== 1) throw new Error(`it arrived ${count} times`)
    }
  },
  {
    name: 'account deleted meanwhile',
    needs: [],
    async run(people) {
      const alice = there(people.alice)
      const before = (await texts(alice, BOB)).length
      const remover = await remove(people.settings('alice'))
      const gone = until(alice, () => Promise.resolve(alice.connection.status === 'waiting' && alice.connection.retryAt === null && alice.connection), WAIT_MS)
      const state = await gone.finally(() => remover.stop())
      if (state.problem !== 'wrong-password') throw new SignInFailed(state.problem, state.detail)
      if ((await texts(alice, BOB)).length !== before) throw new Error('messages are gone')
    }
  }
]

/** Asks the server to delete the account (XEP-0077 section 3.2); it need not answer. The returned connection must be stopped. */
async function remove(account: AccountSettings): Promise<Connection> {
  const connection = new Connection(account)
  const ready = new Promise<void>((resolve) => connection.once('ready', () => resolve()))
  connection.start()
  await ready
  connection.request(xml('iq', { type: 'set', to: DOMAIN }, xml('query', { xmlns: 'jabber:iq:register' }, xml('remove'))), WAIT_MS).catch(() => undefined)
  return connection
}

const sentences = (group: 'problem' | 'refusal' | 'shortage'): Record<string, string> => en[group]

/** Sentence that the user is shown for a failed job; null if there is none. */
export async function told({ needs }: Job, people: People, error: unknown): Promise<string | null> {
  if (error instanceof SignInFailed) return (sentences('problem')[error.problem] ?? '').replace('{detail}', error.detail) || null
  if (error instanceof JoinError || isRefusal(error)) return sentences('refusal')[error.condition] ?? null
  if (error instanceof EngineError && error.code === 'not-found') return en.group.noService
  for (const engine of [people.alice, people.bob]) {
    const group = (await engine?.store.read.conversations())?.find(({ kind, nick }) => kind === 'group' && nick !== null)
    const members = group === undefined ? undefined : await engine?.groups.inside(group.id, (groups, jid) => groups.members(jid)).catch(() => undefined)
    if (needs.includes('groups') && members?.archived === false) return en.group.noArchive
    if (engine === null) continue
    const shortage = engine.accounts.list.flatMap(({ shortages }) => shortages).find((one) => needs.includes(one))
    if (shortage !== undefined) return sentences('shortage')[shortage] ?? null
    const failure = (await messages(engine, engine === people.alice ? BOB : ALICE)).findLast(({ outgoing, state }) => outgoing && state === 'failed')
    if (failure?.error !== undefined && failure.error !== null) return sentences('refusal')[failure.error] ?? failure.error
    if (engine.connection.status === 'waiting') return (sentences('problem')[engine.connection.problem] ?? '').replace('{detail}', engine.connection.detail)
  }
  return null
}
