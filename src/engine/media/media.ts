/** Files of messages in both directions: media folder, staging from windows, uploads and downloads. */
import { EventEmitter } from 'node:events'
import { bare, domainOf } from '../../contract/address.ts'
import type { FileProgress, Jid, LinkPreview } from '../../contract/domain.ts'
import type { Connection } from '../xmpp/stream/connection.ts'
import type { Store } from '../threads/store.ts'
import type { StoreChanges } from '../store/types.ts'
import { Downloads } from './downloads.ts'
import { HttpError, isPrivate, type Trust } from '../net/http.ts'
import { isWebUrl } from '../xmpp/stanzas/http-upload.ts'
import { Staging } from './staging.ts'
import { Stickers } from './stickers.ts'
import { readLink } from './link-reader.ts'
import { Uploads } from '../xmpp/modules/uploads.ts'

interface Events {
  changes: [StoreChanges]
  /** Progress of all running transfers, by attachment id. */
  progress: [ReadonlyMap<number, FileProgress>]
}

export class Media extends EventEmitter<Events> {
  readonly folder: string
  /** Groups for members only; set by Accounts. */
  closedGroups: () => readonly Jid[] = () => []
  readonly downloads: Downloads
  readonly staging: Staging
  readonly stickers: Stickers
  readonly #store: Store
  readonly #info: (message: string) => void
  readonly #progress = new Map<number, FileProgress>()
  readonly #connected = new Map<Jid, { connection: Connection; uploads: Uploads }>()

  constructor(folder: string, store: Store, info: (message: string) => void) {
    super()
    this.folder = folder
    this.#store = store
    this.#info = info
    this.staging = new Staging(folder)
    this.stickers = new Stickers(store, folder, info)
    this.downloads = new Downloads({
      store,
      folder,
      trust: (account) => this.#trust(account),
      connected: () => [...this.#connected].flatMap(([account, { connection }]) => (connection.isReady ? account : [])),
      groups: () => this.closedGroups(),
      ...this.#told
    })
  }

  get #told() {
    return {
      onChanges: (changes: StoreChanges): void => void this.emit('changes', changes),
      onProgress: (id: number, done: number, total: number | null): void => this.#onProgress(id, done, total),
      info: this.#info
    }
  }

  /** Transferred bytes of running transfers, by attachment id. */
  get progress(): ReadonlyMap<number, FileProgress> {
    return this.#progress
  }

  /** Combined progress of all transfers, 0 to 1; null: none is running, or no size is known. */
  get share(): number | null {
    const known = [...this.#progress.values()].flatMap(({ done, total }) => (total === null ? [] : [{ done, total }]))
    const total = known.reduce((sum, file) => sum + file.total, 0)
    return total === 0 ? null : known.reduce((sum, file) => sum + file.done, 0) / total
  }

  #onProgress(id: number, done: number, total: number | null): void {
    if (done === 0 && total === null) this.#progress.delete(id)
    else this.#progress.set(id, { done, total })
    this.emit('progress', this.#progress)
  }

  /** Registers an account's stream for uploads. */
  connect(connection: Connection): Uploads {
    const account = bare(connection.account.jid)
    const trust = (): Trust => this.#trust(account, true) ?? { trustedFingerprint: null, privateAccess: 'none', proxy: null }
    const uploads = new Uploads({ connection, store: this.#store, folder: this.folder, trust, ...this.#told })
    this.#connected.set(account, { connection, uploads })
    connection.on('ready', () => this.downloads.look())
    return uploads
  }

  async disconnect(account: Jid): Promise<void> {
    this.#connected.get(account)?.uploads.stop()
    this.#connected.delete(account)
    await this.downloads.stop()
    if (this.#connected.size > 0) this.downloads.look()
  }

  /** Upload limits of an account's server: bytes, null if unknown; `accepts` false: no files. */
  async limit(account: Jid | null): Promise<{ accepts: boolean; largest: number | null }> {
    const connected = account === null ? undefined : this.#connected.get(account)
    // without a connection a file is queued like a text
    const service = connected?.connection.isReady === true ? await connected.uploads.service() : undefined
    return { accepts: service !== null, largest: service?.largest ?? null }
  }

  /** Metadata of a page; null if it has none, cannot be fetched, or there is no connection. */
  async readLink(account: Jid | null, url: string, signal: AbortSignal): Promise<LinkPreview | null> {
    const trust = account === null ? null : this.#trust(account)
    if (trust === null || !isWebUrl(url)) return null
    return readLink(url, trust, signal).catch((error: unknown) => {
      // the log must not tell which page it is, and the system's error messages do
      this.#info(
        `a page was not read: ${error instanceof HttpError ? error.message : error instanceof Error && 'code' in error ? String(error.code) : 'no answer'}`
      )
      return null
    })
  }

  /** Cancels the upload or download of an attachment. */
  cancel(id: number): void {
    for (const { uploads } of this.#connected.values()) uploads.cancel(id)
    this.downloads.cancel(id)
  }

  /** `isOwn`: for addresses that our own server names, not other people. */
  #trust(account: Jid, isOwn = false): Trust | null {
    const connection = this.#connected.get(account)?.connection
    if (connection?.isReady !== true) return null
    const address = connection.serverAddress
    const { trustedFingerprint, proxy } = connection.account
    const isNear = address !== null && isPrivate(address)
    // the address is the proxy's own, if there is one
    const near = isOwn ? 'any' : { address: proxy === null ? address : null, domain: domainOf(account) }
    return { trustedFingerprint, privateAccess: isNear ? near : 'none', proxy }
  }
}
