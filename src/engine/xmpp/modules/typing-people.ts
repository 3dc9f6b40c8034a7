/** Typing indicators; one that is not refreshed expires. */
import type { Jid } from '../../../contract/domain.ts'

/** Expiry, ms: after 30 s typing counts as paused (XEP-0085). */
const FORGET_MS = 30_000
/** Limits of shown people in a conversation, and of conversations, against floods. */
const MOST_PEOPLE = 50
const MOST_CONVERSATIONS = 500

export class TypingPeople {
  readonly #typing = new Map<Jid, Map<Jid, NodeJS.Timeout>>()
  readonly #tell: () => void

  constructor(tell: () => void) {
    this.#tell = tell
  }

  /** Typing people by conversation: occupants in groups, addresses otherwise. */
  get now(): ReadonlyMap<Jid, readonly Jid[]> {
    return new Map([...this.#typing].map(([conversation, people]) => [conversation, [...people.keys()]]))
  }

  /** `person`: an occupant in a group, a contact otherwise. */
  set(conversation: Jid, person: Jid, typing: boolean): void {
    const people = this.#typing.get(conversation) ?? new Map<Jid, NodeJS.Timeout>()
    const known = people.get(person)
    const isFull = people.size >= MOST_PEOPLE || (people.size === 0 && this.#typing.size >= MOST_CONVERSATIONS)
    if (typing && known === undefined && isFull) return
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
