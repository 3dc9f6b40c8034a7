/** A Prosody for each test file, and engines that sign in to it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccountSettings, ConversationId, Jid, Message } from '../../src/contract/domain.ts'
import { Engine, type EngineOptions } from '../../src/engine/engine.ts'
import type { Log } from '../../src/engine/log.ts'
import { DOMAIN, startProsody, type Kind, type Ports, type Prosody } from '../../src/demo/prosody.ts'
import { startEjabberd } from './ejabberd.ts'
import { beginStore, storeFiles, TRANSFER_WORKER, WORKER } from './files.ts'
import { STORE_IN_PROCESS, TRANSFER_IN_PROCESS } from './in-process.ts'

export interface TestServer extends Prosody {
  settings(user: string): AccountSettings
  restart(): Promise<void>
}

export const USERS = ['alice', 'bob', 'carol']

/** SASL2 and FAST (XEP-0388, 0484) of Debian's prosody-modules, and WebSockets announced by XEP-0156. */
export const MODERN: Kind = { modules: { names: ['mnemo_test', 'sasl2', 'sasl2_fast'], folder: join(import.meta.dirname, 'prosody') } }

/** Server kind of the tests: prosody, or ejabberd if Debian's is installed. */
export const SERVER = process.env['MNEMO_TEST_SERVER'] ?? 'prosody'

export interface ServerOptions extends Kind {
  /** People without any roster contacts. */
  strangers?: string[]
  /** Further people, who all know each other and the usual ones. */
  friends?: string[]
}

export async function startServer({ strangers = [], friends = [], ...kind }: ServerOptions = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mnemo-prosody-'))
  const known = [...USERS, ...friends]
  const persons = known.map((user) => ({
    user,
    password: `${user}-secret`,
    roster: Object.fromEntries(known.filter((other) => other !== user).map((other) => [`${other}@${DOMAIN}`, `${other[0]?.toUpperCase()}${other.slice(1)}`]))
  }))
  for (const user of strangers) persons.push({ user, password: `${user}-secret`, roster: {} })
  const start = (ports: Partial<Ports>): Promise<Prosody> =>
    SERVER === 'ejabberd'
      ? startEjabberd(folder, persons, { ...ports, ...(kind.large === undefined ? {} : { large: kind.large }) })
      : startProsody(folder, persons, { ...ports, ...kind })
  let server = await start({})
  return {
    ...server,
    settings: (user) => ({
      jid: `${user}@${DOMAIN}` as Jid,
      password: `${user}-secret`,
      host: '127.0.0.1',
      port: server.port,
      security: 'starttls',
      proxy: null,
      trustedFingerprint: server.fingerprint
    }),
    async restart() {
      server = await start({ port: server.port, tlsPort: server.tlsPort, webPort: server.webPort })
    },
    async stop() {
      await server.stop()
    }
  }
}

export interface TestFolder {
  path: string
  remove(): void
}

export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'mnemo-engine-'))
  // if tests run as root, the app runs as another user, and both read and write the test's files here
  if (process.getuid?.() === 0) chmodSync(path, 0o777)
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) }
}

type Threads = Pick<EngineOptions, 'worker' | 'transferWorker'>
const OWN_THREADS: Threads = { worker: WORKER, transferWorker: TRANSFER_WORKER }
/** Threads for tests of one engine: none is started. */
export const IN_PROCESS: Threads = { worker: STORE_IN_PROCESS, transferWorker: TRANSFER_IN_PROCESS }

/** `secret`: encrypts automatically; otherwise messages are readable in transit, and for a device that signs in later. */
export async function openEngine(profile: string, log?: Log, secret = false, threads = OWN_THREADS): Promise<Engine> {
  beginStore(profile)
  const engine = await Engine.open({
    profile,
    ...(log === undefined ? {} : { log }),
    ...threads,
    extension: storeFiles(profile).extension,
    dictionary: storeFiles(profile).dictionary
  })
  await engine.store.write.changeSettings({ autoEncrypt: secret })
  return engine
}

/** Devices of one test: each is an engine with its own profile, signed in. */
export class Devices {
  readonly folders: TestFolder[] = []
  readonly engines: Engine[] = []

  /** `secret`: as in openEngine. */
  async signIn(server: TestServer, user: string, secret = false): Promise<Engine> {
    const folder = testFolder()
    this.folders.push(folder)
    const engine = await openEngine(folder.path, undefined, secret)
    this.engines.push(engine)
    await engine.signIn(server.settings(user))
    await online(engine)
    return engine
  }

  /** Ends an engine and opens its profile again, not connected. */
  async again(engine: Engine, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<Engine> {
    const at = this.engines.indexOf(engine)
    const { autoEncrypt } = await engine.store.read.settings()
    await engine.close()
    await meanwhile()
    const next = await openEngine(this.folders[at]?.path ?? '', undefined, autoEncrypt)
    this.engines[at] = next
    return next
  }

  async end(): Promise<void> {
    for (const engine of this.engines) await engine.close()
    for (const folder of this.folders) folder.remove()
  }
}

/** Waits for a condition that a change of the engine can bring about; checks it again at each change. */
export async function until<T>(engine: Engine, look: () => Promise<T | null | undefined | false>, ms = 240_000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const value = await look()
    if (value !== null && value !== undefined && value !== false) return value
    if (Date.now() > deadline) throw new Error('the condition was not met in time')
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        engine.removeListener('changes', done)
        engine.live.removeListener('change', done)
        resolve()
      }
      const timer = setTimeout(done, 500)
      engine.on('changes', done)
      engine.live.on('change', done)
    })
  }
}

export const online = (engine: Engine): Promise<true> => until(engine, () => Promise.resolve(engine.connection.status === 'online' && true))

export async function texts(engine: Engine, jid: string): Promise<string[]> {
  return (await messages(engine, jid)).map((message) => message.text)
}

export async function messages(engine: Engine, jid: string): Promise<Message[]> {
  const conversation = await engine.store.read.conversationByJid(jid)
  if (conversation === null) return []
  const all: Message[] = []
  let anchor: Parameters<Engine['store']['read']['page']>[0]['anchor'] = { kind: 'newest' }
  for (;;) {
    const page = await engine.store.read.page({ conversation: conversation.id as ConversationId, anchor, limit: 200 })
    all.unshift(...page.messages)
    const first = page.messages[0]
    if (!page.hasOlder || first === undefined) return all
    anchor = { kind: 'before', id: first.id }
  }
}
