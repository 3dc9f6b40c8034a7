/** Presence of known people: the best one of each person's resources (RFC 6121 section 4). */
import { bare } from '../../../contract/address.ts'
import type { Jid, Presence } from '../../../contract/domain.ts'

/** Presence values from the most reachable to the least. */
const ORDER: readonly Presence[] = ['chat', 'online', 'away', 'xa', 'dnd']

/** Resources kept per person, so that a hostile server cannot fill the memory. */
const MOST_RESOURCES = 100

export class Presences {
  readonly #resources = new Map<Jid, Map<Jid, Presence>>()
  readonly #now = new Map<string, Presence>()
  readonly #onChange: (jid: Jid) => void

  /** `onChange` gets the bare address of each person whose presence has changed. */
  constructor(onChange: (jid: Jid) => void) {
    this.#onChange = onChange
  }

  /** Best presence of each available person, by bare address. */
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

  /** Forgets all presences. */
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
