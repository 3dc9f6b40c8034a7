/** Fuzzing of every decoder of end-to-end encryption: each input is decoded or refused with an OmemoRefusal, in bounded time. */
import { randomBytes } from 'node:crypto'
import { xml } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import type { Jid } from '../../src/contract/domain.ts'
import { identity, keyPair } from '../../src/engine/xmpp/omemo/curve.ts'
import { bundleElement, decodeBundle, decodeDeviceList, decodeEnvelope, deviceList, envelopeElement } from '../../src/engine/xmpp/omemo/elements.ts'
import { FORMATS } from '../../src/engine/xmpp/omemo/format.ts'
import { mediaAddress, newMediaKey, openName, parseMediaAddress, sealedName } from '../../src/engine/xmpp/omemo/media.ts'
import { openContent, openPayload, sealContent, sealPayload } from '../../src/engine/xmpp/omemo/payload.ts'
import { OmemoRefusal } from '../../src/engine/xmpp/omemo/refusal.ts'
import { receive, send, type Sessions } from '../../src/engine/xmpp/omemo/sessions.ts'
import { VERSIONS, type Version } from '../../src/engine/xmpp/omemo/version.ts'
import { announcedKey, begin, signPreKey, type Bundle, type OwnKeys } from '../../src/engine/xmpp/omemo/x3dh.ts'
import { encryptionOf, sealedOf } from '../../src/engine/xmpp/stanzas/encryption.ts'
import { envelope } from '../../src/engine/xmpp/stanzas/envelope.ts'
import { decodeContent, decodeMessage } from '../../src/engine/xmpp/stanzas/message.ts'

/** Random numbers from 0 to `below` - 1, the same for the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const OWN = 'me@example.org' as Jid
const BOB = 'bob@example.org' as Jid
const OWN_DEVICE = 4711

interface Target {
  name: string
  /** Valid inputs, as clients write them. */
  seeds: Buffer[]
  run(bytes: Buffer): unknown
}

function targetsOf(version: Version): Target[] {
  const [alice, bob] = [identity(), identity()]
  const [signed, one] = [keyPair(), keyPair()]
  const bundle: Bundle = {
    version,
    identityKey: announcedKey(version, bob),
    signedPreKey: { id: 1, key: signed.public, signature: signPreKey(version, bob, signed.public) },
    preKeys: [{ id: 2, key: one.public }]
  }
  const keys: OwnKeys = { identity: bob, signedPreKey: (id) => (id === 1 ? signed : undefined), preKey: (id) => (id === 2 ? one : undefined) }
  const first = send([begin(alice, bundle)], OWN_DEVICE, randomBytes(32))
  const known = receive(version, [], keys, first.message)
  const aliceKeys: OwnKeys = { ...keys, identity: alice }
  const back = receive(version, first.sessions, aliceKeys, send(known.sessions, 7, randomBytes(32)).message)
  const next = send(back.sessions, OWN_DEVICE, randomBytes(32))
  const sealed = version === 'axolotl' ? sealPayload('a text') : sealContent('<envelope/>')
  const encrypted = envelopeElement(version, { deviceId: 9, keys: [{ jid: OWN, device: OWN_DEVICE, message: next.message }], payload: sealed }, sealed.iv)
  const content = envelope([xml('body', {}, 'text'), xml('reactions', { xmlns: 'urn:xmpp:reactions:0', id: 'x' }, xml('reaction', {}, '👍'))], {
    from: BOB,
    to: OWN,
    time: 1_700_000_000_000,
    padding: 'abc'
  })
  const format = FORMATS[version]
  const text = (bytes: Buffer): string => bytes.toString('utf8')
  /** Parses a stanza; real ones have passed the parser of the stream. */
  const element = (bytes: Buffer) => {
    try {
      return parse(text(bytes))
    } catch {
      return null
    }
  }
  const withElement =
    (run: (given: NonNullable<ReturnType<typeof element>>) => unknown) =>
    (bytes: Buffer): unknown => {
      const given = element(bytes)
      return given === null ? null : run(given)
    }
  const stanza = xml('message', { from: `${BOB}/x`, to: OWN, type: 'chat', id: '1' }, encrypted)
  const place = { own: OWN, from: BOB, conversation: BOB, kind: 'direct', outgoing: false, nick: null } as const
  const opened = (sessions: Sessions, isFirst: boolean) => (bytes: Buffer) => receive(version, sessions, keys, { bytes, first: isFirst })
  const payload = Buffer.concat([sealed.key, sealed.ciphertext])
  const keyLength = sealed.key.length
  const targets: Target[] = [
    { name: 'message', seeds: [next.message.bytes], run: (bytes) => format.decode(bytes) },
    { name: 'first message', seeds: [first.message.bytes], run: (bytes) => format.decodeFirst(bytes) },
    { name: 'session', seeds: [next.message.bytes], run: opened(known.sessions, false) },
    { name: 'beginning', seeds: [first.message.bytes], run: opened([], true) },
    { name: 'bundle', seeds: [Buffer.from(bundleElement(bundle).toString())], run: withElement((given) => begin(alice, decodeBundle(version, given))) },
    {
      name: 'list',
      seeds: [Buffer.from(deviceList(version, [{ id: 5, label: 'desk' }]).toString())],
      run: withElement((given) => decodeDeviceList(version, given))
    },
    { name: 'envelope of keys', seeds: [Buffer.from(encrypted.toString())], run: withElement((given) => decodeEnvelope(version, given, OWN)) },
    {
      name: 'payload',
      seeds: [payload],
      run: (bytes) =>
        (version === 'axolotl' ? openPayload : openContent)({ iv: sealed.iv, ciphertext: bytes.subarray(keyLength) }, Buffer.from(bytes.subarray(0, keyLength)))
    },
    {
      name: 'stanza',
      seeds: [Buffer.from(stanza.toString())],
      run: withElement((given) => [
        encryptionOf(given),
        sealedOf(given, OWN_DEVICE, { from: BOB, own: OWN }),
        decodeMessage(given, { jid: OWN, nickIn: () => null, device: () => OWN_DEVICE })
      ])
    },
    { name: 'content', seeds: [Buffer.from(content)], run: (bytes) => decodeContent(text(bytes), place) },
    {
      name: 'address of a file',
      seeds: [Buffer.from(mediaAddress('https://example.org/a/b.png', newMediaKey()))],
      run: (bytes) => parseMediaAddress(text(bytes))
    },
    ...[newMediaKey()].map((key) => ({
      name: 'name of a file',
      seeds: [Buffer.from(sealedName('picture.png', key))],
      run: (bytes: Buffer) => openName(text(bytes), key)
    }))
  ]
  return targets.map((target) => ({ ...target, name: `${version}: ${target.name}` }))
}

const FRAGMENTS = ['<', '>', '&lt;', '"', "xmlns='urn:xmpp:omemo:2'", '<key', '\u0000', '\uffff', '4294967296', '-1', '='].map((one) => Buffer.from(one))

/** Copies some bytes with up to eight mutations. */
function mutate(bytes: Buffer, other: Buffer, next: (below: number) => number): Buffer {
  let changed = Buffer.from(bytes)
  for (let count = 1 + next(8); count > 0; count--) {
    const at = next(changed.length + 1)
    const [before, after] = [changed.subarray(0, at), changed.subarray(at)]
    switch (next(7)) {
      case 0:
        if (at < changed.length) changed.writeUInt8(changed.readUInt8(at) ^ (1 << next(8)), at)
        break
      case 1:
        if (at < changed.length) changed.writeUInt8([0, 1, 0x7f, 0x80, 0xff][next(5)] ?? 0, at)
        break
      case 2:
        changed = Buffer.concat([before, after.subarray(next(1 + Math.min(16, after.length)))])
        break
      case 3:
        changed = Buffer.concat([before, randomPart(next), after])
        break
      case 4:
        changed = Buffer.concat([before, FRAGMENTS[next(FRAGMENTS.length)] ?? Buffer.alloc(0), after])
        break
      case 5:
        changed = Buffer.concat([before, other.subarray(next(other.length + 1)).subarray(0, 200), after])
        break
      default:
        changed = Buffer.concat([before, after.subarray(0, 40), after])
    }
  }
  return changed.length > 20_000 ? changed.subarray(0, 20_000) : changed
}
const randomPart = (next: (below: number) => number): Buffer => Buffer.from(Array.from({ length: next(12) }, () => next(256)))

/** Time limit of one input on a busy machine, ms. */
const LONGEST_MS = 2000
/** Inputs kept per decoder because they took a new path. */
const KEPT = 2000

export interface Fuzzed {
  inputs: number
  /** Distinct paths through the decoders, as seen from their results and refusals. */
  ways: number
  /** Inputs that were neither decoded nor refused, or took too long. */
  findings: { target: string; input: string; what: string }[]
}

/** Path of an input: its result without the numbers in it. */
const wayOf = (value: unknown): string =>
  value instanceof OmemoRefusal
    ? `${value.code} ${value.message.replace(/\d+/g, '#')}`
    : value === null
      ? 'nothing'
      : typeof value === 'object'
        ? Object.entries(value as object)
            .map(([name, one]) => `${name}:${one === null ? 0 : typeof one}`)
            .join()
        : typeof value

/** `more`: whether to run another round of all decoders. */
export function fuzz(seed: number, more: () => boolean): Fuzzed {
  const next = random(seed)
  const result: Fuzzed = { inputs: 0, ways: 0, findings: [] }
  const targets = VERSIONS.flatMap(targetsOf).map((target) => ({ ...target, corpus: [...target.seeds], ways: new Set<string>() }))
  while (more()) {
    for (const { name, corpus, ways, run } of targets) {
      const pick = (): Buffer => corpus[next(corpus.length)] ?? Buffer.alloc(0)
      const input = mutate(pick(), pick(), next)
      result.inputs++
      const started = performance.now()
      let way: string
      try {
        way = wayOf(run(input))
      } catch (error) {
        way = wayOf(error)
        if (!(error instanceof OmemoRefusal)) result.findings.push({ target: name, input: input.toString('base64'), what: String(error) })
      }
      if (performance.now() - started > LONGEST_MS) result.findings.push({ target: name, input: input.toString('base64'), what: 'too slow' })
      if (ways.has(way)) continue
      ways.add(way)
      result.ways++
      if (corpus.length < KEPT) corpus.push(input)
    }
  }
  return result
}
