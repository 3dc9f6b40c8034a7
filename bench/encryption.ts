/** End-to-end encryption: messages sealed and opened on the store, a first message to a new device, an archive caught up; beside python3-omemo. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import type { Jid } from '../src/contract/domain.ts'
import { identity, keyPair } from '../src/engine/xmpp/omemo/curve.ts'
import { bundleElement, decodeBundle, NAMESPACES } from '../src/engine/xmpp/omemo/elements.ts'
import { buffers } from '../src/engine/xmpp/omemo/sealed.ts'
import { VERSIONS, type Version } from '../src/engine/xmpp/omemo/version.ts'
import { announcedKey, signPreKey } from '../src/engine/xmpp/omemo/x3dh.ts'
import { encodeMessage } from '../src/engine/xmpp/stanzas/message.ts'
import { Side } from '../test/support/encrypting.ts'
import { corpus, openThreads, ROOT, temporaryFolder } from '../test/support/files.ts'
import { online, openEngine, startServer, testFolder, until } from '../test/support/server.ts'
import { archive, connected, escaped } from './catch-up.ts'
import { ms, percentile, perSecond, table } from './table.ts'

const ALICE = 'alice@localhost' as Jid
const BOB = 'bob@localhost' as Jid
const COUNT = 1000
const DEVICES = 40
const ARCHIVED = Number(process.env['MNEMO_BENCH_COUNT'] ?? 20_000)
/** The namespaces' prefixes that Python writes. */
const plain = (stanza: string): string => stanza.replaceAll('ns0:', '').replace('xmlns:ns0', 'xmlns')

/** A bundle that a session can begin with. */
function strangersBundle(version: Version): string {
  const [own, signed, one] = [identity(), keyPair(), keyPair()]
  return bundleElement({
    version,
    identityKey: announcedKey(version, own),
    signedPreKey: { id: 1, key: signed.public, signature: signPreKey(version, own, signed.public) },
    preKeys: [{ id: 2, key: one.public }]
  }).toString()
}

interface Answer {
  device?: number
  bundle?: string
  message?: string
  text?: string | null
  refused?: string
}
/** python3-oldmemo or python3-twomemo, without a disk. */
async function python(version: Version): Promise<{ device: number; bundle: string; ask(command: object): Promise<Answer>; end(): void }> {
  const child = spawn('/usr/bin/python3', [join(ROOT, 'test/support/omemo_peer.py'), BOB, version], { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<Answer> => JSON.parse(((await lines.next()).value as string | undefined) ?? '{}') as Answer
  const { device = 0, bundle = '' } = await next()
  return {
    device,
    bundle: plain(bundle),
    ask: (command) => {
      child.stdin.write(`${JSON.stringify(command)}\n`)
      return next()
    },
    end: () => void child.kill()
  }
}

async function timed(count: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < count; i++) await work(i)
  return performance.now() - started
}

/** Messages/s of both programs for a number of devices; ms until a first message is sealed. */
async function rates(version: Version, devices: number): Promise<{ sealed: string[]; opened: string[]; first: string[] }> {
  using folders = new DisposableStack()
  const [one, two] = [folders.use(temporaryFolder()), folders.use(temporaryFolder())]
  const texts = corpus()
  const text = (i: number): string => texts[i % texts.length]?.text ?? ''
  const alice = await Side.open(await openThreads(one.path), ALICE, BOB, version)
  const bob = await Side.open(await openThreads(two.path), BOB, ALICE, version)
  await alice.store.write.setDevices({
    account: ALICE,
    jid: BOB,
    version,
    devices: [bob.device, ...Array.from({ length: devices - 1 }, (_, i) => i + 1)].map((id) => ({ id, label: null })),
    time: Date.now()
  })
  const firsts: number[] = []
  const begin = async (device: number, bundle: string): Promise<void> => {
    const started = performance.now()
    await alice.store.write.beginSession({ account: ALICE, jid: BOB, device, bundle: decodeBundle(version, parse(bundle)), time: Date.now() })
    const { devices: all } = await alice.store.write.encryptionTargets({ account: ALICE, jids: [BOB] })
    await alice.seal(
      encodeMessage(BOB, 'direct', { text: 'first', id: randomUUID() }),
      all.filter((to) => to.device === device),
      'first',
      '<envelope/>'
    )
    firsts.push(performance.now() - started)
  }
  for (let i = 1; i < devices; i++) await begin(i, strangersBundle(version))
  await begin(bob.device, bob.bundle)
  await bob.hear(alice.device)
  // sessions are whole
  await bob.read([await alice.write('hello')])
  await alice.read([await bob.write('hello')])
  const stanzas: Element[] = []
  const sealing = await timed(COUNT, async (i) => void stanzas.push(await alice.write(text(i))))
  const opening = await timed(COUNT / 100, (i) => bob.read(stanzas.slice(i * 100, (i + 1) * 100)))
  const read = (await bob.messages()).filter(({ encrypted, unreadable }) => encrypted && unreadable === null).length
  if (read !== COUNT + 1) throw new Error(`${read} of ${COUNT + 1} messages were opened`)

  const peer = await python(version)
  const theirFirsts: number[] = []
  const JOINT = 'joint@localhost'
  for (let i = 1; i < devices; i++) await peer.ask({ publish: JOINT, device: i, bundle: strangersBundle(version) })
  await alice.publish()
  await peer.ask({ publish: JOINT, device: alice.device, bundle: alice.bundle })
  const firstStarted = performance.now()
  await peer.ask({ encrypt: 'first', to: JOINT })
  theirFirsts.push((performance.now() - firstStarted) / devices)
  const rounds = devices === 1 ? COUNT : COUNT / 10
  const theirSealing = await timed(rounds, (i) => peer.ask({ encrypt: text(i), to: JOINT }))
  // the opened message is from a device of ours
  await peer.ask({ publish: ALICE, device: alice.device, bundle: alice.bundle })
  await alice.hear(peer.device)
  await begin(peer.device, peer.bundle)
  const forPeer: string[] = []
  for (let i = 0; i < COUNT; i++) forPeer.push((await alice.write(text(i))).getChild('encrypted', NAMESPACES[version])!.toString())
  let refused = 0
  const theirOpening = await timed(COUNT, async (i) => void ((await peer.ask({ decrypt: forPeer[i], from: ALICE })).refused !== undefined && refused++))
  if (refused > 0) throw new Error(`the peer refused ${refused} messages`)
  peer.end()
  await alice.store.close()
  await bob.store.close()
  return {
    sealed: [perSecond(COUNT, sealing), perSecond(rounds, theirSealing)],
    opened: [perSecond(COUNT, opening), perSecond(COUNT, theirOpening)],
    first: [ms(percentile(firsts, 50)), ms(percentile(theirFirsts, 50))]
  }
}

/** Seconds until an archive of so many is committed and indexed. */
async function caughtUp(secret: boolean): Promise<{ seconds: number; read: number }> {
  const server = await startServer({ large: true })
  using folders = new DisposableStack()
  const own = folders.use(temporaryFolder())
  const folder = testFolder()
  let alice = await openEngine(folder.path, undefined, true)
  await alice.signIn(server.settings('alice'))
  await online(alice)
  const bundles = buffers(await alice.store.write.ownDevice({ account: ALICE, time: Date.now() }))
  const bob = await Side.open(await openThreads(own.path), BOB, ALICE)
  await bob.meet(bundles.device, bundleElement(bundles.bundles[0]!).toString())
  const connection = await connected(server, 'bob')
  const send = async (text: string): Promise<void> => {
    const id = randomUUID()
    const stanza = secret ? await bob.write(text, id) : encodeMessage(ALICE, 'direct', { text, id })
    delete stanza.attrs['from']
    await connection.send(stanza)
  }
  await send('the first one')
  const stored = async (): Promise<number> => (await alice.store.read.stats()).messages
  await until(alice, async () => (await stored()) === 1)
  await connection.stop()
  await alice.close()
  const texts = corpus()
  const text = (i: number): string => texts[i % texts.length]?.text ?? ''
  const sealed: string[] = []
  if (secret) for (let i = 0; i < ARCHIVED; i++) sealed.push((await bob.write(text(i))).getChild('encrypted')!.toString())
  await bob.store.close()
  await archive(server, ARCHIVED, secret ? '<encrypted' : '<body>', (stanza, i) =>
    secret
      ? stanza.replace(/<encrypted .*<\/encrypted>/s, () => sealed[i] ?? '')
      : stanza.replace(/<body>.*<\/body>/s, () => `<body>${escaped(text(i))}</body>`)
  )
  alice = await openEngine(folder.path, undefined, true)
  const started = performance.now()
  await alice.connect()
  await until(alice, async () => (await stored()) >= ARCHIVED + 1, 1_200_000)
  const seconds = (performance.now() - started) / 1000
  const { total } = await alice.store.find.search({ query: secret ? 'is:encrypted' : '-is:encrypted', limit: 1, total: true })
  await alice.close()
  await server.stop()
  folder.remove()
  return { seconds, read: total ?? 0 }
}

export async function encryption(): Promise<void> {
  const rows: (string | number)[][] = []
  for (const version of VERSIONS)
    for (const devices of [1, DEVICES]) {
      const { sealed, opened, first } = await rates(version, devices)
      const of = `${version}, ${devices} device${devices === 1 ? '' : 's'}`
      rows.push([`${of}: Mnemo, on the disk`, sealed[0] ?? '', opened[0] ?? '', first[0] ?? ''])
      rows.push([`${of}: python3-omemo, in memory`, sealed[1] ?? '', opened[1] ?? '', first[1] ?? ''])
    }
  table('Encryption: messages sealed for devices, and opened', ['', 'sealed/s', 'opened/s', 'first message to a new device, ms'], rows)
  const [secret, open] = [await caughtUp(true), await caughtUp(false)]
  table(
    `Encryption: an archive of ${ARCHIVED.toLocaleString('en')} messages from a local Prosody, committed and indexed`,
    ['', 'seconds', 'messages/s', 'read'],
    [
      ['encrypted', secret.seconds.toFixed(1), perSecond(ARCHIVED, secret.seconds * 1000), secret.read],
      ['peer: the same in plain', open.seconds.toFixed(1), perSecond(ARCHIVED, open.seconds * 1000), open.read]
    ]
  )
}
