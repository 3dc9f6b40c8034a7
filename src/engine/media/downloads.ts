/** Files of others on their way here: those of people one knows by themselves, any when the user asks. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Transform } from 'node:stream'
import type { Store } from '../threads/store.ts'
import type { Jid } from '../../contract/domain.ts'
import type { AttachmentRow } from '../store/tables/attachment.ts'
import type { StoreChanges } from '../store/types.ts'
import { dimensions, hashOf, keep, partialBytes, partialName, TooLarge } from '../store/media-folder.ts'
import { get, HttpError, type Trust } from '../net/http.ts'
import { decrypting, parseMediaAddress, type MediaKey } from '../xmpp/omemo/media.ts'
import { OmemoRefusal } from '../xmpp/omemo/refusal.ts'

/** At once. */
const MOST_AT_ONCE = 2

export interface DownloadsOptions {
  store: Store
  folder: string
  /** null: that account has no connection, and nothing of its conversations is fetched. */
  trust(account: Jid): Trust | null
  /** Accounts that have a connection. */
  connected(): Jid[]
  /** Groups that no stranger comes into: fetching tells whoever has put a file somewhere where we are. */
  groups(): readonly Jid[]
  onChanges(changes: StoreChanges): void
  onProgress(id: number, done: number, total: number | null): void
  info(message: string): void
}

/** Why a file that the user asked for does not come. */
export class FetchError extends Error {
  readonly reason: 'gone' | 'changed' | 'not-connected' | 'network'
  constructor(reason: FetchError['reason'], message: string) {
    super(message)
    this.name = 'FetchError'
    this.reason = reason
  }
}

/** What breaks off on the way breaks off what is made of it. */
function decryptingOf(body: Readable, key: MediaKey): Transform {
  const stream = decrypting(key)
  body.once('error', (error) => stream.destroy(error))
  return stream
}

export class Downloads {
  readonly #options: DownloadsOptions
  readonly #running = new Map<number, { abort: AbortController; done: Promise<void>; url: string | null }>()
  /** What servers call the versions of files of which a part is here, by its name. */
  readonly #tags = new Map<string, string>()
  #looking = false
  #again = false

  constructor(options: DownloadsOptions) {
    this.#options = options
  }

  /** Fetches what may be fetched unasked and is not here, the latest first. */
  look(): void {
    this.#again = true
    if (!this.#looking) this.#look().catch((error: unknown) => this.#options.info(`files are fetched later: ${String(error)}`))
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
          await Promise.all(files.map((file) => this.#start(file, most).catch((error: unknown) => info(`a file was not fetched: ${String(error)}`))))
        }
      }
    } finally {
      this.#looking = false
    }
  }

  /** Fetches one because the user asked. Throws FetchError; ends quietly where it was cancelled. */
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
    const { id, name, url, hash } = file
    const account = await store.read.accountOf(file.message)
    const trust = account === null ? null : this.#options.trust(account)
    if (url === null || trust === null) throw new FetchError('not-connected', 'there is no connection')
    try {
      const secret = parseMediaAddress(url)
      const address = secret?.url ?? url
      const partial = partialName(url)
      // what came before a break is of use where it can be told that the rest belongs to it: by the server's tag, or by the hash in the end
      const known = this.#tags.get(partial)
      // what is encrypted is known to be whole only at its end
      const have = secret === null && (known !== undefined || hash !== null) ? await partialBytes(folder, partial) : 0
      const { body, bytes, from, tag } = await get(address, {
        ...trust,
        signal,
        headers: have === 0 ? {} : { range: `bytes=${have}-`, ...(known === undefined ? {} : { 'if-range': known }) }
      }).catch(async (error: unknown) => {
        // nothing is left to send, or the part is of another file
        if (!(error instanceof HttpError) || error.status !== 416) throw error
        await rm(join(folder, partial), { force: true })
        return get(address, { ...trust, signal })
      })
      if (from > have) throw new HttpError(0, 'the server sends another part than it was asked for')
      // a weak one says nothing of bytes (RFC 9110 section 8.8.1)
      if (tag === null || tag.startsWith('W/')) this.#tags.delete(partial)
      else this.#tags.set(partial, tag)
      if (bytes !== null && bytes > most) {
        body.destroy()
        throw new TooLarge(most)
      }
      const kept = await keep(folder, secret === null ? body : body.pipe(decryptingOf(body, secret)), name, {
        signal,
        most,
        ...(secret === null ? { partial, from } : {}),
        onBytes: (done) => onProgress(id, done, bytes ?? file.bytes)
      })
      if (hash !== null && hash !== hashOf(kept.stored)) throw new FetchError('changed', 'the file is not the one that was sent')
      const size = file.kind === 'image' ? await dimensions(join(folder, kept.stored)) : { width: null, height: null }
      onChanges(await store.write.keepFile({ id, ...kept, ...size }))
      onProgress(id, 0, null)
    } catch (error) {
      onProgress(id, 0, null)
      if (signal.aborted) return
      const gone =
        (error instanceof HttpError && [403, 404, 410].includes(error.status)) ||
        (error instanceof FetchError && error.reason === 'changed') ||
        error instanceof OmemoRefusal
      // without a connection of our own nobody is to blame
      if (account !== null && this.#options.trust(account) !== null) onChanges(await store.write.failFile({ id, gone }))
      throw gone
        ? new FetchError(error instanceof HttpError ? 'gone' : 'changed', error.message)
        : new FetchError('network', error instanceof Error ? error.message : String(error))
    }
  }
}
