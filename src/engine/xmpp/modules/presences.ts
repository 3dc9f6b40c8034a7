/** Who of those we know is there: what the best resource of each shows (RFC 6121 section 4). */
import { bare } from '../../../contract/address.ts'
import type { Jid, Presence } from '../../../contract/domain.ts'

/** From the one who is easiest to reach to the one who is hardest. */
const ORDER: readonly Presence[] = ['chat', 'online', 'away', 'xa', 'dnd']

/** Resources of a person that are kept: a server that tells of more without end fills no memory. */
const MOST_RESOURCES = 100

export class Presences {
  readonly #resources = new Map<Jid, Map<Jid, Presence>>()
  readonly #now = new Map<string, Presence>()
  readonly #onChange: (jid: Jid) => void

  /** `onChange` gets the bare address of each person whose presence is another one now. */
  constructor(onChange: (jid: Jid) => void) {
    this.#onChange = onChange
  }

  /** The best presence of each person who is there, by bare address. */
  get now(): ReadonlyMap<string, Presence> {
    return this.#now
  }

  /** `jid`: of one resource. */
  set(jid: Jid, presence: Presence): void {
    const person = bare(jid)
    const resources = this.#resources.get(person) ?? new Map<Jid, Presence>()
    if (presence === 'offline') resources.delete(jid)
    else if (resources.has(jid) || resources.size < MOST_RESOURCES) resources.set(jid, presence)
    if (resources.size === 0) this.#resources.delete(person)
    else this.#resources.set(person, resources)
    this.#show(person, best(resources.values()))
  }

  /** Nobody's is known any more. */
  clear(): void {
    this.#resources.clear()
    for (const person of [...this.#now.keys()]) this.#show(person as Jid, 'offline')
  }

  #show(person: Jid, presence: Presence): void {
    if ((this.#now.get(person) ?? 'offline') === presence) return
    if (presence === 'offline') this.#now.delete(person)
    else this.#now.set(person, presence)
    this.#onChange(person)
  }
}

function best(presences: Iterable<Presence>): Presence {
  const all = new Set(presences)
  return ORDER.find((presence) => all.has(presence)) ?? 'offline'
}
