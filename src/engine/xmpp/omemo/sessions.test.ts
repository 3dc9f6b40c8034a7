import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { identity, keyPair, type KeyPair } from './curve.ts'
import { MAX_AHEAD, MAX_CHAINS, MAX_HEARD, MAX_SKIPPED, type Session } from './ratchet.ts'
import { OmemoRefusal } from './refusal.ts'
import { MAX_SESSIONS, receive, send, type DeviceMessage, type Sessions } from './sessions.ts'
import { VERSIONS, type Version } from './version.ts'
import { announcedKey, begin, signPreKey, type Bundle, type OwnKeys } from './x3dh.ts'

class Device implements OwnKeys {
  readonly version: Version
  readonly identity = identity()
  readonly preKeys = new Map<number, KeyPair>(Array.from({ length: 20 }, (_, i) => [i + 1, keyPair()]))
  readonly signed = keyPair()
  sessions: Sessions = []
  constructor(version: Version) {
    this.version = version
  }
  signedPreKey(id: number): KeyPair | undefined {
    return id === 7 ? this.signed : undefined
  }
  preKey(id: number): KeyPair | undefined {
    return this.preKeys.get(id)
  }
  bundle(): Bundle {
    const preKeys = [...this.preKeys].map(([id, pair]) => ({ id, key: pair.public }))
    return {
      version: this.version,
      identityKey: announcedKey(this.version, this.identity),
      signedPreKey: { id: 7, key: this.signed.public, signature: signPreKey(this.version, this.identity, this.signed.public) },
      preKeys
    }
  }
  begins(other: Device): void {
    this.sessions = [begin(this.identity, other.bundle()), ...this.sessions]
  }
  says(text: string): DeviceMessage {
    const { sessions, message } = send(this.sessions, 1, Buffer.from(text))
    this.sessions = sessions
    return message
  }
  hears(message: DeviceMessage): string {
    const { sessions, plaintext, usedPreKeyId } = receive(this.version, this.sessions, this, message)
    this.sessions = sessions
    if (usedPreKeyId !== null) this.preKeys.delete(usedPreKeyId)
    return plaintext.toString()
  }
}

const refused = (code: string): unknown => expect.objectContaining({ code, constructor: OmemoRefusal })
const skipped = ([session]: Sessions): number => session?.receiving.reduce((sum, chain) => sum + chain.skipped.length, 0) ?? 0
describe.each(VERSIONS)('%s', (version) => {
  let alice: Device
  let bob: Device
  beforeEach(() => {
    alice = new Device(version)
    bob = new Device(version)
    alice.begins(bob)
  })

  test('the initiator repeats the start of the session until it gets an answer', () => {
    const [first, second] = [alice.says('1'), alice.says('2')]
    expect([first.first, second.first]).toEqual([true, true])
    expect([bob.hears(second), bob.hears(first)]).toEqual(['2', '1'])
    expect(alice.hears(bob.says('answer'))).toBe('answer')
    expect(alice.says('3').first).toBe(false)
  })

  test('any order, any turns, each message twice: opened once, refused as used the second time', () => {
    const step = fc.record({ who: fc.boolean(), deliver: fc.array(fc.nat(1000), { maxLength: 3 }) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const pair = [new Device(version), new Device(version)] as const
        pair[0].begins(pair[1])
        expect(pair[1].hears(pair[0].says('hello'))).toBe('hello')
        const waiting: { to: Device; text: string; message: DeviceMessage }[] = []
        const hear = (at: number): void => {
          const [{ to, text, message }] = waiting.splice(at, 1) as [(typeof waiting)[0]]
          expect(to.hears(message)).toBe(text)
          expect(() => to.hears(message)).toThrow(refused('used'))
        }
        for (const [count, { who, deliver }] of steps.entries()) {
          const [from, to] = who ? pair : [pair[1], pair[0]]
          waiting.push({ to, text: `message ${count}`, message: from.says(`message ${count}`) })
          for (const at of deliver) if (waiting.length > 0) hear(at % waiting.length)
        }
        while (waiting.length > 0) hear(waiting.length - 1)
      }),
      { numRuns: 40 }
    )
  })

  test('no two messages are sealed with the same key', () => {
    const bodies = new Set<string>()
    for (let turn = 0; turn < 30; turn++) {
      for (let i = 0; i < 5; i++) {
        const message = alice.says('the same')
        // a session's message ends with ciphertext and code: they repeat if a key does
        bodies.add(message.bytes.toString('hex').slice(-60))
        bob.hears(message)
      }
      alice.hears(bob.says('turn'))
    }
    expect(bodies.size).toBe(150)
  })

  /** Copies with one bit changed: each top bit of a byte, which X25519 may leave unused, and a third of the others. */
  function* flipped({ bytes, first }: DeviceMessage): Generator<DeviceMessage> {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      if (bit % 3 !== 0 && bit % 8 !== 7) continue
      yield { bytes: Buffer.from(bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))), first }
    }
  }

  test('a bit changed anywhere is refused, and the message itself opens afterwards', () => {
    bob.hears(alice.says('hello'))
    alice.hears(bob.says('hello'))
    const message = alice.says('of a session')
    const before = bob.sessions
    for (const changed of flipped(message)) expect(() => bob.hears(changed)).toThrow(OmemoRefusal)
    expect(bob.sessions).toBe(before)
    expect(bob.hears(message)).toBe('of a session')
  })

  test('a bit changed in a first message begins no session but that which was meant', () => {
    const message = alice.says('hello')
    const names: string[] = []
    for (const changed of flipped(message)) {
      try {
        const { sessions } = receive(version, [], bob, changed)
        names.push(...sessions.map(({ baseKey, peerIdentity }) => `${baseKey.toString('hex')} ${peerIdentity.toString('hex')}`))
      } catch (error) {
        expect(error).toBeInstanceOf(OmemoRefusal)
      }
    }
    const [{ baseKey, ownIdentity }] = alice.sessions as [Session]
    // in version 0.3 the sender's device id and newest version are not authenticated
    const meant = `${baseKey.toString('hex')} ${ownIdentity.toString('hex')}`
    expect(new Set(names)).toEqual(new Set(version === 'axolotl' ? [meant] : []))
    expect(bob.hears(message)).toBe('hello')
  })

  test('any bytes are refused with a reason, whatever their declared type', () => {
    bob.hears(alice.says('hello'))
    // the outer fields of a first message are not authenticated: with a known session they are ignored
    alice.hears(bob.says('hello'))
    const message = alice.says('a message to cut')
    const cut = fc
      .tuple(fc.nat(message.bytes.length), fc.uint8Array({ maxLength: 60 }))
      .map(([at, rest]) => Buffer.concat([message.bytes.subarray(0, at), Buffer.from(rest)]))
    const longer = fc.uint8Array({ minLength: 1, maxLength: 6 }).map((rest) => Buffer.concat([message.bytes, Buffer.from(rest)]))
    const any = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
    const versioned = any.map((rest) => Buffer.concat([Buffer.of(0x33), rest]))
    fc.assert(
      fc.property(fc.oneof(any, versioned, cut, longer), fc.boolean(), (bytes, first) => {
        fc.pre(!bytes.equals(message.bytes))
        try {
          receive(version, bob.sessions, bob, { bytes, first })
          return false
        } catch (error) {
          return error instanceof OmemoRefusal
        }
      }),
      { numRuns: 2000 }
    )
  })

  test('keys are kept for a bounded number of missing messages', () => {
    bob.hears(alice.says('hello'))
    alice.hears(bob.says('hello'))
    const early = Array.from({ length: MAX_AHEAD }, (_, i) => alice.says(`${i}`))
    expect(bob.hears(alice.says('as far as allowed'))).toBe('as far as allowed')
    expect(skipped(bob.sessions)).toBe(MAX_SKIPPED)
    expect(bob.hears(early[MAX_AHEAD - 1] ?? { bytes: Buffer.alloc(0), first: false })).toBe(`${MAX_AHEAD - 1}`)
    for (let i = 0; i < MAX_AHEAD + 1; i++) alice.says('lost')
    const before = bob.sessions
    expect(() => bob.hears(alice.says('too far'))).toThrow(refused('too-far'))
    expect(bob.sessions).toBe(before)
  })

  test('a peer that goes on with an older copy of its sessions: messages under used keys are told from repeated ones', () => {
    bob.hears(alice.says('hello'))
    alice.hears(bob.says('hello'))
    const [one, two] = [alice.says('one'), alice.says('two')]
    expect([bob.hears(one), bob.hears(two)]).toEqual(['one', 'two'])
    const copy = alice.sessions
    const later = Array.from({ length: 5 }, (_, i) => alice.says(`later ${i}`))
    for (const message of later) bob.hears(message)
    alice.sessions = copy
    const before = bob.sessions
    for (let i = 0; i < 5; i++) {
      const other = alice.says(`another ${i}`)
      expect(() => bob.hears(other)).toThrow(refused('reused'))
    }
    for (const message of [one, two, ...later]) expect(() => bob.hears(message)).toThrow(refused('used'))
    expect(bob.sessions).toBe(before)
    // keys that were not used yet are read as ever
    expect(bob.hears(alice.says('new'))).toBe('new')
    for (let i = 0; i < 500; i++) bob.hears(alice.says(`${i}`))
    expect(Math.max(...bob.sessions.flatMap(({ receiving }) => receiving.map(({ heard }) => heard.length)))).toBe(MAX_HEARD)
  })

  test('chains before the newest are kept in a bounded number', () => {
    bob.hears(alice.says('hello'))
    alice.hears(bob.says('hello'))
    const late: DeviceMessage[] = []
    for (let turn = 0; turn < MAX_CHAINS + 5; turn++) {
      late.push(alice.says(`late ${turn}`))
      bob.hears(alice.says('in time'))
      alice.hears(bob.says('turn'))
    }
    const [session] = bob.sessions as [Session]
    expect(session.receiving).toHaveLength(MAX_CHAINS + 1)
    const heard = late.map((message) => {
      try {
        return bob.hears(message)
      } catch (error) {
        return error instanceof OmemoRefusal ? error.code : 'another'
      }
    })
    expect(heard.slice(-MAX_CHAINS)).toEqual(late.map((_, turn) => `late ${turn}`).slice(-MAX_CHAINS))
    expect(heard[0]).toBe('forged')
  })

  test('both begin at once: all arrives, and they agree on a session', () => {
    bob.begins(alice)
    const [toBob, toAlice] = [alice.says('from alice'), bob.says('from bob')]
    expect([bob.hears(toBob), alice.hears(toAlice)]).toEqual(['from alice', 'from bob'])
    for (let turn = 0; turn < 4; turn++) {
      expect(bob.hears(alice.says(`a ${turn}`))).toBe(`a ${turn}`)
      expect(alice.hears(bob.says(`b ${turn}`))).toBe(`b ${turn}`)
    }
    expect([alice.says('').first, bob.says('').first]).toEqual([false, false])
  })

  test('a peer that starts again can write, its earlier messages can be read, and the number of sessions stays small', () => {
    bob.hears(alice.says('hello'))
    const before = alice.says('before')
    for (let i = 0; i < MAX_SESSIONS - 1; i++) {
      alice.begins(bob)
      expect(bob.hears(alice.says(`anew ${i}`))).toBe(`anew ${i}`)
    }
    expect(bob.hears(before)).toBe('before')
    for (let i = 0; i < 5; i++) {
      alice.begins(bob)
      bob.hears(alice.says('again'))
    }
    expect(bob.sessions).toHaveLength(MAX_SESSIONS)
  })

  test('a prekey starts one session: a message repeated after that is forgotten is refused', () => {
    const message = alice.says('once')
    expect(bob.hears(message)).toBe('once')
    expect(() => bob.hears(message)).toThrow(refused('used'))
    bob.sessions = []
    expect(() => bob.hears(message)).toThrow(refused('no-key'))
  })

  test.each([0, 1, 2 ** 31, 2 ** 32 - 1])('a prekey of number %i starts a session, once', (id) => {
    bob.preKeys.clear()
    bob.preKeys.set(id, keyPair())
    alice.begins(bob)
    const [first, second] = [alice.says('first'), alice.says('second')]
    const late = new Device(version)
    late.begins(bob)
    const other = late.says('with the same prekey')
    expect([bob.hears(first), bob.hears(second)]).toEqual(['first', 'second'])
    expect(bob.preKeys.size).toBe(0)
    const before = bob.sessions
    expect(() => receive(version, [], bob, other)).toThrow(refused('no-key'))
    expect(() => bob.hears(other)).toThrow(refused('no-key'))
    expect(bob.sessions).toBe(before)
  })

  test('a bundle without prekeys starts a session that we ourselves refuse, since its first message could be replayed, or none', () => {
    if (version === 'omemo:2') {
      expect(() => begin(alice.identity, { ...bob.bundle(), preKeys: [] })).toThrow(refused('malformed'))
      return
    }
    alice.sessions = [begin(alice.identity, { ...bob.bundle(), preKeys: [] })]
    expect(() => bob.hears(alice.says('hello'))).toThrow(refused('no-key'))
  })

  test('a prekey that the identity of its bundle did not sign begins nothing', () => {
    const bundle = bob.bundle()
    expect(() => begin(alice.identity, { ...bundle, signedPreKey: { ...bundle.signedPreKey, key: keyPair().public } })).toThrow(refused('forged'))
    expect(() => begin(alice.identity, { ...bundle, identityKey: announcedKey(version, alice.identity) })).toThrow(refused('forged'))
  })

  test('a message to another device, or without a session, is refused', () => {
    const carol = new Device(version)
    bob.hears(alice.says('hello'))
    const answer = bob.says('for alice')
    expect(() => carol.hears(answer)).toThrow(refused('no-session'))
    expect(() => send([], 1, Buffer.of(1))).toThrow(refused('no-session'))
  })
})
