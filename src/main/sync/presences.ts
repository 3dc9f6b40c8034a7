/** Who of those we know is there: what the best resource of each shows (RFC 6121 section 4). */
import { bare } from '../../contract/address.ts'
import type { Jid, Presence } from '../../contract/domain.ts'

/** From the one who is easiest to reach to the one who is hardest. */
const ORDER: readonly Presence[] = ['chat', 'online', 'away', 'xa', 'dnd']

export class Presences {
  readonly #resources = new Map<Jid, Map<Jid, Presence>>()
  readonly #onChange: (now: ReadonlyMap<string, Presence>) => void

  constructor(onChange: (now: ReadonlyMap<string, Presence>) => void) {
    this.#onChange = onChange
  }

  /** What each one's best resource shows, by bare address. */
  get now(): ReadonlyMap<string, Presence> {
    return new Map([...this.#resources].map(([jid, resources]) => [jid, best(resources.values())]))
  }

  /** `jid`: of one resource. */
  set(jid: Jid, presence: Presence): void {
    const resources = this.#resources.get(bare(jid)) ?? new Map<Jid, Presence>()
    if (presence === 'offline') resources.delete(jid)
    else resources.set(jid, presence)
    if (resources.size === 0) this.#resources.delete(bare(jid))
    else this.#resources.set(bare(jid), resources)
    this.#onChange(this.now)
  }

  /** Nobody's is known any more. */
  clear(): void {
    this.#resources.clear()
    this.#onChange(this.now)
  }
}

function best(presences: Iterable<Presence>): Presence {
  const all = new Set(presences)
  return ORDER.find((presence) => all.has(presence)) ?? 'offline'
}
