/**
 * What the user wished without a connection, or just now: reading, leaving, blocking, contacts. Each waits in the store until
 * the server has answered, so it is told at the next connection, also after a restart, and not again after that.
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

/** After a failure that is not the connection's, ms. */
const AGAIN_MS = 5000

export interface ErrandsOptions {
  connection: Connection
  store: Store
  own: Jid
  contacts: Contacts
  groups: Groups
  personal: Personal
  /** Settles when all that has come is in the store. */
  stored(): Promise<void>
  log: Log
}

/** What may be told before the archive is read. */
const WISHES: readonly Errand['kind'][] = ['contact', 'block', 'leave']

export class Errands implements Module {
  readonly #options: ErrandsOptions
  /** Kinds that the stream is ready for. */
  readonly #open = new Set<Errand['kind']>()
  #running: Promise<void> | null = null
  #again = false

  constructor(options: ErrandsOptions) {
    this.#options = options
  }

  /** Before anything of what was wished otherwise meanwhile is read. */
  async begin(): Promise<void> {
    await this.#tellNow(...WISHES)
  }

  /** How far is read is told when what our other devices have read is stored. */
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

  /** From now on in this stream these are told; settles when those that wait were. */
  async #tellNow(...kinds: Errand['kind'][]): Promise<void> {
    for (const kind of kinds) this.#open.add(kind)
    await this.flush()
  }

  /** Tells what waits; rejects never. */
  flush(): Promise<void> {
    this.#again = true
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        this.#options.log.info(`what is left to tell waits: ${String(error)}`)
        // the next connection tells it; where this one is still there, the server was slow or the disk is full
        setTimeout(() => void (this.#options.connection.isReady && this.flush()), AGAIN_MS).unref()
      })
      .finally(() => (this.#running = null))
    return this.#running
  }

  /** Keeps a wish, then tells it when it can. */
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
          // it would be refused again
          this.#options.log.warn(`${errand.kind} of ${errand.jid} was refused: ${error.condition}`)
        }
        await this.#options.store.write.errandDone(errand.id)
      }
    }
  }

  /** False: not yet. The server has answered when it settles. */
  async #tell(errand: StoredErrand): Promise<boolean> {
    const { connection, contacts, personal } = this.#options
    const { jid, kind, value } = errand
    if (kind === 'read') return this.#tellRead(jid, value.tell)
    if (kind !== 'leave') await contacts.fulfil(errand)
    else {
      // who was in it in this stream is in it until the group is told
      if (value.nick !== null) await connection.send(leaveGroup(jid, value.nick))
      await personal.keepGroup({ group: jid, autojoin: false, name: '', nick: null, password: null })
    }
    return true
  }

  /** How far it is read by now: another device may have gone on meanwhile, and the archive has given its ids. */
  async #tellRead(jid: Jid, tell: boolean): Promise<boolean> {
    const { connection, store, own, contacts, groups, personal } = this.#options
    const conversation = await store.read.conversationByJid(jid, own)
    const newest = conversation === null ? null : await store.read.newestReceived({ conversation: conversation.id, upTo: conversation.readUpTo as MessageId })
    if (conversation === null || newest === null) return true
    const isGroup = conversation.kind === 'group'
    // whether it is small enough to be told is known inside
    if (isGroup && conversation.nick !== null && !groups.isJoined(jid)) return false
    const id = isGroup ? newest.stanzaId : newest.id
    if (tell && id !== null && (isGroup ? groups.isIntimate(jid) : contacts.has(jid))) await connection.send(displayed(jid, id, isGroup))
    if (newest.stanzaId !== null) await personal.noteRead(jid, newest.stanzaId, groups.nickIn(jid) === null ? own : jid)
    // an answer that the server gives after it has taken the marker
    else await connection.request(xml('iq', { type: 'get', to: domainOf(own) }, xml('ping', { xmlns: 'urn:xmpp:ping' }))).catch(refused(null))
    return true
  }
}
