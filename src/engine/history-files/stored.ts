/**
 * Stored messages of an imported conversation, to recognize those of a file, and those that still lack their files. An export without media has a placeholder
 * text for each file; the export with media has the same message.
 */
import { createHash } from 'node:crypto'
import { resource } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import type { ReadableDB } from '../store/database.ts'
import { ATTACHED } from '../store/tables/message-row.ts'
import { SHOWN } from './identity.ts'

const LONG = 64
/** Key that identifies a message. */
const keyOf = (time: number, files: readonly string[], text: string): string =>
  `${time}\n${files.join('\n')}\n${text.length > LONG ? createHash('sha256').update(text).digest('base64') : text}`

/** Placeholders of files: in angle brackets (Android), or a kind of file with a word for omitted (iPhone). */
const LEFT_OUT =
  /^[\u200e\u200f]?(?:<[^<>\n]{3,60}>|[^\n:：]{1,40}?\s?(?:omitted|已忽略|已省略|已略去|忽略|omis(?:e|es)?|omitid[oa]s?|oculta?d?[oa]?s?|omess[oaie]|weggelassen|ausgelassen|weggelaten|пропущен[оа]?|опущен[оа]?|省略されました|は含まれていません|생략됨|제외됨|تم حذف|הושמט|çıkarıldı|pominięto|utelämnades|udeladt|utelatt|atlanmış))$/iu
export const isLeftOut = (text: string): boolean => LEFT_OUT.test(text.split('\n', 1)[0] ?? '')

/** Stored message; `missing`: ids of its files, null if one is present; null: it has none. */
export interface StoredMessage {
  id: number
  missing: (number | null)[] | null
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
      const stored = { id, missing: json === null ? null : files.map(([, missing]) => missing) }
      put(
        this.#same,
        keyOf(
          time,
          files.map(([name]) => name),
          text
        ),
        stored
      )
      if (json !== null) put(this.#withFiles, placeOf(time, resource(sender as Jid)), stored)
      else if (isLeftOut(text)) put(this.#leftOut, placeOf(time, resource(sender as Jid)), stored)
    }
  }

  /** Stored copy of a file's message; each counts once. `sender`: stored form. */
  meet(time: number, sender: string, files: readonly string[], text: string): StoredMessage | null {
    const same = this.#take(this.#same, keyOf(time, files, text))
    if (same !== null) return same
    if (files.length > 0) return this.#take(this.#leftOut, placeOf(time, sender))
    return isLeftOut(text) ? this.#take(this.#withFiles, placeOf(time, sender)) : null
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
