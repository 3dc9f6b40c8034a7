/** Files of messages in both directions: the folder they lie in, what comes from windows, uploads and downloads. */
import { EventEmitter } from 'node:events'
import type { FileProgress } from '../../contract/domain.ts'
import type { Connection } from '../connection/connection.ts'
import type { Store } from '../store/store.ts'
import type { StoreChanges } from '../store/types.ts'
import { Downloads } from './downloads.ts'
import { isPrivate, type Trust } from '../connection/http.ts'
import { Intake } from './intake.ts'
import { Uploads } from './uploads.ts'

interface Events {
  changes: [StoreChanges]
  /** Of all attachments that are on their way, by id. */
  progress: [ReadonlyMap<number, FileProgress>]
}

export class Media extends EventEmitter<Events> {
  readonly folder: string
  readonly downloads: Downloads
  readonly intake: Intake
  readonly #store: Store
  readonly #info: (message: string) => void
  readonly #progress = new Map<number, FileProgress>()
  #connection: Connection | null = null
  #uploads: Uploads | null = null

  constructor(folder: string, store: Store, info: (message: string) => void) {
    super()
    this.folder = folder
    this.#store = store
    this.#info = info
    this.intake = new Intake(folder)
    this.downloads = new Downloads({ store, folder, trust: () => this.#trust(), ...this.#told })
  }

  get #told() {
    return {
      onChanges: (changes: StoreChanges): void => void this.emit('changes', changes),
      onProgress: (id: number, done: number, total: number | null): void => this.#onProgress(id, done, total),
      info: this.#info
    }
  }

  /** Bytes of the attachments that are on their way, by id. */
  get progress(): ReadonlyMap<number, FileProgress> {
    return this.#progress
  }

  #onProgress(id: number, done: number, total: number | null): void {
    if (done === 0 && total === null) this.#progress.delete(id)
    else this.#progress.set(id, { done, total })
    this.emit('progress', this.#progress)
  }

  /** The stream over which files are announced from now on. */
  connect(connection: Connection): Uploads {
    this.#connection = connection
    this.#uploads = new Uploads({ connection, store: this.#store, folder: this.folder, trust: () => this.#trust() ?? { trustedFingerprint: null, mayBePrivate: false, proxy: null }, ...this.#told })
    connection.on('ready', () => this.downloads.look())
    return this.#uploads
  }

  async disconnect(): Promise<void> {
    this.#uploads?.stop()
    this.#uploads = null
    this.#connection = null
    await this.downloads.stop()
  }

  /** What the server takes: bytes at most, null where it does not say; `accepts` false: no files. */
  async limit(): Promise<{ accepts: boolean; largest: number | null }> {
    // without a connection a file waits like a text does
    const service = this.#connection?.isReady === true && this.#uploads !== null ? await this.#uploads.service() : undefined
    return { accepts: service !== null, largest: service?.largest ?? null }
  }

  /** Ends the sending or fetching of an attachment. */
  cancel(id: number): void {
    this.#uploads?.cancel(id)
    this.downloads.cancel(id)
  }

  #trust(): Trust | null {
    if (this.#connection === null || !this.#connection.isReady) return null
    const address = this.#connection.serverAddress
    const { trustedFingerprint, proxy } = this.#connection.account
    return { trustedFingerprint, mayBePrivate: address !== null && isPrivate(address), proxy }
  }
}
