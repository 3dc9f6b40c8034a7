/** Staging of files that a window transfers piece by piece into the media folder. */
import { randomUUID } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { NewAttachment } from '../store/tables/attachment.ts'
import { attachmentKind, mediaType, safeName } from '../file-names.ts'
import { dimensions, keep, type Kept } from '../store/media-folder.ts'

interface Incoming {
  name: string
  bytes: number
  type: string
  preview: string | null
  stream: PassThrough
  kept: Promise<Kept>
}

/** Limit of simultaneous transfers, over all windows. */
const MOST = 200

export class Staging {
  readonly #folder: string
  readonly #incoming = new Map<string, Incoming>()
  readonly #given = new WeakMap<EventEmitter, Set<string>>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Starts a file of `bytes` bytes; returns its token. `type`: media type according to the window; `giver`: the window's page. */
  begin({ name, bytes, type, preview = null }: { name: string; bytes: number; type: string; preview?: string | null }, giver?: EventEmitter): string {
    if (this.#incoming.size >= MOST) throw new Error('too many files at once')
    const token = randomUUID()
    const stream = new PassThrough()
    const safe = safeName(name)
    const kept = keep(this.#folder, stream, safe, { most: bytes })
    kept.catch(() => undefined)
    if (giver !== undefined) this.#watch(giver).add(token)
    this.#incoming.set(token, { name: safe, bytes, type: mediaType(safe, type), preview, stream, kept })
    return token
  }

  /** Resolves when more data may be sent. Rejects with the file system's error, or for an unknown token. */
  async append(token: string, data: Buffer): Promise<void> {
    const { stream, kept } = this.#of(token)
    if (stream.write(data)) return
    await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), kept])
  }

  /** Completes a file. */
  async finish(token: string): Promise<NewAttachment> {
    const { name, bytes, type, preview, stream, kept } = this.#of(token)
    this.#incoming.delete(token)
    stream.end()
    const file = await kept
    if (file.bytes !== bytes) throw new Error(`received ${file.bytes} of ${bytes} bytes`)
    const kind = attachmentKind(type)
    return { kind, name, type, preview, ...file, ...(kind === 'image' ? await dimensions(join(this.#folder, file.stored)) : {}) }
  }

  abort(token: string): void {
    this.#incoming.get(token)?.stream.destroy()
    this.#incoming.delete(token)
  }

  /** Tokens of a page. Its unfinished transfers are discarded when it closes. */
  #watch(giver: EventEmitter): Set<string> {
    const known = this.#given.get(giver)
    if (known !== undefined) return known
    const tokens = new Set<string>()
    this.#given.set(giver, tokens)
    giver.once('destroyed', () => tokens.forEach((token) => this.abort(token)))
    return tokens
  }

  #of(token: string): Incoming {
    const incoming = this.#incoming.get(token)
    if (incoming === undefined) throw new Error('unknown token of a file transfer')
    return incoming
  }
}
