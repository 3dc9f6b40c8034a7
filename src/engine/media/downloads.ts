/** Downloads of others' files: automatic for known people, otherwise at the user's request. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '../threads/store.ts'
import type { Jid } from '../../contract/domain.ts'
import type { AttachmentRow } from '../store/tables/attachment.ts'
import type { StoreChanges } from '../store/types.ts'
import { dimensions, keep, TooLarge, type Kept } from '../store/media-folder.ts'
import { get, HttpError, type Trust } from '../net/http.ts'
import { decrypting, OVERHEAD, parseMediaAddress } from '../xmpp/omemo/media.ts'
import { OmemoRefusal } from '../xmpp/omemo/refusal.ts'
import { PartialFile } from './partial-file.ts'

/** Parallel downloads. */
const MOST_AT_ONCE = 2
/** Number of resumptions of an interrupted download, as long as each part brings data. */
const MOST_PARTS = 10
/** Pause before a resumption, ms. */
const PAUSE_MS = 1000

/** Largest file of which neither sender nor server tells the size, bytes. */
const MOST_UNTOLD = 4 * 1024 ** 3
/** Tolerance for sizes that senders tell: some measure before they convert a picture. */
const TOLERATED = 1024 ** 2

/** Limit of a file, bytes: the user has agreed to the size that the sender told, and an answer without a length may never end. */
const mostOf = (told: number | null, length: number | null): number => (told === null || told === 0 ? (length ?? MOST_UNTOLD) : 2 * told + TOLERATED)

export interface DownloadsOptions {
  store: Store
  folder: string
  /** TLS trust and proxy of an account; null: not connected, so nothing of its conversations is fetched. */
  trust(account: Jid): Trust | null
  /** Connected accounts. */
  connected(): Jid[]
  /** Groups for members only: a download reveals our IP address to whoever stored the file. */
  groups(): readonly Jid[]
  onChanges(changes: StoreChanges): void
  onProgress(id: number, done: number, total: number | null): void
  info(message: string): void
  /** Overrides PAUSE_MS. */
  pauseMs?: number
}

/** Error of a download that the user requested. */
export class FetchError extends Error {
  readonly reason: 'gone' | 'changed' | 'not-connected' | 'network'
  constructor(reason: FetchError['reason'], message: string) {
    super(message)
    this.name = 'FetchError'
    this.reason = reason
  }
}

const isDiskFull = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOSPC'

export class Downloads {
  readonly #options: DownloadsOptions
  readonly #running = new Map<number, { abort: AbortController; done: Promise<void>; url: string | null }>()
  #looking = false
  #again = false

  constructor(options: DownloadsOptions) {
    this.#options = options
  }

  /** Starts automatic downloads, newest first. */
  look(): void {
    this.#again = true
    if (!this.#looking) this.#look().catch((error: unknown) => this.#options.info(`automatic downloads are delayed: ${String(error)}`))
  }

  async #look(): Promise<void> {
    const { store, connected, groups, info } = this.#options
    this.#looking = true
    try {
      while (this.#again) {
        this.#again = false
        const most = (await store.read.settings()).fetchUpTo
        for (let before = Number.MAX_SAFE_INTEGER; most > 0 && connected().length > 0;) {
          const files = await store.read.filesToFetch({ before, most, accounts: connected(), groups: groups(), limit: MOST_AT_ONCE })
          if (files.length === 0) break
          before = files.at(-1)?.id ?? 0
          await Promise.all(files.map((file) => this.#start(file, most).catch((error: unknown) => info(`a download failed: ${String(error)}`))))
        }
      }
    } finally {
      this.#looking = false
    }
  }

  /** Downloads a file at the user's request. Throws FetchError; returns silently if cancelled. */
  async fetch(id: number): Promise<void> {
    const file = await this.#options.store.read.attachment(id)
    if (file === null || file.url === null) throw new FetchError('gone', 'nobody says where the file is')
    if (file.stored === null) await this.#start(file, Infinity)
  }

  cancel(id: number): void {
    this.#running.get(id)?.abort.abort()
  }

  async stop(): Promise<void> {
    for (const { abort } of this.#running.values()) abort.abort()
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done))
  }

  #start(file: AttachmentRow, most: number): Promise<void> {
    const running = this.#running.get(file.id)
    if (running !== undefined) return running.done
    // the same file in another message: one after the other
    const same = [...this.#running.values()].find(({ url }) => url === file.url)
    if (same !== undefined) return same.done.catch(() => undefined).then(() => this.#start(file, most))
    const abort = new AbortController()
    const done = this.#run(file, most, abort.signal).finally(() => this.#running.delete(file.id))
    this.#running.set(file.id, { abort, done, url: file.url })
    return done
  }

  async #run(file: AttachmentRow, most: number, signal: AbortSignal): Promise<void> {
    const { store, folder, onChanges, onProgress } = this.#options
    const { id, url } = file
    const account = await store.read.accountOf(file.message)
    const trust = account === null ? null : this.#options.trust(account)
    if (url === null || trust === null) throw new FetchError('not-connected', 'there is no connection')
    try {
      const kept = await this.#whole(file, url, account, most, signal)
      const size = file.kind === 'image' ? await dimensions(join(folder, kept.stored)) : { width: null, height: null }
      onChanges(await store.write.keepFile({ id, ...kept, ...size }))
      onProgress(id, 0, null)
    } catch (error) {
      onProgress(id, 0, null)
      if (signal.aborted) return
      const isOther = (error instanceof FetchError && error.reason === 'changed') || (error instanceof TooLarge && error.most < most)
      const gone = isOther || (error instanceof HttpError && [403, 404, 410].includes(error.status))
      // without our own connection the failure is not the file's
      if (account !== null && this.#options.trust(account) !== null) onChanges(await store.write.failFile({ id, gone }))
      throw gone
        ? new FetchError(error instanceof HttpError ? 'gone' : 'changed', error.message)
        : new FetchError('network', error instanceof Error ? error.message : String(error))
    }
  }

  /**
   * Fetches parts until the file is complete. `account`: whose connection settings are used. Rejects with HttpError, FetchError, TooLarge, or the system's
   * error.
   */
  async #whole(file: AttachmentRow, url: string, account: Jid | null, most: number, signal: AbortSignal): Promise<Kept> {
    const partial = new PartialFile(this.#options.folder, url)
    for (let part = 1; ; part++) {
      const before = await partial.bytes()
      try {
        const from = await this.#part(file, url, account, partial, { most, signal })
        const kept = await this.#assembled(file, url, partial, signal)
        if (kept !== null) return kept
        // the stored part was of another version
        if (from === 0) throw new FetchError('changed', 'the file differs from the one that was sent')
      } catch (error) {
        // nothing can prove that a further part belongs to the same file
        const useless = error instanceof TooLarge || (file.hash === null && parseMediaAddress(url) === null && (await partial.version()) === null)
        if (useless) await partial.forget()
        const isBreak = !((error instanceof HttpError && error.status !== 0) || error instanceof FetchError || isDiskFull(error))
        if (signal.aborted || useless || !isBreak || part === MOST_PARTS || (await partial.bytes()) <= before) throw error
        await pause(this.#options.pauseMs ?? PAUSE_MS, undefined, { signal })
      }
    }
  }

  /** Fetches the missing part; returns its position in the file. */
  async #part(
    { id, bytes: told, hash }: AttachmentRow,
    url: string,
    account: Jid | null,
    partial: PartialFile,
    { most, signal }: { most: number; signal: AbortSignal }
  ): Promise<number> {
    const trust = account === null ? null : this.#options.trust(account)
    if (trust === null) throw new FetchError('not-connected', 'there is no connection')
    const secret = parseMediaAddress(url)
    const address = secret?.url ?? url
    // a partial file is useful if the rest can be verified: by the server's version, or in the end by the hash or the tag
    const version = await partial.version()
    const have = version !== null || hash !== null || secret !== null ? await partial.bytes() : 0
    const answer = await get(address, {
      ...trust,
      signal,
      headers: have === 0 ? {} : { range: `bytes=${have}-`, ...(version === null ? {} : { 'if-range': version }) }
    }).catch(async (error: unknown) => {
      // the partial file is complete already, or belongs to another file
      if (!(error instanceof HttpError) || error.status !== 416) throw error
      await partial.forget()
      return get(address, { ...trust, signal })
    })
    const { body, bytes, from } = answer
    const largest = Math.min(most, mostOf(told, bytes)) + (secret === null ? 0 : OVERHEAD)
    try {
      if (from > have) throw new HttpError(0, 'the server sent another range than requested')
      if (bytes !== null && bytes > largest) throw new TooLarge(largest)
      if (from === 0) await partial.begin(answer.version)
    } catch (error) {
      body.destroy()
      throw error
    }
    await partial.append(body, from, { signal, most: largest, onBytes: (done) => this.#options.onProgress(id, done, bytes ?? told) })
    return from
  }

  /** Complete file of all parts; null if they are of different versions. */
  async #assembled({ name, hash }: AttachmentRow, url: string, partial: PartialFile, signal: AbortSignal): Promise<Kept | null> {
    const secret = parseMediaAddress(url)
    if (secret === null) {
      const kept = await partial.keep(name, hash)
      if (kept === null) await partial.forget()
      return kept
    }
    try {
      const source = partial.read()
      const plain = source.pipe(decrypting(secret))
      source.once('error', (error) => plain.destroy(error))
      return await keep(this.#options.folder, plain, name, { signal })
    } catch (error) {
      if (error instanceof OmemoRefusal) return null
      throw error
    } finally {
      if (!signal.aborted) await partial.forget()
    }
  }
}
