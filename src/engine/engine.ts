/** Engine: store, accounts and media of one profile, without windows. The app and the command line both run on it. */
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { parseJid } from '../contract/address.ts'
import type { AccountSettings, ConnectionState, Jid, ServerReport } from '../contract/domain.ts'
import { Accounts } from './accounts.ts'
import { Agenda } from './agenda.ts'
import { Conversations } from './conversations.ts'
import { Files } from './files.ts'
import { GroupChats } from './group-chats.ts'
import { Transfer } from './history-files/transfer.ts'
import { LiveState } from './live.ts'
import type { Log } from './log.ts'
import { Media } from './media/media.ts'
import { Messages } from './messages.ts'
import { People } from './people.ts'
import { Registrations } from './registrations.ts'
import { EngineError, Scope } from './scope.ts'
import { TrustedClock } from './store/clock.ts'
import type { TransferStart } from './history-files/task.ts'
import { profileKey, type Keyring } from './store/key.ts'
import type { Salvaged } from './store/salvage.ts'
import type { StoreChanges } from './store/types.ts'
import type { ThreadCode } from './threads/running.ts'
import type { WorkerStart } from './threads/serve.ts'
import { Store, type SlowReport } from './threads/store.ts'
import { isDamage } from './threads/thread.ts'
import { Upkeep } from './threads/upkeep.ts'
import { lookAtServer } from './xmpp/modules/server-report.ts'

export interface EngineOptions {
  /** Folder of all data of the user. */
  profile: string
  /** Code of threads/worker.ts and history-files/worker.ts, as sources or built files. */
  worker: ThreadCode<WorkerStart>
  transferWorker: ThreadCode<TransferStart>
  /** Paths of the native search extension and of jieba's dictionary. */
  extension: string
  dictionary: string
  /** SQLite binary for better-sqlite3; absent or null: the package finds its own. */
  addon?: string | null
  keyring?: Keyring
  log?: Log
  onTime?: SlowReport
}

interface Events {
  changes: [StoreChanges]
}

const QUIET: Log = { info: () => undefined, warn: () => undefined }

export class Engine extends EventEmitter<Events> {
  readonly store: Store
  readonly transfer: Transfer
  readonly media: Media
  readonly accounts: Accounts
  readonly agenda: Agenda
  readonly messages: Messages
  readonly conversations: Conversations
  readonly groups: GroupChats
  readonly people: People
  readonly files: Files
  readonly registrations: Registrations
  readonly keyProtection: 'keychain' | 'file'
  /** Live state shown by windows. */
  readonly live = new LiveState()
  readonly #log: Log
  readonly #scope: Scope
  readonly #upkeep: Upkeep

  private constructor(store: Store, transfer: Transfer, keyProtection: 'keychain' | 'file', log: Log) {
    super()
    this.store = store
    this.transfer = transfer
    this.keyProtection = keyProtection
    this.#log = log
    this.media = new Media(transfer.media, store, (message) => log.info(message))
    this.media.on('changes', (changes) => this.emit('changes', changes))
    this.accounts = new Accounts(store, this.media, this.live, log)
    this.accounts.on('changes', (changes) => this.emit('changes', changes))
    this.agenda = new Agenda(store, log, (id) => void this.messages.flush(id).catch((error: unknown) => log.warn(String(error))))
    this.agenda.on('changes', (changes) => this.emit('changes', changes))
    this.media.on('progress', (files) => this.live.set('files', Object.fromEntries(files)))
    store.onBroken((broken) => this.live.set('storeBroken', broken))
    const clock = new TrustedClock()
    this.accounts.on('time', (account, time, exact) => (exact ? clock.say(account, time) : clock.stamped(time)))
    const told = {
      indexing: (left: number, total: number) => this.live.set('indexing', { left, total }),
      changes: (changes: StoreChanges) => this.emit('changes', changes)
    }
    this.#upkeep = new Upkeep(store, transfer.media, log, told, clock)
    const scope = (this.#scope = new Scope(store, this.accounts, this.media, log, (changes) => this.emit('changes', changes)))
    this.groups = new GroupChats(scope)
    this.messages = new Messages(scope, this.groups, this.agenda)
    this.conversations = new Conversations(scope, this.groups, this.messages, () => this.#upkeep.removeCleared())
    this.people = new People(scope)
    this.files = new Files(scope)
    this.registrations = new Registrations(scope)
  }

  /** Rebuilds the index in the background; messages not indexed yet are searched one by one. */
  reindex = (): Promise<void> => this.#upkeep.reindex()

  /** Reads the data that a search needs into memory, before the user searches. */
  prepareSearch = (): Promise<void> => this.#upkeep.prepareSearch()

  /** Opens the profile's store without connecting. Throws StoreOpenError. */
  static async open(options: EngineOptions): Promise<Engine> {
    const file = join(options.profile, 'messages.db')
    const { key, protection } = profileKey(options.profile, options.keyring)
    const { worker, transferWorker, extension, dictionary, addon, onTime } = options
    const files = { file, key, extension, dictionary, addon: addon ?? null }
    const log = options.log ?? QUIET
    const onSalvage = ({ kept, messages, incomplete }: Salvaged): void =>
      log.warn(
        `the store was damaged: ${messages} messages were saved into a new one${incomplete ? ', some could not be read' : ''}; the damaged file is ${kept}`
      )
    const store = await Store.open({ ...files, worker, onSalvage, onEnded: log.warn, ...(onTime === undefined ? {} : { onTime }) })
    const transfer = new Transfer({
      worker: transferWorker,
      store,
      files,
      media: join(options.profile, 'media'),
      onChanges: (changes) => engine.emit('changes', changes)
    })
    const engine: Engine = new Engine(store, transfer, protection, log)
    try {
      await engine.accounts.load()
      engine.#upkeep.start()
      engine.agenda.start()
      await engine.conversations.unmute()
    } catch (error) {
      if (isDamage(error)) await engine.salvageNextTime()
      await engine.close()
      throw error
    }
    return engine
  }

  /** Handles damage in the store: if more than the index is damaged, the next start saves the readable part into a new store. */
  salvageNextTime = (): Promise<void> => this.#upkeep.salvageNextTime()

  /** First account, the default where none is named. */
  get account(): AccountSettings | null {
    return this.accounts.settings[0] ?? null
  }
  /** Connection state of the first account. */
  get connection(): ConnectionState {
    return this.account === null ? { status: 'signed-out' } : this.accounts.state(this.account.jid)
  }
  /** Connects the stored accounts. */
  connect = (): Promise<void> => this.accounts.connect()

  /**
   * Signs in beside the existing accounts; settles when that worked or failed. The account is stored only on success, so a typing error changes nothing.
   * Throws EngineError.
   */
  async signIn(settings: AccountSettings): Promise<ConnectionState> {
    const jid = parseJid(settings.jid)
    if (jid === null || !jid.includes('@')) throw new EngineError('invalid-address', `${settings.jid} is no address`)
    return this.accounts.signIn({ ...settings, jid })
  }

  /** Capabilities of an account's server. Throws EngineError; rejects with ConnectionError if the connection is lost meanwhile. */
  async serverReport(account: Jid): Promise<ServerReport> {
    return lookAtServer(this.#scope.connected(account).connection)
  }

  /** Removes an account; its messages stay. */
  async signOut(jid: Jid | undefined = this.account?.jid): Promise<void> {
    if (jid !== undefined) await this.accounts.signOut(jid)
  }

  /** Retries now, with a password or certificate that the user has just given. */
  async reconnect(change: { trustFingerprint: string | null; password: string | null }, jid: Jid | undefined = this.account?.jid): Promise<void> {
    if (jid !== undefined) await this.accounts.reconnect(jid, change)
  }

  /** Number of messages that would be deleted if only the last `days` days were kept. */
  expiring = (days: number): Promise<number> => this.#upkeep.expiring(days)

  /** Deletes messages older than the settings allow, soon. */
  expire(): void {
    this.#upkeep.expire()
  }

  /** True while any window is visible. */
  set active(active: boolean) {
    this.accounts.active = active
  }

  wake(): void {
    for (const session of this.accounts.sessions) session.connection.wake()
  }

  /** Ends the sessions, not the store. */
  disconnect = (): Promise<void> => this.accounts.disconnect()

  async close(): Promise<void> {
    this.registrations.end()
    this.conversations.stop()
    this.#upkeep.stop()
    this.agenda.stop()
    await this.disconnect()
    await this.#upkeep.stopped
    // on a full disk the write-ahead log stays beside the file, and remains part of the store
    await this.store.write.checkpoint().catch((error: unknown) => this.#log.warn(String(error)))
    await this.store.close()
  }
}
