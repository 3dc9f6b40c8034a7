/**
 * Sends what the store has queued, in order, each with the origin-id it was given when it was typed. A message leaves
 * the queue when the server has taken it (XEP-0198), so one that was cut off is sent again, under the same id.
 */
import { xml, type Element } from '@xmpp/client'
import { bare, domainOf } from '../../contract/address.ts'
import type { Connection } from '../connection/connection.ts'
import { encodeMessage } from '../protocol/message.ts'
import type { Store } from '../store/store.ts'
import type { StoreChanges } from '../store/writer.ts'

/** Not yet acknowledged at once; other servers cut a longer burst off. */
const WINDOW = 100

export class Outbox {
  readonly #connection: Connection
  readonly #store: Store
  readonly #onChanges: (changes: StoreChanges) => void
  /** Whether a group has let us in; messages to the others wait. */
  readonly #maySendTo: (conversation: string) => Promise<boolean>
  readonly #inFlight = new Set<string>()
  #open = false
  #running = false
  #again = false

  constructor(connection: Connection, store: Store, onChanges: (changes: StoreChanges) => void, maySendTo: (conversation: string) => Promise<boolean>) {
    this.#connection = connection
    this.#store = store
    this.#onChanges = onChanges
    this.#maySendTo = maySendTo
    connection.on('acked', (stanza) => void this.#settle(stanza, true))
    connection.on('unacked', (stanza) => void this.#settle(stanza, false))
    connection.on('lost', () => (this.#open = false))
  }

  /** After the archive was caught up, so that what it already has is not sent again. */
  open(): void {
    this.#open = true
    this.flush()
  }

  /** Sends what is queued, now or after the run that is under way. */
  flush(): void {
    this.#again = true
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      while (this.#again && this.#open) {
        this.#again = false
        for (const { message, originId } of await this.#store.read.queued()) {
          if (!this.#open || this.#inFlight.size >= WINDOW) break
          if (this.#inFlight.has(originId)) continue
          const conversation = await this.#store.read.conversation(message.conversation)
          if (conversation === null || !(await this.#maySendTo(conversation.jid))) continue
          this.#inFlight.add(originId)
          const stanza = encodeMessage(conversation.jid, conversation.kind, message.text, originId)
          await this.#connection.send(stanza)
          if (!this.#connection.hasAcks) await this.#confirm(stanza)
        }
      }
    } catch {
      // the connection went away: all that was in flight is sent again after the next catch-up
      this.#inFlight.clear()
    } finally {
      this.#running = false
    }
  }

  /** Without XEP-0198: an answer that the server gives after it has taken the message. */
  async #confirm(stanza: Element): Promise<void> {
    const ping = xml('iq', { type: 'get', to: domainOf(this.#connection.jid) }, xml('ping', { xmlns: 'urn:xmpp:ping' }))
    await this.#connection.request(ping).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'StanzaError')) throw error
    })
    await this.#settle(stanza, true)
  }

  async #settle(stanza: Element, taken: boolean): Promise<void> {
    const { id, to } = stanza.attrs
    if (stanza.name !== 'message' || id === undefined || to === undefined || !this.#inFlight.delete(id)) return
    if (!taken) return
    const conversation = stanza.attrs['type'] === 'groupchat' ? bare(to) : to
    this.#onChanges(await this.#store.write.transition({ conversation: conversation as never, originId: id, state: 'sent', error: null }))
    this.flush()
  }
}
