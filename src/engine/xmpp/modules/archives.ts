/** Archive reading: new messages, the hole below them, and the positions of our own messages. Each archive is read once at a time. */
import { EventEmitter } from 'node:events'
import { bare } from '../../../contract/address.ts'
import type { ConversationKind, Jid } from '../../../contract/domain.ts'
import { isRefusal } from '../../net/problem.ts'
import { catchUp, fillPage, nothingAsked, type Asked, type CatchUpContext } from './catch-up.ts'
import type { Module } from '../module.ts'
import type { Invitation } from '../stanzas/group.ts'
import type { Inbox } from './inbox.ts'
import type { Log } from '../../log.ts'
import { StoreError } from '../../threads/store.ts'
import type { StoreChanges } from '../../store/types.ts'
import { expiryOf } from '../../threads/upkeep.ts'

/** Delay before messages that could not be stored are requested again, ms. */
const AGAIN_MS = 2000
/** Longest delay before a silent archive is asked again, ms; the delay doubles with each try. */
const LONGEST_AGAIN_MS = 10 * 60_000
/** Silence of an archive after which live messages are stored without waiting for it, ms. */
const PATIENCE_MS = 10_000
/** Delay between the server's first acknowledgement and the query for the positions of own messages, ms: some servers read a whole archive for each query. */
const PLACE_MS = 8000
/** Pause after a page of older history in the background, as a share of the time that the page took. */
const POLITE = 0.5
/** Most pages read until one has a message of the conversation on screen. */
const MOST_PAGES = 25

export interface ArchivesOptions {
  context: Omit<CatchUpContext, 'onInvitation'>
  inbox: Inbox
  /** Our own account's archive. */
  own: Jid
  log: Log
  /** Longest silence of an archive, ms. */
  patience?: number
}

interface Events {
  /** An invitation that arrived while we were away. */
  invitation: [Invitation]
}

export class Archives extends EventEmitter<Events> implements Module {
  readonly #options: ArchivesOptions
  readonly #context: CatchUpContext
  readonly #reading = new Map<Jid, Promise<void>>()
  /** Archives whose older history is being read. */
  readonly #filling = new Set<Jid>()
  readonly #asked = new Map<Jid, Asked>()
  readonly #paging = new Map<Jid, Promise<StoreChanges | null>>()
  /** Timers of archives to be asked again. */
  readonly #again = new Map<Jid, NodeJS.Timeout>()
  /** Consecutive failures of each archive to answer. */
  readonly #silent = new Map<Jid, number>()
  #placing: NodeJS.Timeout | null = null

  constructor(options: ArchivesOptions) {
    super()
    this.#options = options
    const onFault = (error: Error): void => options.log.warn(`a message of an archive was not understood: ${error.stack ?? error.message}`)
    this.#context = { ...options.context, onFault, onInvitation: (invitation) => this.emit('invitation', invitation) }
    options.inbox.on('unsure', () => this.placeSoon())
    options.inbox.on('failed', (archive, error) => {
      this.readAgain(archive)
      options.log.warn(`storing messages of ${archive} failed (${error.message}); reading its archive again`)
    })
  }

  /** Reads the archives again whose messages are held back; in a resumed stream we are still in the groups whose archives were being read. */
  async begin(resumed: boolean): Promise<void> {
    if (resumed) for (const archive of this.#options.inbox.unreadArchives) if (archive !== this.#options.own) this.#background(archive)
    await this.read(this.#options.own)
  }

  stop(): void {
    if (this.#placing !== null) clearTimeout(this.#placing)
    for (const timer of this.#again.values()) clearTimeout(timer)
  }

  /** Continues the readings that the end of the last stream interrupted, before live messages can pass them. */
  resume(): void {
    for (const archive of this.#options.inbox.unreadArchives) this.#background(archive)
  }

  #background(archive: Jid): void {
    this.read(archive).catch((error: unknown) => this.#options.log.warn(error instanceof Error ? error.message : String(error)))
  }

  /** Reads new messages of an archive; one reading after the other. Also settles if the archive is silent: it is read later, and nothing waits for it. */
  read(archive: Jid): Promise<void> {
    const passed = Promise.withResolvers<void>()
    const reading = (this.#reading.get(archive) ?? Promise.resolve()).catch(() => undefined).then(() => this.#readOnce(archive, passed.resolve))
    this.#reading.set(archive, reading)
    return Promise.race([reading, passed.promise])
  }

  /** Schedules another reading, unless the connection failed: a new connection reads anyway. */
  readAgain(archive: Jid): void {
    if (!this.#context.connection.isReady || this.#again.has(archive)) return
    const timer = setTimeout(
      () => {
        this.#again.delete(archive)
        if (this.#context.connection.isReady) this.#background(archive)
      },
      Math.min(AGAIN_MS * 2 ** (this.#silent.get(archive) ?? 0), LONGEST_AGAIN_MS)
    )
    this.#again.set(archive, timer.unref())
  }

  /** `onPassed`: called when the archive is silent, so live messages are stored without it. */
  async #readOnce(archive: Jid, onPassed: () => void): Promise<void> {
    const { inbox, own, log, patience = PATIENCE_MS } = this.#options
    const { connection, onChanges } = this.#context
    // a query to our own account's archive has no 'to'
    const asked = archive === own ? null : archive
    if (!inbox.isPassing(archive)) inbox.park(archive)
    this.#asked.set(archive, nothingAsked())
    const pass = (): void => {
      // without a connection no live messages arrive, and the next connection asks again
      if (!connection.isReady) return
      inbox.pass(archive)
      onPassed()
    }
    let silence = setTimeout(pass, patience)
    const onHeard = (): void => {
      clearTimeout(silence)
      silence = setTimeout(pass, patience)
    }
    const heard = (changes: StoreChanges): void => {
      onHeard()
      onChanges(changes)
    }
    try {
      await catchUp(
        { ...this.#context, failures: this.#silent.get(archive) ?? 0, onChanges: heard, onHeard, ...(asked === null ? { ids: inbox.ids } : {}) },
        asked
      )
    } catch (error) {
      // a server without an archive is still usable
      if (!isRefusal(error)) {
        const unstored = error instanceof StoreError
        if (!unstored && connection.isReady) this.#silent.set(archive, (this.#silent.get(archive) ?? 0) + 1)
        this.readAgain(archive)
        // the disk may be full: live messages stay parked until they can be stored
        if (unstored || !connection.isReady) throw error
        log.warn(`the archive of ${archive} does not answer: ${error instanceof Error ? error.message : String(error)}`)
        pass()
        return
      }
      log.warn(`${archive} has no archive: ${error.message}`)
    } finally {
      clearTimeout(silence)
    }
    this.#silent.delete(archive)
    inbox.release(archive)
    this.fill(archive)
  }

  /** Reads older history in the background, newest first, until all of it is stored or the settings want no more. */
  fill(archive: Jid): void {
    if (this.#filling.has(archive) || !this.#context.connection.isReady) return
    this.#filling.add(archive)
    this.#fillAll(archive)
      .catch((error: unknown) => {
        this.#options.log.info(`reading older history of ${archive} was interrupted: ${String(error)}`)
        // the server would refuse again
        if (!isRefusal(error)) this.readAgain(archive)
      })
      .finally(() => this.#filling.delete(archive))
  }

  async #fillAll(archive: Jid): Promise<void> {
    const { store, connection } = this.#context
    for (;;) {
      const { keepHistory, keepDays } = await store.read.settings()
      if (!keepHistory) return
      const { since } = (await store.read.missingHistory(this.#options.own)).find(({ jid }) => jid === archive) ?? { since: null }
      // older messages would expire at once
      if (keepDays !== null && since !== null && since < expiryOf(keepDays)) return
      const started = performance.now()
      if ((await this.#page(archive)) === null) return
      await new Promise((resolve) => setTimeout(resolve, (performance.now() - started) * POLITE).unref())
      if (!connection.isReady) return
    }
  }

  /** Reads one page of an archive; concurrent requests queue up. */
  #page(archive: Jid): Promise<StoreChanges | null> {
    const page = (this.#paging.get(archive) ?? Promise.resolve(null))
      .catch(() => null)
      .then(() => fillPage(this.#context, archive === this.#options.own ? null : archive, this.#asked.get(archive)))
    this.#paging.set(archive, page)
    return page
  }

  /** Reads older history until there is more of a conversation; false: there is none. Rejects if the connection is lost. */
  async older(conversation: Jid, kind: ConversationKind): Promise<boolean> {
    const archive = kind === 'group' ? bare(conversation) : this.#options.own
    for (let i = 0; i < MOST_PAGES; i++) {
      const changes = await this.#page(archive)
      if (changes === null) return false
      if (changes.added > 0 && changes.conversations.some(({ jid }) => jid === conversation)) return true
    }
    return true
  }

  /** Schedules a query for the archive position of own messages, sent here or by another device: one query for many in a row. */
  placeSoon(): void {
    this.#placing ??= setTimeout(() => {
      this.#placing = null
      if (this.#context.connection.isReady) this.#place().catch((error: unknown) => this.#options.log.warn(String(error)))
    }, PLACE_MS)
  }

  async #place(): Promise<void> {
    const { inbox, own } = this.#options
    if (inbox.isUnsure(own) || (await this.#context.store.read.hasUnplaced(own))) await this.read(this.#options.own)
  }
}
