/** XEP-0203 Delayed Delivery and XEP-0082 date-times. */
import type { Element } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import { NS } from './namespaces.ts'

/** A stamp may be ahead of this computer's clock by so much, ms: one of the two clocks may be wrong, or set to another zone. */
const AHEAD_MS = 86_400_000

/** When this was written, ms: a clock that says less is wrong. */
const WRITTEN = Date.UTC(2026, 10, 25)
/** Clocks that are no further apart agree: an answer takes its time, and some servers tell whole seconds. */
const AGREED_MS = 60_000
const YEAR_MS = 365 * 86_400_000
/** The latest time that the account's own server has said that it is. Each account has its own: a server speaks for no other's stamps. */
export class ServerTime {
  #learnt = WRITTEN
  /** How far it is ahead of this computer's clock, ms. */
  ahead = 0
  /** The same, where that is believed and is more than the two take to agree. */
  #wrong = 0

  /** Our own server says what time it is, ms: where this computer's clock is behind, stamps are not held to be of the future. */
  learn(time: number): void {
    const wall = Date.now()
    this.ahead = time - wall
    // a server that lies must not let the stamps of strangers lie far in the future
    const most = wall < WRITTEN ? WRITTEN + 20 * YEAR_MS : wall + YEAR_MS
    this.#learnt = Math.max(this.#learnt, Math.min(time, most))
    this.#wrong = time < WRITTEN || time > most || Math.abs(this.ahead) < AGREED_MS ? 0 : this.ahead
  }

  /** What time it is, ms: as our own server has it where this computer's clock is wrong, for its archive will say the same. */
  get now(): number {
    return Date.now() + this.#wrong
  }

  /** The latest time that a stamp may have, ms. */
  get latest(): number {
    return Math.max(Date.now(), this.#learnt) + AHEAD_MS
  }
}
const OWN_CLOCK = new ServerTime()

/**
 * The stamp in ms, or null where there is none or it is no date. One before 1970 counts as 1970, one that is more than a day ahead
 * as a day ahead: what comes later would stand behind it. `of`: the stamp that counts, where there are several.
 * `clock`: of the account that it came to.
 */
export function delayStamp(element: Element, clock: Pick<ServerTime, 'latest'> = OWN_CLOCK, of = element.getChild('delay', NS.delay)): number | null {
  const stamp = of?.attrs['stamp']
  if (stamp === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(stamp)) return null
  const time = Date.parse(stamp)
  return Number.isNaN(time) ? null : Math.min(Math.max(time, 0), clock.latest)
}

/** When a message was held back, ms, in the word of one of `by`: our own server, the group that it was said in. The stamps of others, its sender's too, say nothing of how it came to us. */
export function heldBackSince(message: Element, by: readonly string[], clock?: Pick<ServerTime, 'latest'>): number | null {
  const stamps = message.getChildren('delay', NS.delay).filter(({ attrs }) => by.includes(parseJid(attrs['from'] ?? '') ?? ''))
  return stamps.length === 0 ? null : delayStamp(message, clock, stamps[0])
}
