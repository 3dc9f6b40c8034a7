/** Uploads of own files (XEP-0363). A message with a file is sent once the file is uploaded. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { bare } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Connection } from '../stream/connection.ts'
import { backoff } from '../../net/backoff.ts'
import { isRefusal } from '../../net/problem.ts'
import { encrypting, mediaAddress, newMediaKey, OVERHEAD, sealedName, type MediaKey } from '../omemo/media.ts'
import { findService } from '../stream/services.ts'
import { slotRequest, uploadService, uploadSlot, type UploadService } from '../stanzas/http-upload.ts'
import type { Store } from '../../threads/store.ts'
import type { AttachmentRow } from '../../store/tables/attachment.ts'
import type { StoreChanges } from '../../store/types.ts'
import { AddressRefused, HttpError, put, type Trust } from '../../net/http.ts'
import { untilStored } from './until-stored.ts'

/** Tries of an interrupted upload; waiting uploads continue after that. */
const MOST_TRIES = 8
/** True for status codes about the server, not the file (RFC 9110 sections 15.5.9, 15.6, RFC 6585 section 4). */
const isPassing = (status: number): boolean => status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 507)

export interface UploadsOptions {
  connection: Connection
  store: Store
  folder: string
  trust(): Trust
  onChanges(changes: StoreChanges): void
  onProgress(id: number, done: number, total: number | null): void
  info(message: string): void
  /** Pause after so many tries, ms; absent: rising, with jitter. */
  pause?(tries: number): number
}

/** Message that waits for an upload. */
export interface UploadFor {
  conversation: Jid
  originId: string
  /** Encrypt before the upload (XEP-0454). */
  secret: boolean
  /** Called when the file is uploaded or failed for good. */
  onDone(): void
}

export class Uploads {
  readonly #options: UploadsOptions
  readonly #running = new Map<number, AbortController>()
  /** Interrupted tries by attachment. */
  readonly #broken = new Map<number, number>()
  #service: Promise<UploadService | null> | null = null

  constructor(options: UploadsOptions) {
    this.#options = options
    options.connection.on('ready', (resumed) => {
      if (!resumed) this.#service = null
      this.#broken.clear()
    })
    options.connection.on('lost', () => this.stop())
  }

  /** Upload service; null: there is none. Rejects if the connection is lost. */
  service(): Promise<UploadService | null> {
    this.#service ??= findService(this.#options.connection, uploadService).catch((error: unknown) => {
      this.#service = null
      throw error
    })
    return this.#service
  }

  /** Starts an upload unless it is running. */
  put(file: AttachmentRow, waiting: UploadFor): void {
    if (this.#running.has(file.id)) return
    const abort = new AbortController()
    this.#running.set(file.id, abort)
    this.#run(file, waiting, abort).catch((error: unknown) => this.#options.info(`an upload failed: ${String(error)}`))
  }

  cancel(id: number): void {
    this.#running.get(id)?.abort()
  }

  stop(): void {
    for (const abort of this.#running.values()) abort.abort()
  }

  async #run(file: AttachmentRow, { conversation, originId, secret, onDone }: UploadFor, abort: AbortController): Promise<void> {
    const { store, onChanges, onProgress, info, connection } = this.#options
    try {
      const url = await this.#upload(file, secret ? newMediaKey() : null, abort.signal)
      onChanges(await store.write.putFile({ id: file.id, url }))
      this.#running.delete(file.id)
      this.#broken.delete(file.id)
      onProgress(file.id, 0, null)
      onDone()
    } catch (error) {
      this.#running.delete(file.id)
      onProgress(file.id, 0, null)
      if (abort.signal.aborted) return
      const tries = (this.#broken.get(file.id) ?? 0) + 1
      const reason = refusal(error, tries === MOST_TRIES)
      if (reason === null) {
        this.#broken.set(file.id, tries)
        info(`retrying an upload after ${tries} tries: ${String(error)}`)
        setTimeout(() => connection.isReady && onDone(), (this.#options.pause ?? backoff)(tries, Math.random())).unref()
        return
      }
      this.#broken.delete(file.id)
      onChanges(
        await untilStored(() => store.write.transition({ account: bare(connection.account.jid), conversation, originId, state: 'failed', error: reason }), info)
      )
      onDone()
    }
  }

  /** `key` null: uploaded unencrypted. */
  async #upload(file: AttachmentRow, key: MediaKey | null, signal: AbortSignal): Promise<string> {
    const { connection, folder, trust, onProgress } = this.#options
    const { id, stored } = file
    if (stored === null || file.bytes === null) throw new UploadRefused('file-gone')
    const bytes = file.bytes + (key === null ? 0 : OVERHEAD)
    const name = key === null ? file.name : sealedName(file.name, key)
    const service = await this.service()
    if (service === null) throw new UploadRefused('no-upload-service')
    if (service.largest !== null && bytes > service.largest) throw new UploadRefused('file-too-large')
    const mediaType = (key === null ? file.type : null) ?? 'application/octet-stream'
    const slot = uploadSlot(await connection.request(slotRequest(service.jid, { name, bytes, type: mediaType })))
    if (slot === null) throw new UploadRefused('bad-upload-slot')
    signal.throwIfAborted()
    let done = 0
    const counting = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        done += chunk.length
        onProgress(id, done, bytes)
        next(null, chunk)
      }
    })
    const source = createReadStream(join(folder, stored))
    source.once('error', (error) => counting.destroy(error))
    const plain = source.pipe(counting)
    const body = key === null ? plain : plain.pipe(encrypting(key))
    counting.once('error', (error) => body.destroy(error))
    await put(slot.put, body, { ...trust(), headers: { ...slot.headers, 'content-length': String(bytes), 'content-type': mediaType }, signal })
    return key === null ? slot.get : mediaAddress(slot.get, key)
  }
}

/** Error that another try would repeat; windows translate `message` through `refusal`. */
class UploadRefused extends Error {}

/** Reason of a final failure; null: try again. `isLast`: no try is left. */
function refusal(error: unknown, isLast: boolean): string | null {
  if (error instanceof UploadRefused) return error.message
  if (error instanceof AddressRefused) return 'bad-upload-slot'
  if (error instanceof HttpError && error.status >= 300 && (isLast || !isPassing(error.status)))
    return error.status === 413 ? 'file-too-large' : `http-${error.status}`
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'file-gone'
  if (isRefusal(error)) return error.condition === 'not-acceptable' ? 'file-too-large' : error.condition
  return isLast ? 'upload-broken' : null
}
