/** What is to happen at a time: messages that are sent later, and reminders of messages. What was due while Mnemo was closed happens when it starts. */
import { EventEmitter } from 'node:events'
import type { ConversationId, Message } from '../contract/domain.ts'
import type { Log } from './log.ts'
import type { StoreChanges } from './store/types.ts'
import type { Store } from './threads/store.ts'

/** The longest wait at once, ms: a clock that is set, or a computer that slept, is noticed then. */
const LONGEST_MS = 30_000

interface Events {
  changes: [StoreChanges]
  /** Messages that are sent later were added, changed or sent. */
  scheduled: []
  /** The messages that one is to be reminded of now, all of them. */
  reminders: [due: Message[]]
}

export class Agenda extends EventEmitter<Events> {
  readonly #store: Store
  readonly #log: Log
  /** Sends what waits in an account's queue. */
  readonly #flush: (conversation: ConversationId) => void
  #timer: NodeJS.Timeout | null = null
  #told = ''
  #stopped = false

  constructor(store: Store, log: Log, flush: (conversation: ConversationId) => void) {
    super()
    this.#store = store
    this.#log = log
    this.#flush = flush
  }

  start(): void {
    this.look()
  }
  stop(): void {
    this.#stopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** Does what is due, and waits for the next. */
  look(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#look().catch((error: unknown) => this.#log.warn(`the agenda waits: ${String(error)}`))
  }

  async #look(): Promise<void> {
    const now = Date.now()
    for (const { id, conversation } of await this.#store.read.scheduledDue(now)) await this.send(id, conversation)
    await this.tellReminders()
    const next = await this.#store.read.nextDue(now)
    if (this.#stopped || next === null) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.look(), Math.min(LONGEST_MS, Math.max(0, next - Date.now())))
    this.#timer.unref()
  }

  /** Sends one now. */
  async send(id: number, conversation: ConversationId): Promise<void> {
    this.emit('changes', await this.#store.write.sendScheduled({ id, time: Date.now() }))
    this.emit('scheduled')
    this.#flush(conversation)
  }

  /** All that one is to be reminded of now. */
  async reminders(): Promise<Message[]> {
    const ids = await this.#store.read.remindersDue(Date.now())
    const messages = await Promise.all(ids.map((id) => this.#store.read.message(id)))
    return messages.filter((message) => message !== null)
  }
  async tellReminders(): Promise<void> {
    const due = await this.reminders()
    const told = due.map(({ key }) => key).join(' ')
    if (told === this.#told) return
    this.#told = told
    this.emit('reminders', due)
  }
}
