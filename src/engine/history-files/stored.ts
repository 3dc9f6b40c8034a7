/**
 * Stored messages of an imported conversation, to recognize those of a file, and those that still lack their files. An export without media has a placeholder
 * text for each file; the export with media has the same message.
 */
import { createHash } from 'node:crypto'
import { resource } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import type { ReadableDB } from '../store/database.ts'
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

export class StoredMessages {
  readonly #same = new Map<string, StoredMessage[]>()
  /** Placeholder messages, and messages with files, by time and sender. */
  readonly #leftOut = new Map<string, StoredMessage[]>()
  readonly #withFiles = new Map<string, StoredMessage[]>()
  readonly #met = new Set<number>()

  constructor(db: ReadableDB, jid: Jid) {
    const messages = db
      .prepare<[string], [number, string, number, string, string | null]>(
        `SELECT m.id, a.jid, m.time, m.text, CASE WHEN m.flags & ${ATTACHED} THEN (SELECT json_group_array(json_array(name, iif(stored IS NULL AND url IS NULL, id, NULL)) ORDER BY id) FROM attachment WHERE message = m.id) END
         FROM conversation c JOIN message m ON ${SHOWN} JOIN address a ON a.id = m.sender_id WHERE c.jid = ? AND c.account = '' ORDER BY m.id`
      )
      .raw()
    for (const [id, sender, time, text, json] of messages.iterate(jid) as IterableIterator<[number, string, number, string, string | null]>) {
      const files = json === null ? [] : (JSON.parse(json) as [string, number | null][])
      const nameless = files.length > 0 && files.every(([name, missing]) => missing !== null && isNameless(name))
      const stored = { id, missing: json === null ? null : files.map(([, missing]) => missing), leftOut: nameless || (json === null && isLeftOut(text)) }
      put(
        this.#same,
        keyOf(
          time,
          files.map(([name]) => name),
          text
        ),
        stored
      )
      if (stored.leftOut) put(this.#leftOut, placeOf(time, resource(sender as Jid)), stored)
      else if (json !== null) put(this.#withFiles, placeOf(time, resource(sender as Jid)), stored)
    }
  }

  /** Stored copy of a file's message; each counts once. `sender`: stored form. */
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

const placeOf = (time: number, sender: string): string => `${time}\n${sender}`
function put(into: Map<string, StoredMessage[]>, key: string, message: StoredMessage): void {
  const list = into.get(key)
  if (list === undefined) into.set(key, [message])
  else list.push(message)
}
