/**
 * Stanza size limit of a server, in bytes on the wire: announced (XEP-0478), or learnt when the server ends the stream over an unacknowledged stanza. Such a
 * stanza is given up; all others are sent again.
 */
import type { Element } from '@xmpp/client'
import { z } from 'zod'

/** Size that every server must accept (RFC 6120 section 13.12). */
export const ALWAYS = 10_000
/** Validity of a learnt limit, ms: the server's limit may have changed by then. */
const DOUBT_MS = 7 * 86_400_000
/**
 * Number of streams that a stanza may end before it is given up: with an error from the server, and without one. A silent end may be a bad network,
 * especially if the stanza is too short to be refused.
 */
const TRIES = { spoken: 3, silentLong: 5, silentShort: 10 } as const
/** Largest number of ids whose tries are counted. */
const MOST_COUNTED = 1000
/** Conditions unrelated to a stanza: the server or an administrator ended the stream (RFC 6120 section 4.9.3). */
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

/** Limits stored for the next start; bytes, ms. */
export const Limit = z.object({
  announced: z.number().int().positive().nullable(),
  /** Shortest refused stanza, and the time. */
  refused: z.object({ bytes: z.number().int().positive(), at: z.number() }).nullable()
})
export type Limit = z.infer<typeof Limit>
export const UNKNOWN: Limit = { announced: null, refused: null }

/** End of a stream: with an error from the server, or silently. */
export type StreamEnd = { condition: string } | 'silent'

export interface GivenUp {
  stanza: Element
  /** Reason shown to the user. */
  reason: 'too-large' | 'ends-the-stream'
}

interface UnderWay {
  bytes: number
  order: number
  /** Incompletely written, so not sent again automatically. */
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

  /** Largest stanza that may be sent, bytes; null: unknown. `now`: ms */
  most(now: number): number | null {
    const { announced, refused } = this.#limit
    if (announced !== null) return Math.max(announced, ALWAYS)
    return refused === null || now - refused.at > DOUBT_MS ? null : Math.max(refused.bytes - 1, ALWAYS)
  }

  /** Records the limit in a stream's features; true if it is new. */
  announce(announced: number | null): boolean {
    if (announced === this.#limit.announced || (announced !== null && !(Number.isSafeInteger(announced) && announced > 0))) return false
    // an announced limit is trusted; a server that no longer announces one is still the one that refused
    this.#limit = { ...this.#limit, announced }
    return true
  }

  /** Records an outgoing stanza; returns a mark for `answered`. */
  begin(stanza: Element, bytes: number): number {
    this.#underWay.set(stanza, { bytes, order: ++this.#order, unwritten: false })
    return this.#order
  }

  /** Records an incomplete write. */
  failed(stanza: Element): void {
    const known = this.#underWay.get(stanza)
    if (known !== undefined) known.unwritten = true
  }

  /** Removes a stanza that the server acknowledged (XEP-0198), or that will be sent under the same id again. */
  done(stanza: Element, taken: boolean): void {
    this.#underWay.delete(stanza)
    if (taken) this.#tries.delete(stanza.attrs['id'] ?? '')
  }

  /** Records an answer to a stanza sent after that mark: the server has accepted all stanzas before it. */
  answered(mark: number): void {
    for (const [stanza, { order }] of this.#underWay) if (order <= mark) this.done(stanza, true)
  }

  /** Records the end of a stream; returns the stanza to give up. `goesOn`: unacknowledged stanzas are sent again in the same session (XEP-0198). `now`: ms */
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
    // Prosody's and ejabberd's condition for a stanza that is too long
    if (end !== 'silent' && end.condition === 'policy-violation' && large !== null) return { stanza: large[0], bytes: large[1].bytes, reason: 'too-large' }
    // otherwise the first unacknowledged stanza
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
