/** Signing in to real servers with each of their mechanisms, what is remembered of it, and man-in-the-middle attacks. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import type { AccountSettings, ConnectionState, Jid } from '../../src/contract/domain.ts'
import { Connection } from '../../src/engine/xmpp/stream/connection.ts'
import type { SignInOptions, SignInToken } from '../../src/engine/xmpp/stream/sasl/sign-in.ts'
import { DOMAIN, startProsody, type Kind, type Prosody } from '../../src/demo/prosody.ts'
import { hasEjabberd, startEjabberd, type EjabberdKind } from '../support/ejabberd.ts'
import { hostileServer } from '../support/hostile-server.ts'
import { Devices, messages, MODERN, online, openEngine, SERVER, startServer, until } from '../support/server.ts'

const PERSONS = [
  { user: 'alice', password: 'alice-secret', roster: {} },
  { user: '小明', password: '密码 ñ🔑', roster: {} }
]
/** tls-exporter of XEP-0440 on Prosody 0.12, see mod_mnemo_binding. */
const BINDING = { names: ['mnemo_binding'], folder: join(import.meta.dirname, '../support/prosody') }
const MODERN_BINDING = { names: ['mnemo_binding', ...MODERN.modules!.names], folder: BINDING.folder }
const ONLY = (...names: string[]): string =>
  `disable_sasl_mechanisms = { ${['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS']
    .filter((name) => !names.includes(name))
    .map((name) => `"${name}"`)
    .join(', ')} }`
const OLD_TLS = 'ssl = { protocol = "tlsv1_2" }'

const ends: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mnemo-sign-in-'))
  ends.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function prosody(kind: Kind, at = folder(), port?: number): Promise<Prosody> {
  const server = await startProsody(at, PERSONS, { ...kind, ...(port === undefined ? {} : { port }) })
  ends.push(() => server.stop())
  return server
}

const settings = (server: Prosody, user = 'alice'): AccountSettings => ({
  jid: `${user}@${DOMAIN}` as Jid,
  password: PERSONS.find((person) => person.user === user)?.password ?? '',
  host: '127.0.0.1',
  port: server.port,
  security: 'starttls',
  proxy: null,
  trustedFingerprint: server.fingerprint
})

interface Outcome {
  status: string
  /** Mechanism of an open connection. */
  mechanism: string | null
  token: SignInToken | null
}

/** Signs in, and out again. */
async function attempt(account: AccountSettings, options: SignInOptions = {}): Promise<Outcome> {
  const connection = new Connection(account, options)
  let mechanism: string | null = null
  let token: SignInToken | null = options.token ?? null
  connection.on('pin', (pin) => (mechanism = pin.mechanism))
  connection.on('token', (fresh) => (token = fresh))
  const { promise, resolve } = Promise.withResolvers<ConnectionState>()
  connection.on('ready', () => resolve({ status: 'online' }))
  connection.on('state', (state) => {
    if (state.status === 'waiting') resolve(state)
  })
  connection.start()
  const state = await promise
  await connection.stop()
  return { status: state.status === 'waiting' ? state.problem : 'in', mechanism, token }
}

test.each([
  ['SCRAM-SHA-256', { settings: ONLY('SCRAM-SHA-256') }],
  ['SCRAM-SHA-1', { settings: ONLY('SCRAM-SHA-1') }],
  ['PLAIN', { settings: ONLY('PLAIN') }],
  ['SCRAM-SHA-256', {}],
  ['SCRAM-SHA-1', { settings: 'authentication = "internal_hashed"' }],
  ['SCRAM-SHA-256-PLUS', { settings: OLD_TLS }],
  ['SCRAM-SHA-1-PLUS', { settings: `${OLD_TLS}\n${ONLY('SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS')}` }],
  ['SCRAM-SHA-256-PLUS', { modules: BINDING }],
  ['SCRAM-SHA-256-PLUS', { modules: BINDING, settings: 'mnemo_prove_offer = true' }],
  ['SCRAM-SHA-256', { modules: MODERN.modules! }],
  ['SCRAM-SHA-256-PLUS', { modules: MODERN_BINDING }],
  ['SCRAM-SHA-256-PLUS', { modules: MODERN_BINDING, settings: 'mnemo_prove_offer = true' }],
  // its second profile cannot bind, its first can: the client must not claim that the server cannot
  ['SCRAM-SHA-256', { modules: MODERN.modules!, settings: OLD_TLS }]
] as [string, Kind][])('Prosody: %s of %j', async (mechanism, kind) => {
  const server = await prosody(kind)
  expect(await attempt(settings(server))).toMatchObject({ status: 'in', mechanism })
  expect(await attempt(settings(server, '小明'))).toMatchObject({ status: 'in', mechanism })
  expect(await attempt({ ...settings(server), password: 'alice-secre' })).toMatchObject({ status: 'wrong-password', mechanism: null })
})

describe.skipIf(!hasEjabberd())('ejabberd', () => {
  const only = (...names: string[]): EjabberdKind => ({
    settings: `disable_sasl_mechanisms: [X-OAUTH2, ${['PLAIN', 'DIGEST-MD5', ...['1', '256', '512'].flatMap((size) => [`SCRAM-SHA-${size}`, `SCRAM-SHA-${size}-PLUS`])].filter((name) => !names.includes(name)).join(', ')}]`
  })
  const OLD = { listener: ', protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1, no_tlsv1_3]' }
  test.each([
    ['SCRAM-SHA-512', only('SCRAM-SHA-512')],
    ['SCRAM-SHA-256', only('SCRAM-SHA-256')],
    ['SCRAM-SHA-1', only('SCRAM-SHA-1', 'DIGEST-MD5')],
    ['PLAIN', only('PLAIN', 'DIGEST-MD5')],
    ['SCRAM-SHA-512-PLUS', OLD],
    ['SCRAM-SHA-256-PLUS', { ...OLD, ...only('SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS') }],
    ['SCRAM-SHA-512', {}]
  ] as [string, EjabberdKind][])('%s of %j', async (mechanism, kind) => {
    const server = await startEjabberd(folder(), PERSONS, kind)
    ends.push(() => server.stop())
    expect(await attempt(settings(server))).toMatchObject({ status: 'in', mechanism })
    expect(await attempt({ ...settings(server), port: server.tlsPort, security: 'direct-tls' })).toMatchObject({ status: 'in', mechanism })
    expect((await attempt({ ...settings(server), security: 'websocket', host: `wss://localhost:${server.webPort}/ws`, port: null })).status).toBe('in')
    expect(await attempt({ ...settings(server), password: 'alice-secre' })).toMatchObject({ status: 'wrong-password', mechanism: null })
  })
})

describe('less than the last time', () => {
  test('a password that was sent hashed is never sent in plain, even if the user has just typed it', async () => {
    const at = folder()
    const server = await prosody({ settings: ONLY('SCRAM-SHA-256', 'PLAIN') }, at)
    const { mechanism } = await attempt(settings(server))
    expect(mechanism).toBe('SCRAM-SHA-256')
    await server.stop()
    const plain = await prosody({ settings: `${ONLY('PLAIN')}\nlog = { debug = "${at}/debug.log" }` }, at, server.port)
    const pin = { mechanism: 'SCRAM-SHA-256', binding: null, security: 'starttls' } as const
    expect(await attempt(settings(plain), { pin })).toMatchObject({ status: 'password-in-plain' })
    expect(await attempt(settings(plain), { pin, mayBeWeaker: true })).toMatchObject({ status: 'password-in-plain' })
    expect(await attempt(settings(plain), { pin: { ...pin, mechanism: 'PLAIN' } })).toMatchObject({ status: 'in', mechanism: 'PLAIN' })
    expect(readFileSync(`${at}/debug.log`, 'utf8').match(/Received\[c2s_unauthed\]: <auth /g)).toHaveLength(1)
  })

  test('weaker mechanisms are refused until the user types the password, or the server proves its offer (XEP-0474)', async () => {
    const pin = { mechanism: 'SCRAM-SHA-256-PLUS', binding: 'tls-exporter', security: 'starttls' } as const
    const weaker = await prosody({ settings: ONLY('SCRAM-SHA-1', 'SCRAM-SHA-256', 'PLAIN') })
    expect(await attempt(settings(weaker), { pin })).toMatchObject({ status: 'weaker-sign-in' })
    expect(await attempt(settings(weaker), { pin, mayBeWeaker: true })).toMatchObject({ status: 'in', mechanism: 'SCRAM-SHA-256' })
    // another transport, whose TLS may end elsewhere
    expect(await attempt(settings(weaker), { pin: { ...pin, security: 'websocket' } })).toMatchObject({ status: 'in', mechanism: 'SCRAM-SHA-256' })
    const proven = await prosody({ modules: BINDING, settings: `${ONLY('SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS', 'PLAIN')}\nmnemo_prove_offer = true` })
    expect(await attempt(settings(proven), { pin })).toMatchObject({ status: 'in', mechanism: 'SCRAM-SHA-1-PLUS' })
  })

  test('a server without a known mechanism', async () => {
    const hostile = await hostileServer()
    ends.push(() => hostile.close())
    hostile.offer = 'DIGEST-MD5'
    expect(await attempt(hostile.settings)).toMatchObject({ status: 'no-sign-in' })
  })
})

/** Attacker with the server's certificate and key in the middle, who may change the text passed to the client. */
async function manBetween(server: Prosody, change: (text: string) => string): Promise<{ port: number; heard(): string }> {
  let heard = ''
  const pem = (name: string): string => readFileSync(join(server.folder, `${DOMAIN}.${name}`), 'utf8')
  const middle = createServer({ key: pem('key'), cert: pem('crt'), ALPNProtocols: ['xmpp-client'] }, (client) => {
    const behind: TLSSocket = connectTls({
      host: '127.0.0.1',
      port: server.tlsPort,
      servername: DOMAIN,
      rejectUnauthorized: false,
      ALPNProtocols: ['xmpp-client']
    })
    client.on('data', (data: Buffer) => {
      heard += data.toString()
      behind.write(data)
    })
    behind.on('data', (data: Buffer) => client.write(change(data.toString())))
    for (const [one, other] of [
      [client, behind],
      [behind, client]
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => middle.listen(0, '127.0.0.1', resolve))
  ends.push(() => void middle.close())
  const address = middle.address()
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, heard: () => heard }
}

test('a man in the middle with the server’s own key fails against channel binding, whatever is changed', async () => {
  const server = await prosody({ modules: MODERN_BINDING, settings: 'mnemo_prove_offer = true' })
  const through = async (change: (text: string) => string, options: SignInOptions = {}): Promise<string> => {
    const middle = await manBetween(server, change)
    return (await attempt({ ...settings(server), port: middle.port, security: 'direct-tls' }, options)).status
  }
  expect(await through((text) => text)).not.toBe('in')
  // the server offers binding, and the attacker makes the client believe that it does not
  expect(await through((text) => text.replace(/<mechanism>SCRAM-SHA-\d+-PLUS<\/mechanism>/g, ''))).toBe('offer-changed')
  expect(await through((text) => text.replace("'tls-exporter'", "'tls-something'"))).toBe('offer-changed')
  expect(await through((text) => text.replace("'tls-exporter'", "'tls-server-end-point'"))).not.toBe('in')
  const pin = { mechanism: 'SCRAM-SHA-256-PLUS', binding: 'tls-exporter', security: 'direct-tls' } as const
  expect(await through((text) => text.replace(/<mechanism>SCRAM[^<]*<\/mechanism>/g, ''), { pin })).toBe('password-in-plain')
  expect(await through((text) => text.replace(/,h=[^,]*/, ''), { pin })).not.toBe('in')
})

test('a token is bound to the channel, works once more, and is useless after its revocation (XEP-0484)', async () => {
  const server = await prosody({ modules: MODERN_BINDING })
  const account = settings(server)
  const device = '5b0f6d3e-6d6f-4c0f-9b53-0b7c4a3a9c01'
  const first = await attempt(account, { device })
  expect(first).toMatchObject({ status: 'in', mechanism: 'SCRAM-SHA-256-PLUS', token: { mechanism: 'HT-SHA-256-EXPR' } })
  const withToken = { ...account, password: 'not the password' }
  const { token } = first
  expect(await attempt(withToken, { device, token })).toMatchObject({ status: 'in', mechanism: null })
  // a stolen token through a man in the middle
  const middle = await manBetween(server, (text) => text)
  expect((await attempt({ ...withToken, port: middle.port, security: 'direct-tls' }, { device, token })).status).not.toBe('in')
  expect(await attempt(withToken, { device, token, revoke: true })).toMatchObject({ status: 'in' })
  const last = await attempt(withToken, { device, token })
  expect(last.status).not.toBe('in')
  expect(last.token).toBeNull()
})

test('a server that accepts the sign-in unasked, or without proof, is refused', async () => {
  const server = await hostileServer()
  ends.push(() => server.close())
  for (const [offer, answers] of [
    ['SCRAM-SHA-256', { auth: `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>` }],
    ['SCRAM-SHA-256', { auth: `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${Buffer.from('v=AAAA').toString('base64')}</success>` }],
    [null, {}]
  ] as const) {
    server.offer = offer
    server.answers = answers
    expect(await attempt(server.settings), JSON.stringify([offer, answers])).toMatchObject({ status: 'not-the-server', mechanism: null })
  }
})

describe('an account', () => {
  const device = new Devices()
  afterEach(() => device.end())

  test('a second sign-in with a typo does not change the working account, even if a token would suffice', async () => {
    const server = await startServer(MODERN)
    ends.push(() => server.stop())
    const alice = await device.signIn(server, 'alice')
    const { jid } = server.settings('alice')
    const bob = await device.signIn(server, 'bob')
    for (const wrong of [{ password: 'alice-secre' }, { port: server.webPort }]) {
      const state = await alice.signIn({ ...server.settings('alice'), ...wrong })
      expect(state.status).toBe('waiting')
      expect(alice.accounts.state(jid)).toMatchObject({ status: 'online' })
    }
    expect(await alice.store.read.accounts()).toMatchObject([server.settings('alice')])
    const to = await bob.conversations.start(jid, 'direct', null)
    await bob.messages.send(to.id, 'still there')
    await until(alice, async () => (await messages(alice, 'bob@localhost')).some(({ text }) => text === 'still there'))
    // and with the right password it is signed in again
    expect(await alice.signIn(server.settings('alice'))).toMatchObject({ status: expect.stringMatching(/^(catching-up|online)$/) })
  })

  test.skipIf(SERVER === 'ejabberd')('signing out invalidates the token at the server and forgets the mechanism', async () => {
    const server = await startServer(MODERN)
    ends.push(() => server.stop())
    const alice = await device.signIn(server, 'alice')
    const remembered = async (name: string): Promise<unknown> => JSON.parse((await alice.store.read.remembered(name)) ?? 'null')
    const token = await until(alice, async () => (await remembered('sign-in:alice@localhost')) as SignInToken | null)
    await until(alice, () => remembered('sign-in-pin:alice@localhost'))
    const id = (await remembered('device')) as string
    const stolen = { ...server.settings('alice'), password: 'unknown' }
    expect((await attempt(stolen, { device: id, token })).status).toBe('in')
    await alice.signOut('alice@localhost' as Jid)
    expect(await remembered('sign-in:alice@localhost')).toBeNull()
    expect(await remembered('sign-in-pin:alice@localhost')).toBeNull()
    expect((await attempt(stolen, { device: id, token })).status).not.toBe('in')
  })

  test('a retyped password is stored only once it works', async () => {
    const server = await startServer()
    ends.push(() => server.stop())
    const alice = await device.signIn(server, 'alice')
    const { jid } = server.settings('alice')
    await alice.accounts.reconnect(jid, { trustFingerprint: null, password: 'a typo' })
    await until(alice, () => Promise.resolve(alice.connection.status === 'waiting' && alice.connection.problem === 'wrong-password'))
    expect(await alice.store.read.accounts()).toMatchObject([{ password: 'alice-secret' }])
    await alice.accounts.reconnect(jid, { trustFingerprint: null, password: 'alice-secret' })
    await online(alice)
    expect(await alice.store.read.accounts()).toMatchObject([{ password: 'alice-secret' }])
  })

  test("the server's offer is remembered across a restart", async () => {
    const at = folder()
    const server = await prosody({ settings: ONLY('SCRAM-SHA-256') }, at)
    const profile = folder()
    let alice = await openEngine(profile)
    await alice.signIn(settings(server))
    await online(alice)
    await alice.close()
    await server.stop()
    const plain = await prosody({ settings: ONLY('PLAIN') }, at, server.port)
    alice = await openEngine(profile)
    ends.push(() => alice.close())
    await alice.connect()
    await until(alice, () => Promise.resolve(alice.connection.status === 'waiting' && alice.connection.problem === 'password-in-plain'))
    // signing out and in again is the user's decision
    await alice.signOut('alice@localhost' as Jid)
    await alice.signIn(settings(plain))
    await online(alice)
  })
})
