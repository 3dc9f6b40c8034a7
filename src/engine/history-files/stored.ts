/**
 * Stored messages of an imported conversation, to recognize those of a file, and those that still lack their files. An export without media has a placeholder
 * text for each file; the export with media has the same message. Only those of some hours around the file's own place are in memory, however many are stored.
 */
import { createHash } from 'node:crypto'
import { resource } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import type { ReadableDB } from '../store/database.ts'
import { firstKeyAt, LATEST_TIME } from '../store/order.ts'
import { ATTACHED } from '../store/tables/message-row.ts'
import { bareFile, placeholdersOf } from './formats/left-out.ts'
import { isOmitted } from './formats/whatsapp-content.ts'
import type { ParsedFile } from './history.ts'
import { SHOWN } from './identity.ts'

const LONG = 64
/** Key that identifies a message. */
const keyOf = (time: number, files: readonly string[], text: string): string =>
  `${time}\n${files.join('\n')}\n${text.length > LONG ? createHash('sha256').update(text).digest('base64') : text}`

/** Text in place of files, as imports stored it until placeholders became attachments. */
const isLeftOut = (text: string): boolean => {
  const [first = ''] = text.split('\n', 1)
  return /^[\u200e\u200f]?<[^<>\n]{3,60}>$/u.test(first) || placeholdersOf(first, NO_FILES) !== null || isOmitted(first) || bareFile(text, NO_FILES) !== null
}
const NO_FILES = { media: () => null }
/** True for an attachment without a name of its own: the app's words have no extension, and imports once named Telegram's. */
const isNameless = (name: string): boolean => !/\.\w{1,5}$/.test(name) || name === 'photo.jpg' || name === 'contact.vcard'

/** Stored message; `missing`: ids of its files, null if one is present; null: it has none. */
export interface StoredMessage {
  id: number
  missing: (number | null)[] | null
  /** It has placeholders in place of its files. */
  leftOut: boolean
}

/** Length of a stretch, ms. */
const STRETCH = 6 * 3_600_000
/** A message stands at most so long after its time, ms: clocks go back. */
const LATE = 3_600_000
/** Stored messages in memory, of all conversations of an import. */
const MOST = 50_000

/** Stretches in memory, least recently used first. */
export class StoredMemory {
  readonly #most: number
  readonly #loaded = new Map<Stretch, () => void>()
  #size = 0
  constructor(most = MOST) {
    this.#most = most
  }
  /** Marks a stretch as used; others are let go if there are too many messages. `drop`: lets it go. */
  use(stretch: Stretch, drop: () => void): void {
    if (!this.#loaded.delete(stretch)) this.#size += stretch.size
    this.#loaded.set(stretch, drop)
    for (const [other, dropOther] of this.#loaded) {
      if (this.#size <= this.#most || other === stretch) break
      this.#loaded.delete(other)
      this.#size -= other.size
      dropOther()
    }
  }
}

/** Stored messages of some hours. */
class Stretch {
  readonly #same = new Map<string, StoredMessage[]>()
  /** Placeholder messages, and messages with files, by time and sender. */
  readonly #leftOut = new Map<string, StoredMessage[]>()
  readonly #withFiles = new Map<string, StoredMessage[]>()
  /** Ids of messages that the file has had. */
  readonly #met: Set<number>
  #count = 0

  constructor(met: Iterable<number>) {
    this.#met = new Set(met)
  }

  /** At least 1, so that empty stretches are let go, too. */
  get size(): number {
    return this.#count + 1
  }
  /** Ids of messages that the file has had; null: all. */
  get met(): Float64Array | null {
    return this.#met.size >= this.#count ? null : Float64Array.from(this.#met)
  }

  add(id: number, sender: string, time: number, text: string, json: string | null): void {
    const files = json === null ? [] : (JSON.parse(json) as [string, number | null][])
    const nameless = files.length > 0 && files.every(([name, missing]) => missing !== null && isNameless(name))
    const stored = { id, missing: json === null ? null : files.map(([, missing]) => missing), leftOut: nameless || (json === null && isLeftOut(text)) }
    const names = files.map(([name]) => name)
    put(this.#same, keyOf(time, names, text), stored)
    if (stored.leftOut) put(this.#leftOut, placeOf(time, sender), stored)
    else if (json !== null) put(this.#withFiles, placeOf(time, sender), stored)
    this.#count++
  }

  meet(time: number, sender: string, files: readonly ParsedFile[], text: string): StoredMessage | null {
    const names = files.map(({ name }) => name)
    const same = this.#take(this.#same, keyOf(time, names, text))
    if (same !== null || files.length === 0) return same
    const place = placeOf(time, sender)
    // placeholders in the words of another phone, or of another app's version
    return files.every(({ placeholder }) => placeholder === true)
      ? (this.#take(this.#withFiles, place) ?? this.#take(this.#leftOut, place))
      : this.#take(this.#leftOut, place)
  }

  #take(from: Map<string, StoredMessage[]>, key: string): StoredMessage | null {
    const list = from.get(key)
    for (let next = list?.shift(); next !== undefined; next = list?.shift()) {
      if (this.#met.has(next.id)) continue
      this.#met.add(next.id)
      return next
    }
    return null
  }
}

type StoredRow = [id: number, sender: string, time: number, text: string, files: string | null]

/** Stored messages of one conversation, as they were before the import. */
export class StoredMessages {
  readonly #jid: Jid
  readonly #added: (from: number, to: number) => ReadonlySet<number>
  readonly #memory: StoredMemory
  readonly #any: boolean
  readonly #loaded = new Map<number, Stretch>()
  /** Messages that the file has had, of stretches that are no longer in memory; null: all. */
  readonly #met = new Map<number, Float64Array | null>()
  readonly #between: (from: number, to: number, first: number, last: number) => IterableIterator<StoredRow>

  /** `added`: ids of a range that this import has added. */
  constructor(db: ReadableDB, jid: Jid, added: (from: number, to: number) => ReadonlySet<number>, memory: StoredMemory) {
    this.#jid = jid
    this.#added = added
    this.#memory = memory
    const of = `FROM conversation c JOIN message m ON ${SHOWN}`
    this.#any = db.prepare<[string]>(`SELECT 1 ${of} WHERE c.jid = ? AND c.account = '' LIMIT 1`).get(jid) !== undefined
    const between = db
      .prepare<[string, number, number, number, number], StoredRow>(
        `SELECT m.id, a.jid, m.time, m.text, CASE WHEN m.flags & ${ATTACHED} THEN (SELECT json_group_array(json_array(name, iif(stored IS NULL AND url IS NULL, id, NULL)) ORDER BY id) FROM attachment WHERE message = m.id) END
         ${of} JOIN address a ON a.id = m.sender_id WHERE c.jid = ? AND c.account = '' AND m.id BETWEEN ? AND ? AND m.time >= ? AND m.time < ? ORDER BY m.id`
      )
      .raw()
    this.#between = (from, to, first, last) => between.iterate(this.#jid, from, to, first, last) as IterableIterator<StoredRow>
  }

  /** False if messages of this time have to be loaded first. */
  ready(time: number): boolean {
    return !this.#any || this.#loaded.has(stretchOf(time))
  }

  /** Loads the messages around a time. `added` must have all that the import has stored. */
  load(time: number): void {
    const number = stretchOf(time)
    const met = this.#met.get(number)
    const stretch = new Stretch(met ?? [])
    if (met !== null) {
      const [first, last] = [number * STRETCH, (number + 1) * STRETCH]
      const [from, to] = [firstKeyAt(first), last + LATE >= LATEST_TIME ? Number.MAX_SAFE_INTEGER : firstKeyAt(Math.max(last, 0) + LATE)]
      const added = this.#added(from, to)
      for (const [id, sender, at, text, json] of this.#between(from, to, first, last))
        if (!added.has(id)) stretch.add(id, resource(sender as Jid), at, text, json)
    }
    this.#loaded.set(number, stretch)
    this.#use(number, stretch)
  }

  /** Stored copy of a file's message, whose time is ready; each counts once. `sender`: stored form. */
  meet(time: number, sender: string, files: readonly ParsedFile[], text: string): StoredMessage | null {
    if (!this.#any) return null
    const number = stretchOf(time)
    const stretch = this.#loaded.get(number)
    if (stretch === undefined) throw new Error('these messages are not loaded')
    this.#use(number, stretch)
    return stretch.meet(time, sender, files, text)
  }

  #use(number: number, stretch: Stretch): void {
    this.#memory.use(stretch, () => {
      this.#loaded.delete(number)
      this.#met.set(number, stretch.met)
    })
  }
}

const stretchOf = (time: number): number => Math.floor(time / STRETCH)
const placeOf = (time: number, sender: string): string => `${time}\n${sender}`
function put(into: Map<string, StoredMessage[]>, key: string, message: StoredMessage): void {
  const list = into.get(key)
  if (list === undefined) into.set(key, [message])
  else list.push(message)
}
