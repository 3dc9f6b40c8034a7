/**
 * How long a stanza the server takes, in bytes as they go on the wire: it says so (XEP-0478), or it is learnt when it ends
 * the stream over one that was under way. Such a stanza is given up; all others go again.
 */
import type { Element } from '@xmpp/client'
import { z } from 'zod'

/** Each server takes so many (RFC 6120 section 13.12). */
export const ALWAYS = 10_000
/** A limit that was learnt is doubted after this time, ms: the server may have another one by then. */
const DOUBT_MS = 7 * 86_400_000
/**
 * Streams that a stanza may end before it is given up: with a word of the server, and without one. Who says nothing may be a
 * bad network, above all where the stanza is none that a server may refuse for its length.
 */
const TRIES = { spoken: 3, silentLong: 5, silentShort: 10 } as const
/** Ids whose tries are counted at once. */
const MOST_COUNTED = 1000
/** Not over a stanza: the server, or somebody else, wanted this stream to end (RFC 6120 section 4.9.3). */
const NOT_OVER_A_STANZA = new Set([
  'conflict',
  'connection-timeout',
  'host-gone',
  'host-unknown',
  'not-authorized',
  'remote-connection-failed',
  'reset',
  'see-other-host',
  'system-shutdown'
])

/** What is kept for the next start; bytes, ms. */
export const Limit = z.object({
  announced: z.number().int().positive().nullable(),
  /** The shortest that was refused, and when. */
  refused: z.object({ bytes: z.number().int().positive(), at: z.number() }).nullable()
})
export type Limit = z.infer<typeof Limit>
export const UNKNOWN: Limit = { announced: null, refused: null }

/** How a stream ended: by an error of the server's, or without a word. */
export type StreamEnd = { condition: string } | 'silent'

export interface GivenUp {
  stanza: Element
  /** A condition that the user is told. */
  reason: 'too-large' | 'ends-the-stream'
}

interface UnderWay {
  bytes: number
  order: number
  /** It was not written whole, so it does not go again by itself. */
  unwritten: boolean
}

export class StanzaLimit {
  #limit: Limit
  readonly #underWay = new Map<Element, UnderWay>()
  readonly #tries = new Map<string, number>()
  #order = 0

  constructor(limit: Limit = UNKNOWN) {
    this.#limit = limit
  }

  get limit(): Limit {
    return this.#limit
  }

  /** The longest that may be sent, bytes; null: nobody knows. `now`: ms */
  most(now: number): number | null {
    const { announced, refused } = this.#limit
    if (announced !== null) return Math.max(announced, ALWAYS)
    return refused === null || now - refused.at > DOUBT_MS ? null : Math.max(refused.bytes - 1, ALWAYS)
  }

  /** What a stream's features say; true: it is news. */
  announce(announced: number | null): boolean {
    if (announced === this.#limit.announced || (announced !== null && !(Number.isSafeInteger(announced) && announced > 0))) return false
    // a server that says it is believed; one that no longer does is still the one that refused
    this.#limit = { ...this.#limit, announced }
    return true
  }

  /** A stanza goes out; a mark for `answered`. */
  begin(stanza: Element, bytes: number): number {
    this.#underWay.set(stanza, { bytes, order: ++this.#order, unwritten: false })
    return this.#order
  }

  /** It could not be written whole. */
  failed(stanza: Element): void {
    const known = this.#underWay.get(stanza)
    if (known !== undefined) known.unwritten = true
  }

  /** The server took it (XEP-0198), or it will be sent under the same id again. */
  done(stanza: Element, taken: boolean): void {
    this.#underWay.delete(stanza)
    if (taken) this.#tries.delete(stanza.attrs['id'] ?? '')
  }

  /** The server answered what was sent after that mark: it took all before. */
  answered(mark: number): void {
    for (const [stanza, { order }] of this.#underWay) if (order <= mark) this.done(stanza, true)
  }

  /** The stream ended: who is given up. `goesOn`: what was under way goes again with the session (XEP-0198). `now`: ms */
  ended(end: StreamEnd, goesOn: boolean, now: number): GivenUp | null {
    const given = this.#blame(end)
    for (const [stanza, { unwritten }] of this.#underWay) if (!goesOn || unwritten || stanza === given?.stanza) this.#underWay.delete(stanza)
    if (given === null) return null
    this.#tries.delete(given.stanza.attrs['id'] ?? '')
    if (given.reason === 'too-large') {
      const { refused } = this.#limit
      this.#limit = { ...this.#limit, refused: { bytes: refused === null ? given.bytes : Math.min(refused.bytes, given.bytes), at: now } }
    }
    return given
  }

  #blame(end: StreamEnd): (GivenUp & { bytes: number }) | null {
    if (end !== 'silent' && NOT_OVER_A_STANZA.has(end.condition)) return null
    const sorted = [...this.#underWay].sort(([, a], [, b]) => a.order - b.order)
    const longest = sorted.reduce<(typeof sorted)[number] | null>((most, one) => (most === null || one[1].bytes > most[1].bytes ? one : most), null)
    const large = longest !== null && longest[1].bytes > ALWAYS ? longest : null
    // what Prosody and ejabberd say of a stanza that is too long
    if (end !== 'silent' && end.condition === 'policy-violation' && large !== null) return { stanza: large[0], bytes: large[1].bytes, reason: 'too-large' }
    // otherwise the first that was not taken
    const suspect = large ?? sorted.find(([{ name, attrs }]) => name === 'message' && attrs['id'] !== undefined) ?? null
    if (suspect === null) return null
    const [stanza, { bytes }] = suspect
    const id = stanza.attrs['id'] ?? ''
    if (this.#tries.size >= MOST_COUNTED) this.#tries.clear()
    const tries = (this.#tries.get(id) ?? 0) + 1
    this.#tries.set(id, tries)
    if (tries < TRIES[end !== 'silent' ? 'spoken' : suspect === large ? 'silentLong' : 'silentShort']) return null
    return { stanza, bytes, reason: end !== 'silent' && suspect === large ? 'too-large' : 'ends-the-stream' }
  }
}
