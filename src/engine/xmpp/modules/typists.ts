/** Who types at this moment. Nobody types for ever: a sign that is not repeated is forgotten. */
import type { Jid } from '../../../contract/domain.ts'

/** XEP-0085 names 30 s after which typing counts as paused. */
const FORGET_MS = 30_000

export class Typists {
  readonly #typing = new Map<Jid, Map<Jid, NodeJS.Timeout>>()
  readonly #tell: () => void

  constructor(tell: () => void) {
    this.#tell = tell
  }

  /** Occupants in groups, addresses otherwise, by conversation. */
  get now(): ReadonlyMap<Jid, readonly Jid[]> {
    return new Map([...this.#typing].map(([conversation, people]) => [conversation, [...people.keys()]]))
  }

  /** `person`: an occupant in a group, a contact otherwise. */
  set(conversation: Jid, person: Jid, typing: boolean): void {
    const people = this.#typing.get(conversation) ?? new Map<Jid, NodeJS.Timeout>()
    const known = people.get(person)
    clearTimeout(known)
    if (typing) people.set(person, setTimeout(() => this.set(conversation, person, false), FORGET_MS).unref())
    else people.delete(person)
    if (people.size > 0) this.#typing.set(conversation, people)
    else this.#typing.delete(conversation)
    if (typing !== (known !== undefined)) this.#tell()
  }

  clear(): void {
    for (const people of this.#typing.values()) for (const timer of people.values()) clearTimeout(timer)
    if (this.#typing.size === 0) return
    this.#typing.clear()
    this.#tell()
  }
}
