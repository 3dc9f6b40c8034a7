/**
 * Requests of the user to the server: reading, leaving, blocking, contacts. Each stays in the store until the server has answered, so it is sent on the next
 * connection, even after a restart, and only once.
 */
import { domainOf } from '../../../contract/address.ts'
import { xml } from '@xmpp/client'
import type { Jid, MessageId } from '../../../contract/domain.ts'
import type { Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import { isRefusal, refused } from '../../net/problem.ts'
import { leaveGroup } from '../stanzas/group.ts'
import { displayed } from '../stanzas/markers.ts'
import type { Store } from '../../threads/store.ts'
import type { Errand, StoredErrand } from '../../store/tables/errand.ts'
import type { Contacts } from './contacts.ts'
import type { Groups } from './groups.ts'
import type { Personal } from './personal.ts'
import type { Log } from '../../log.ts'

/** Delay after a failure other than a lost connection, ms. */
const AGAIN_MS = 5000

export interface ErrandsOptions {
  connection: Connection
  store: Store
  own: Jid
  contacts: Contacts
  groups: Groups
  personal: Personal
  /** Settles when all received messages are stored. */
  stored(): Promise<void>
  log: Log
}

/** Requests that may be sent before the archive is read. */
const WISHES: readonly Errand['kind'][] = ['contact', 'block', 'leave']

export class Errands implements Module {
  readonly #options: ErrandsOptions
  /** Kinds of requests that the stream is ready for. */
  readonly #open = new Set<Errand['kind']>()
  #running: Promise<void> | null = null
  #again = false

  constructor(options: ErrandsOptions) {
    this.#options = options
  }

  /** Sends the user's requests before any contrary state is read from the server. */
  async begin(): Promise<void> {
    await this.#tellNow(...WISHES)
  }

  /** Sends read state once that of our other devices is stored. */
  async open(): Promise<void> {
    await this.#options.stored()
    void this.#tellNow('read')
  }

  resume(): Promise<void> {
    return this.#tellNow(...WISHES, 'read')
  }

  lost(): void {
    this.#open.clear()
  }

  /** Allows these kinds in this stream; settles when the waiting requests were sent. */
  async #tellNow(...kinds: Errand['kind'][]): Promise<void> {
    for (const kind of kinds) this.#open.add(kind)
    await this.flush()
  }

  /** Sends waiting requests; never rejects. */
  flush(): Promise<void> {
    this.#again = true
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        this.#options.log.info(`requests to the server are delayed: ${String(error)}`)
        // the next connection sends it; if this one still exists, the server was slow or the disk is full
        setTimeout(() => void (this.#options.connection.isReady && this.flush()), AGAIN_MS).unref()
      })
      .finally(() => (this.#running = null))
    return this.#running
  }

  /** Stores a request, then sends it as soon as possible. */
  async add(errand: Errand): Promise<void> {
    await this.#options.store.write.addErrand(errand)
    void this.flush()
  }

  async #run(): Promise<void> {
    while (this.#again && this.#options.connection.isReady) {
      this.#again = false
      for (const errand of await this.#options.store.read.errands(this.#options.own)) {
        if (!this.#open.has(errand.kind)) continue
        try {
          if (!(await this.#tell(errand))) continue
        } catch (error) {
          if (!isRefusal(error)) throw error
          // the server would refuse the request again
          this.#options.log.warn(`${errand.kind} of ${errand.jid} was refused: ${error.condition}`)
        }
        await this.#options.store.write.errandDone(errand.id)
      }
    }
  }

  /** Sends a request; settles after the server's answer. False: not possible yet. */
  async #tell(errand: StoredErrand): Promise<boolean> {
    const { connection, contacts, personal } = this.#options
    const { jid, kind, value } = errand
    if (kind === 'read') return this.#tellRead(jid, value.tell)
    if (kind !== 'leave') await contacts.fulfil(errand)
    else {
      // we are in the group until the group is told otherwise
      if (value.nick !== null) await connection.send(leaveGroup(jid, value.nick))
      await personal.keepGroup({ group: jid, autojoin: false, name: '', nick: null, password: null })
    }
    return true
  }

  /** Sends the current read state: another device may have read further meanwhile, and the archive has given its ids. */
  async #tellRead(jid: Jid, tell: boolean): Promise<boolean> {
    const { connection, store, own, contacts, groups, personal } = this.#options
    const conversation = await store.read.conversationByJid(jid, own)
    const newest = conversation === null ? null : await store.read.newestReceived({ conversation: conversation.id, upTo: conversation.readUpTo as MessageId })
    if (conversation === null || newest === null) return true
    const isGroup = conversation.kind === 'group'
    // only occupants know whether the group is small enough for markers
    if (isGroup && conversation.nick !== null && !groups.isJoined(jid)) return false
    const id = isGroup ? newest.stanzaId : newest.id
    if (tell && id !== null && (isGroup ? groups.isIntimate(jid) : contacts.has(jid))) await connection.send(displayed(jid, id, isGroup))
    if (newest.stanzaId !== null) await personal.noteRead(jid, newest.stanzaId, groups.nickIn(jid) === null ? own : jid)
    // wait for an answer that the server gives after it has accepted the marker
    else await connection.request(xml('iq', { type: 'get', to: domainOf(own) }, xml('ping', { xmlns: 'urn:xmpp:ping' }))).catch(refused(null))
    return true
  }
}
