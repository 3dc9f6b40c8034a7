/** Sessions as text for the store: JSON with base64, written by this device and never received. */
import { keyPair } from './curve.ts'
import { CODE_LENGTH, type HeardCode, type ReceivingChain, type Session, type SkippedKey } from './ratchet.ts'
import type { Sessions } from './sessions.ts'

/** `heard`: counters and codes, 4 bytes each; absent: none. */
type StoredChain = [ratchetKey: string, key: string, counter: number, skipped: [counter: number, seed: string][], heard?: string]

interface StoredSession {
  own: string
  peer: string
  /** Only in `urn:xmpp:omemo:2`. */
  associated?: string
  base: string
  opening: Session['opening']
  root: string
  secret: string
  key: string
  counter: number
  previous: number
  chains: StoredChain[]
  stale?: true
}

const text = (bytes: Buffer): string => bytes.toString('base64')
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')

const COUNTER_LENGTH = 4
function packed(heard: readonly HeardCode[]): string {
  const all = Buffer.alloc(heard.length * (COUNTER_LENGTH + CODE_LENGTH))
  for (const [i, { counter, code }] of heard.entries()) {
    all.writeUInt32LE(counter, i * (COUNTER_LENGTH + CODE_LENGTH))
    code.copy(all, i * (COUNTER_LENGTH + CODE_LENGTH) + COUNTER_LENGTH)
  }
  return text(all)
}
function unpacked(heard: string): HeardCode[] {
  const all = bytes(heard)
  return Array.from({ length: Math.floor(all.length / (COUNTER_LENGTH + CODE_LENGTH)) }, (_, i) => {
    const at = i * (COUNTER_LENGTH + CODE_LENGTH)
    return { counter: all.readUInt32LE(at), code: all.subarray(at + COUNTER_LENGTH, at + COUNTER_LENGTH + CODE_LENGTH) }
  })
}

const storedChain = ({ ratchetKey, key, counter, skipped, heard }: ReceivingChain): StoredChain => {
  const chain: StoredChain = [text(ratchetKey), text(key), counter, skipped.map(({ counter: at, seed }) => [at, text(seed)])]
  if (heard.length > 0) chain.push(packed(heard))
  return chain
}
const chainOf = ([ratchetKey, key, counter, skipped, heard = '']: StoredChain): ReceivingChain => ({
  ratchetKey: bytes(ratchetKey),
  key: bytes(key),
  counter,
  skipped: skipped.map(([at, seed]): SkippedKey => ({ counter: at, seed: bytes(seed) })),
  heard: unpacked(heard)
})

export function encodeSessions(sessions: Sessions): string {
  return JSON.stringify(
    sessions.map((session): StoredSession => ({
      own: text(session.ownIdentity),
      peer: text(session.peerIdentity),
      ...(session.associated === null ? {} : { associated: text(session.associated) }),
      base: text(session.baseKey),
      opening: session.opening,
      root: text(session.root),
      secret: text(session.sending.pair.secret),
      key: text(session.sending.key),
      counter: session.sending.counter,
      previous: session.previousCounter,
      chains: session.receiving.map(storedChain),
      ...(session.stale === true ? { stale: true } : {})
    }))
  )
}

/** Parses the result of encodeSessions. */
export function decodeSessions(json: string): Sessions {
  return (JSON.parse(json) as StoredSession[]).map((stored) => ({
    ownIdentity: bytes(stored.own),
    peerIdentity: bytes(stored.peer),
    associated: stored.associated === undefined ? null : bytes(stored.associated),
    baseKey: bytes(stored.base),
    opening: stored.opening,
    root: bytes(stored.root),
    sending: { pair: keyPair(bytes(stored.secret)), key: bytes(stored.key), counter: stored.counter },
    previousCounter: stored.previous,
    receiving: stored.chains.map(chainOf),
    ...(stored.stale === true ? { stale: true } : {})
  }))
}
