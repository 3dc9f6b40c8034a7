/** Timed actions: scheduled messages and reminders of messages. Actions due while Mnemo was closed run when it starts. */
import { EventEmitter } from 'node:events'
import type { ConversationId, Message } from '../contract/domain.ts'
import type { Log } from './log.ts'
import type { StoreChanges } from './store/types.ts'
import type { Store } from './threads/store.ts'

/** Longest single wait, ms: bounds the delay after a clock change or after sleep. */
const LONGEST_MS = 30_000

interface Events {
  changes: [StoreChanges]
  /** Scheduled messages were added, changed or sent. */
  scheduled: []
  /** All messages whose reminder is due now. */
  reminders: [due: Message[]]
}

export class Agenda extends EventEmitter<Events> {
  readonly #store: Store
  readonly #log: Log
  /** Sends the queued messages of an account. */
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

  /** Runs due actions, then waits for the next. */
  look(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#look().catch((error: unknown) => this.#log.warn(`scheduled actions are delayed: ${String(error)}`))
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

  /** Sends one scheduled message now. */
  async send(id: number, conversation: ConversationId): Promise<void> {
    this.emit('changes', await this.#store.write.sendScheduled({ id, time: Date.now() }))
    this.emit('scheduled')
    this.#flush(conversation)
  }

  /** Messages whose reminder is due now. */
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
