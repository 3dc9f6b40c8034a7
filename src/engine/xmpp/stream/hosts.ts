/**
 * Order in which the hosts of a domain are tried: SRV records by weighted chance (RFC 2782), the host that holds our session first (XEP-0198 section 5),
 * hosts that failed recently last. Pure.
 */
import { isIP } from 'node:net'
import type { Target } from '../../net/proxy.ts'

export interface SrvRecord {
  name: string
  port: number
  priority: number
  weight: number
}

/** Target with its address; null: a proxy resolves the name. */
export interface Host extends Target {
  address: string | null
  /** WebSocket address. */
  url?: URL
}

/** Time for which a failure counts, ms; after that the host is as good as any other. */
export const FAILURE_MS = 300_000

const keyOf = ({ host, port, address }: Host): string => `${address ?? host} ${port}`

/** Lowest priority first; within it each record's chance to come next is its share of the weights left, a weight of 0 having a small one (RFC 2782). */
export function bySrv<Record extends SrvRecord>(records: readonly Record[], random: () => number): Record[] {
  const ordered: Record[] = []
  for (const priority of [...new Set(records.map((record) => record.priority))].sort((a, b) => a - b)) {
    const left = records.filter((record) => record.priority === priority).sort((a, b) => a.weight - b.weight)
    while (left.length > 0) {
      const total = left.reduce((sum, { weight }) => sum + weight, 0)
      const chosen = Math.floor(random() * (total + 1))
      let sum = 0
      const at = left.findIndex(({ weight }) => (sum += weight) >= chosen)
      ordered.push(...left.splice(Math.max(0, at), 1))
    }
  }
  return ordered
}

/** Parses `host[:port]` of `location` (XEP-0198) and see-other-host (RFC 6120 section 4.9.3.19); null: invalid. */
export function hostAndPort(text: string, port: number): Target | null {
  const trimmed = text.trim()
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^\s:/@[\]]{1,253}))(?::(\d{1,5}))?$/.exec(trimmed) ?? []
  const host = plain ?? bracketed ?? trimmed
  if (plain === undefined && isIP(host) !== 6) return null
  const number = digits === undefined ? port : Number(digits)
  return number < 1 || number > 65_535 ? null : { host, port: number }
}

/** Known state of one account's hosts. All times in ms, of one clock. */
export class Hosts {
  readonly #failed = new Map<string, number>()
  /** Hosts that failed since a stream last lasted, or since all failed. */
  readonly #tried = new Set<string>()
  #known: string[] = []
  #preferred: ReadonlySet<string> = new Set()

  /** Hosts to try now, best first: all that did not fail in this round; if none is left, a new round starts with all. */
  next(hosts: readonly Host[], now: number): Host[] {
    for (const [key, at] of this.#failed) if (now - at >= FAILURE_MS) this.#failed.delete(key)
    const once = [...new Map(hosts.map((host) => [keyOf(host), host])).values()]
    this.#known = once.map(keyOf)
    let left = once.filter((host) => !this.#tried.has(keyOf(host)))
    if (left.length === 0) {
      this.#tried.clear()
      left = once
    }
    const rank = (host: Host): number => {
      const key = keyOf(host)
      const at = this.#failed.get(key)
      return at !== undefined ? at : this.#preferred.has(key) ? -Infinity : -Number.MAX_VALUE
    }
    // equal hosts keep their order
    return left
      .map((host) => ({ host, at: rank(host) }))
      .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
      .map(({ host }) => host)
  }

  failed(host: Host, now: number): void {
    this.#tried.add(keyOf(host))
    this.#failed.set(keyOf(host), now)
  }

  /** Puts hosts first as long as they do not fail: they hold our session, or another host named them. */
  prefer(hosts: readonly Host[]): void {
    this.#preferred = new Set(hosts.map(keyOf))
  }

  /** Resets failures after a lasting stream: earlier ones are no longer relevant. */
  lasted(host: Host): void {
    this.#tried.clear()
    this.#failed.delete(keyOf(host))
  }

  /** Forgets all failures, for example in another network. */
  forget(): void {
    this.#tried.clear()
    this.#failed.clear()
  }

  /** True if a host of the last list was not tried in this round. */
  get hasMore(): boolean {
    return this.#known.some((key) => !this.#tried.has(key))
  }
}
