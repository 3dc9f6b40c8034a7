/** XEP-0203 Delayed Delivery and XEP-0082 date-times. */
import type { Element } from '@xmpp/client'
import { parseJid } from '../../../contract/address.ts'
import { NS } from './namespaces.ts'

/** Longest time by which a stamp may be ahead of this computer's clock, ms: either clock may be wrong, or set to another zone. */
const AHEAD_MS = 86_400_000

/** Date of this code, ms: an earlier clock is wrong. */
const WRITTEN = Date.UTC(2026, 10, 25)
/** Tolerance within which two clocks agree, ms: an answer takes time, and some servers send whole seconds. */
const AGREED_MS = 60_000
const YEAR_MS = 365 * 86_400_000
/** Latest time known from the account's own server. Each account has its own: a server vouches for no other's stamps. */
export class ServerTime {
  #learnt = WRITTEN
  /** Offset of the server's clock to this computer's, ms. */
  ahead = 0
  /** Offset that is credible and above the tolerance, ms; otherwise 0. */
  #wrong = 0

  /** Records our own server's time, ms: if this computer's clock is behind, stamps do not count as future ones. */
  learn(time: number): void {
    const wall = Date.now()
    this.ahead = time - wall
    // a lying server must not allow strangers' stamps far in the future
    const most = wall < WRITTEN ? WRITTEN + 20 * YEAR_MS : wall + YEAR_MS
    this.#learnt = Math.max(this.#learnt, Math.min(time, most))
    this.#wrong = time < WRITTEN || time > most || Math.abs(this.ahead) < AGREED_MS ? 0 : this.ahead
  }

  /** Current time, ms; our own server's if this computer's clock is wrong, because its archive will use the same. */
  get now(): number {
    return Date.now() + this.#wrong
  }

  /** Latest valid stamp, ms. */
  get latest(): number {
    return Math.max(Date.now(), this.#learnt) + AHEAD_MS
  }
}
const OWN_CLOCK = new ServerTime()

/**
 * Stamp in ms, or null if there is none or it is invalid. A stamp before 1970 counts as 1970, one more than a day ahead as a day ahead: later messages would
 * stand behind it. `of`: the delay element to use, if there are several. `clock`: of the receiving account.
 */
export function delayStamp(element: Element, clock: Pick<ServerTime, 'latest'> = OWN_CLOCK, of = element.getChild('delay', NS.delay)): number | null {
  const [, stamp, zone = 'Z'] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/i.exec(of?.attrs['stamp']?.trim() ?? '') ?? []
  if (stamp === undefined) return null
  // a stamp without a zone is in UTC (XEP-0082 section 3.2), not in this computer's zone
  const time = Date.parse(`${stamp}${zone}`)
  return Number.isNaN(time) ? null : Math.min(Math.max(time, 0), clock.latest)
}

/**
 * Time since when a message was held back, ms, according to one of `by`: our own server, or the message's group. Stamps of others, including the sender, do
 * not tell how the message reached us.
 */
export function heldBackSince(message: Element, by: readonly string[], clock?: Pick<ServerTime, 'latest'>): number | null {
  const stamps = message.getChildren('delay', NS.delay).filter(({ attrs }) => by.includes(parseJid(attrs['from'] ?? '') ?? ''))
  return stamps.length === 0 ? null : delayStamp(message, clock, stamps[0])
}
