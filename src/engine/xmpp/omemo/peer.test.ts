/**
 * Sessions with implementations that share no code with ours, in both directions: bundles, X3DH, ratchet, message format, payload. python3-oldmemo and
 * python3-twomemo (`urn:xmpp:omemo:2`) are written from the specifications, python3-axolotl (Gajim) descends from libsignal.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import parse from '@xmpp/xml/lib/parse.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../../../test/support/files.ts'
import { identity, keyPair } from './curve.ts'
import { bundleElement, decodeBundle, decodeEnvelope, envelopeElement } from './elements.ts'
import { openContent, openPayload, sealContent, sealPayload } from './payload.ts'
import { receive, send, type Sessions } from './sessions.ts'
import type { Version } from './version.ts'
import { announcedKey, begin, signPreKey, type Bundle, type OwnKeys } from './x3dh.ts'

const PACKAGES = '/usr/lib/python3/dist-packages'
const PEERS = [
  { name: 'python3-oldmemo', version: 'axolotl', program: 'omemo_peer.py', there: ['oldmemo', 'xmlschema'].every((name) => existsSync(`${PACKAGES}/${name}`)) },
  { name: 'python3-twomemo', version: 'omemo:2', program: 'omemo_peer.py', there: ['twomemo', 'xmlschema'].every((name) => existsSync(`${PACKAGES}/${name}`)) },
  { name: 'python3-axolotl', version: 'axolotl', program: 'axolotl_peer.py', there: existsSync(`${PACKAGES}/axolotl`) }
] as const
const OWN_DEVICE = 4711
const PEER = 'bob@localhost'

interface Answer {
  device?: number
  bundle?: string
  message?: string
  text?: string | null
  refused?: string
  detail?: string
  sent?: { to: string; message: string }[]
}

let version: Version = 'axolotl'
let ask: (command: object) => Promise<Answer>
let peer: { device: number; bundle: Bundle }
/** Used prekeys of the peer: each session takes another one. */
let taken = 0

/** Device of ours with its published bundle. */
function device(): { keys: OwnKeys & { preKeys: Map<number, ReturnType<typeof keyPair>> }; bundle: Bundle } {
  const own = identity()
  const signed = keyPair()
  const preKeys = new Map(Array.from({ length: 100 }, (_, i) => [i + 1, keyPair()]))
  const keys = { identity: own, preKeys, signedPreKey: (id: number) => (id === 1 ? signed : undefined), preKey: (id: number) => preKeys.get(id) }
  const bundle = {
    version,
    identityKey: announcedKey(version, own),
    signedPreKey: { id: 1, key: signed.public, signature: signPreKey(version, own, signed.public) },
    preKeys: [...preKeys].map(([id, pair]) => ({ id, key: pair.public }))
  }
  return { keys, bundle }
}

/** Device of ours with its own account, in conversation with the peer. */
class Talk {
  readonly jid: string
  readonly device = device()
  sessions: Sessions = []
  constructor(jid: string) {
    this.jid = jid
  }
  publish(): Promise<Answer> {
    return ask({ publish: this.jid, device: OWN_DEVICE, bundle: bundleElement(this.device.bundle).toString() })
  }
  write(text: string): string {
    if (this.sessions.length === 0) this.sessions = [begin(this.device.keys.identity, { ...peer.bundle, preKeys: peer.bundle.preKeys.slice(taken, ++taken) })]
    const { key, ...payload } = version === 'axolotl' ? sealPayload(text) : sealContent(text)
    const { sessions, message } = send(this.sessions, OWN_DEVICE, key)
    this.sessions = sessions
    return envelopeElement(version, { deviceId: OWN_DEVICE, keys: [{ jid: PEER, device: peer.device, message }], payload }, payload.iv).toString()
  }
  read(message: string): string | null {
    const envelope = decodeEnvelope(version, parse(message.replaceAll('ns0:', '').replace('xmlns:ns0', 'xmlns')), this.jid)
    const key = envelope.keys.get(OWN_DEVICE)
    if (key === undefined) throw new Error('no key for this device')
    const { sessions, plaintext, usedPreKeyId } = receive(version, this.sessions, this.device.keys, key)
    this.sessions = sessions
    if (usedPreKeyId !== null) this.device.keys.preKeys.delete(usedPreKeyId)
    return envelope.payload === null ? null : (version === 'axolotl' ? openPayload : openContent)(envelope.payload, plaintext)
  }
}
const deliver = (talk: Talk, message: string): Promise<Answer> => ask({ decrypt: message, from: talk.jid })

for (const { name, version: spoken, program, there } of PEERS)
  describe.skipIf(!there)(name, () => {
    let child: ChildProcess
    beforeAll(async () => {
      version = spoken
      taken = 0
      const started = spawn('/usr/bin/python3', [join(ROOT, 'test/support', program), PEER, version], { stdio: ['pipe', 'pipe', 'ignore'] })
      child = started
      const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
      const next = async (): Promise<Answer> => JSON.parse((await lines.next()).value ?? '{}') as Answer
      ask = (command) => {
        started.stdin.write(`${JSON.stringify(command)}\n`)
        return next()
      }
      const { device = 0, bundle = '' } = await next()
      peer = { device, bundle: decodeBundle(version, parse(bundle.replaceAll('ns0:', '').replace('xmlns:ns0', 'xmlns'))) }
    })
    afterAll(() => child.kill())

    test("the peer's bundle holds: its prekey is signed by its identity", () => {
      expect(peer.bundle.preKeys).toHaveLength(100)
      expect(begin(identity(), peer.bundle).opening).not.toBeNull()
    })

    test('we begin, and turns of both follow, late and doubled ones among them', async () => {
      const alice = new Talk('alice@localhost')
      await alice.publish()
      expect(await deliver(alice, alice.write('你好 👋'))).toMatchObject({ text: '你好 👋' })
      for (let turn = 0; turn < 5; turn++) {
        const fromPeer: string[] = []
        for (let i = 0; i < 4; i++) fromPeer.push((await ask({ encrypt: `theirs ${turn}.${i}`, to: alice.jid })).message ?? '')
        expect([3, 0, 2, 1].map((i) => alice.read(fromPeer[i] ?? ''))).toEqual([3, 0, 2, 1].map((i) => `theirs ${turn}.${i}`))
        expect(() => alice.read(fromPeer[2] ?? '')).toThrow(expect.objectContaining({ code: 'used' }))
        const ours = Array.from({ length: 4 }, (_, i) => alice.write(`ours ${turn}.${i}`))
        for (const i of [2, 0, 3, 1]) expect(await deliver(alice, ours[i] ?? '')).toMatchObject({ text: `ours ${turn}.${i}` })
        expect((await deliver(alice, ours[0] ?? '')).refused).toBeDefined()
      }
    })

    test('a message of ours from the turn before arrives after its successors', async () => {
      const dave = new Talk('dave@localhost')
      await dave.publish()
      expect(await deliver(dave, dave.write('first'))).toMatchObject({ text: 'first' })
      dave.read((await ask({ encrypt: 'answer', to: dave.jid })).message ?? '')
      const inTime = dave.write('in time')
      const late = dave.write('late')
      await deliver(dave, inTime)
      dave.read((await ask({ encrypt: 'another', to: dave.jid })).message ?? '')
      expect(await deliver(dave, dave.write('next turn'))).toMatchObject({ text: 'next turn' })
      expect(await deliver(dave, late)).toMatchObject({ text: 'late' })
    })

    test('the peer starts; each prekey opens only one session', async () => {
      const carol = new Talk('carol@localhost')
      await carol.publish()
      const first = (await ask({ encrypt: 'from the peer', to: carol.jid })).message ?? ''
      const second = (await ask({ encrypt: 'before an answer', to: carol.jid })).message ?? ''
      expect(carol.read(second)).toBe('before an answer')
      expect(carol.read(first)).toBe('from the peer')
      expect(carol.device.keys.preKeys.size).toBe(99)
      expect(() => carol.read(first)).toThrow(expect.objectContaining({ code: 'used' }))
      expect(await deliver(carol, carol.write('an answer'))).toMatchObject({ text: 'an answer' })
      carol.sessions = []
      expect(() => carol.read(first)).toThrow(expect.objectContaining({ code: 'no-key' }))
    })

    test('a bundle of ours with a false signature is refused by the peer', async () => {
      const eve = new Talk('eve@localhost')
      eve.device.bundle.signedPreKey.signature.writeUInt8(eve.device.bundle.signedPreKey.signature.readUInt8(3) ^ 1, 3)
      await eve.publish()
      expect((await ask({ encrypt: 'never', to: eve.jid })).message).toBeUndefined()
    })
  })
