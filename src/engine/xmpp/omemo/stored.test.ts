import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { identity, keyPair } from './curve.ts'
import { canSend, receive, send, staled, type Sessions } from './sessions.ts'
import { decodeSessions, encodeSessions } from './stored.ts'
import { VERSIONS, type Version } from './version.ts'
import { announcedKey, begin, signPreKey } from './x3dh.ts'

const again = (sessions: Sessions): Sessions => decodeSessions(encodeSessions(sessions))

/** Two devices whose sessions are stored and loaded after each step. */
function pair(version: Version) {
  const [alice, bob] = [identity(), identity()]
  const [signed, one] = [keyPair(), keyPair()]
  const bundle = {
    version,
    identityKey: announcedKey(version, bob),
    signedPreKey: { id: 1, key: signed.public, signature: signPreKey(version, bob, signed.public) },
    preKeys: [{ id: 2, key: one.public }]
  }
  const keys = { identity: bob, signedPreKey: () => signed, preKey: () => one }
  return { sides: [[begin(alice, bundle)], []] as [Sessions, Sessions], keys: [{ ...keys, identity: alice }, keys] as const }
}

describe.each(VERSIONS)('%s', (version) => {
  test('sessions that are kept after each step go on as they were, late messages among them', () => {
    const steps = fc.array(fc.record({ who: fc.boolean(), late: fc.boolean() }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(steps, (list) => {
        const { sides, keys } = pair(version)
        const late: { to: 0 | 1; message: ReturnType<typeof send>['message']; text: string }[] = []
        const hear = ({ to, message, text }: (typeof late)[number]): void => {
          const got = receive(version, sides[to], keys[to], message)
          expect(got.plaintext.toString()).toBe(text)
          sides[to] = again(got.sessions)
        }
        for (const [i, { who, late: isLate }] of list.entries()) {
          const from = who && sides[1].length > 0 ? 1 : 0
          const sent = send(sides[from], 5, Buffer.from(`${i}`))
          expect(again(sent.sessions)).toEqual(sent.sessions)
          sides[from] = again(sent.sessions)
          const message = { to: (1 - from) as 0 | 1, message: sent.message, text: `${i}` }
          if (isLate && i > 0) late.push(message)
          else hear(message)
        }
        late.reverse().forEach(hear)
      }),
      { numRuns: 40 }
    )
  })

  test('a stale session decrypts messages, and sends only after its peer’s next turn', () => {
    const { sides, keys } = pair(version)
    const first = send(sides[0], 5, Buffer.from('first'))
    sides[0] = first.sessions
    sides[1] = again(staled(receive(version, sides[1], keys[1], first.message).sessions))
    expect(canSend(sides[1])).toBe(false)
    expect(() => send(sides[1], 5, Buffer.of(1))).toThrow(expect.objectContaining({ code: 'no-session' }))
    const second = send(sides[0], 5, Buffer.from('same turn'))
    sides[1] = again(receive(version, sides[1], keys[1], second.message).sessions)
    expect(canSend(sides[1])).toBe(false)
  })
})
