/** Reading of archives: what is new, the hole below, and where our own messages stand. One reading of each at a time. */
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

/** What could not be stored is asked for again after this time, ms. */
const AGAIN_MS = 2000
/** An archive that does not answer is asked again after twice the time of the last try, this long at most, ms. */
const LONGEST_AGAIN_MS = 10 * 60_000
/** An archive that says nothing for so long holds back nothing that comes live, ms. */
const PATIENCE_MS = 10_000
/** Own messages are placed this long after the first of them was taken, ms: some servers read a whole archive for each question. */
const PLACE_MS = 8000
/** Older history that nobody waits for: this long a pause after a page, of the time that the page took. */
const POLITE = 0.5
/** Pages that are read at most until one has a message of the conversation that somebody reads. */
const MOST_PAGES = 25

export interface ArchivesOptions {
  context: Omit<CatchUpContext, 'onInvitation'>
  inbox: Inbox
  /** Our own account's archive. */
  own: Jid
  log: Log
  /** How long an archive may be silent, ms. */
  patience?: number
}

interface Events {
  /** It came while we were away. */
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
  /** Archives that are asked again soon. */
  readonly #again = new Map<Jid, NodeJS.Timeout>()
  /** How often in a row an archive did not answer. */
  readonly #silent = new Map<Jid, number>()
  #placing: NodeJS.Timeout | null = null

  constructor(options: ArchivesOptions) {
    super()
    this.#options = options
    this.#context = { ...options.context, onInvitation: (invitation) => this.emit('invitation', invitation) }
    options.inbox.on('unsure', () => this.placeSoon())
    options.inbox.on('failed', (archive, error) => {
      this.readAgain(archive)
      options.log.warn(`storing messages of ${archive} failed (${error.message}); reading its archive again`)
    })
  }

  /** What waits for its archive waits for it in this stream, too; groups whose archives were being read are still in where the stream was resumed. */
  async begin(resumed: boolean): Promise<void> {
    if (resumed) for (const archive of this.#options.inbox.unreadArchives) if (archive !== this.#options.own) this.#background(archive)
    await this.read(this.#options.own)
  }

  stop(): void {
    if (this.#placing !== null) clearTimeout(this.#placing)
    for (const timer of this.#again.values()) clearTimeout(timer)
  }

  /** What was being read when the stream broke off, before anything passes it. */
  resume(): void {
    for (const archive of this.#options.inbox.unreadArchives) this.#background(archive)
  }

  #background(archive: Jid): void {
    this.read(archive).catch((error: unknown) => this.#options.log.warn(error instanceof Error ? error.message : String(error)))
  }

  /** Reads what an archive has and we have not; one reading of it after the other. Settles, too, when the archive is silent: it is read later, and nothing waits for it. */
  read(archive: Jid): Promise<void> {
    const passed = Promise.withResolvers<void>()
    const reading = (this.#reading.get(archive) ?? Promise.resolve()).catch(() => undefined).then(() => this.#readOnce(archive, passed.resolve))
    this.#reading.set(archive, reading)
    return Promise.race([reading, passed.promise])
  }

  /** Soon, where it was not the connection that failed: a new one does so anyway. */
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

  /** `onPassed`: the archive is silent, and what comes live is stored without it. */
  async #readOnce(archive: Jid, onPassed: () => void): Promise<void> {
    const { inbox, own, log, patience = PATIENCE_MS } = this.#options
    const { connection, onChanges } = this.#context
    // a query to our own account's names nobody
    const asked = archive === own ? null : archive
    if (!inbox.isPassing(archive)) inbox.park(archive)
    this.#asked.set(archive, nothingAsked())
    const pass = (): void => {
      // without a connection nothing comes, and the next one asks anew
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
      await catchUp({ ...this.#context, onChanges: heard, onHeard, ...(asked === null ? { ids: inbox.ids } : {}) }, asked)
    } catch (error) {
      // a server without an archive is still a server to talk through
      if (!isRefusal(error)) {
        const unstored = error instanceof StoreError
        if (!unstored && connection.isReady) this.#silent.set(archive, (this.#silent.get(archive) ?? 0) + 1)
        this.readAgain(archive)
        // the disk may be full: what comes meanwhile stays parked until it could be stored
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

  /** Reads older history in the background, newest first, until all of it is here or the settings want no more. */
  fill(archive: Jid): void {
    if (this.#filling.has(archive) || !this.#context.connection.isReady) return
    this.#filling.add(archive)
    this.#fillAll(archive)
      .catch((error: unknown) => {
        this.#options.log.info(`older history of ${archive} goes on later: ${String(error)}`)
        // what the server refuses it refuses again
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
      // what would expire at once
      if (keepDays !== null && since !== null && since < expiryOf(keepDays)) return
      const started = performance.now()
      if ((await this.#page(archive)) === null) return
      await new Promise((resolve) => setTimeout(resolve, (performance.now() - started) * POLITE).unref())
      if (!connection.isReady) return
    }
  }

  /** One page of an archive at a time, whoever wants it. */
  #page(archive: Jid): Promise<StoreChanges | null> {
    const page = (this.#paging.get(archive) ?? Promise.resolve(null))
      .catch(() => null)
      .then(() => fillPage(this.#context, archive === this.#options.own ? null : archive, this.#asked.get(archive)))
    this.#paging.set(archive, page)
    return page
  }

  /** Reads older history until there is more of a conversation; false: there is none. Rejects where the connection is lost. */
  async older(conversation: Jid, kind: ConversationKind): Promise<boolean> {
    const archive = kind === 'group' ? bare(conversation) : this.#options.own
    for (let i = 0; i < MOST_PAGES; i++) {
      const changes = await this.#page(archive)
      if (changes === null) return false
      if (changes.added > 0 && changes.conversations.some(({ jid }) => jid === conversation)) return true
    }
    return true
  }

  /** An own message was taken, here or by another device's stream: the archive says where it stands. Of many in a row it is asked once. */
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
