/**
 * Matches a file's conversations with stored ones: by their id in the file, else by messages and people. Names neither join nor separate: two chats called
 * _chat.txt are two, and the same chat exported under another name is one.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Jid } from '../../contract/domain.ts'
import { IMPORT_DOMAIN, resource } from '../../contract/address.ts'
import { IMPORTED_JID } from '../store/joining.ts'
import { firstKeyAt } from '../store/order.ts'
import { accountReads } from '../store/tables/account.ts'
import type { ReadableDB } from '../store/database.ts'
import type { Mark, SurveyedConversation } from './survey.ts'

/** Stored data of an imported conversation. */
const Imported = z.object({ id: z.string().nullable(), name: z.string(), people: z.array(z.string()) })
type Imported = z.infer<typeof Imported>
export const importedName = (jid: Jid): string => `import:${jid}`

/** Messages of an imported conversation `c`, also if another one shows them. */
export const SHOWN = 'm.conversation = coalesce(c.joined_into, c.id) AND m.home IS iif(c.joined_into IS NULL, NULL, c.id)'

const addressOf = (what: string): Jid => `${createHash('sha256').update(what).digest('hex').slice(0, 16)}@${IMPORT_DOMAIN}` as Jid
/** Address of conversations that the user named: the same for the same name. */
export const namedAddress = (name: string): Jid => addressOf(name)

/** Prefix of the address by which Mnemo's own export distinguishes conversations of the same name. */
export const OWN_ID = 'mnemo:'

/** Largest number of people stored for a conversation. */
const MOST_PEOPLE = 3000
/** Tolerance for messages out of order, ms: clocks go back. */
const HOUR = 3_600_000
/** Share of the compared messages that must be stored; or their number, if a file continues an earlier one. */
const MOST_OF_THEM = 0.5
const SEVERAL = 10
/** Number of first messages that show a conversation whose people have other names. */
const BEGINNING = 5

export class Identity {
  readonly #jids: Jid[]
  readonly #remembered = new Map<Jid, Imported | null>()
  readonly #recall: (name: string) => string | null
  readonly #between: (jid: Jid, from: number, to: number, time: number, text: string) => string[]
  readonly #senders: (jid: Jid) => string[]

  constructor(db: ReadableDB) {
    this.#recall = accountReads(db).remembered
    this.#jids = db.prepare<[string], Jid>("SELECT jid FROM conversation WHERE account = '' AND jid LIKE ?").pluck().all(IMPORTED_JID)
    const between = db
      .prepare<[Jid, number, number, number, string], string>(
        `SELECT a.jid FROM conversation c JOIN message m ON ${SHOWN} JOIN address a ON a.id = m.sender_id WHERE c.jid = ? AND c.account = '' AND m.id BETWEEN ? AND ? AND m.time = ? AND m.text = ?`
      )
      .pluck()
    this.#between = (jid, from, to, time, text) => between.all(jid, from, to, time, text)
    const senders = db
      .prepare<[Jid], string>(
        `SELECT DISTINCT a.jid FROM conversation c JOIN message m ON ${SHOWN} JOIN address a ON a.id = m.sender_id WHERE c.jid = ? AND c.account = ''`
      )
      .pluck()
    this.#senders = (jid) => senders.all(jid).map(nameIn)
  }

  /** Address of the conversation, and data to be stored about it. `called`: stored name of a person. */
  find({ head, people, marks }: SurveyedConversation, called: (sender: string) => string): { jid: Jid; remember: string } {
    const names = [...people.keys()].sort().slice(0, MOST_PEOPLE)
    const found = this.#known(head.id) ?? this.#same(head, names, marks, called)
    const first = marks[0]
    const jid = found ?? addressOf(head.id === null ? JSON.stringify([head.name, names, first?.time, first?.text]) : `id:${head.id}`)
    const before = this.#of(jid)
    const imported: Imported = {
      id: head.id ?? before?.id ?? null,
      name: head.name,
      people: [...new Set([...(before?.people ?? []), ...names])].sort().slice(0, MOST_PEOPLE)
    }
    this.#remembered.set(jid, imported)
    if (!this.#jids.includes(jid)) this.#jids.push(jid)
    return { jid, remember: JSON.stringify(imported) }
  }

  #of(jid: Jid): Imported | null {
    let known = this.#remembered.get(jid)
    if (known === undefined) {
      const json = this.#recall(importedName(jid))
      this.#remembered.set(jid, (known = json === null ? null : (Imported.safeParse(JSON.parse(json)).data ?? null)))
    }
    return known
  }
  #known(id: string | null): Jid | null {
    if (id === null) return null
    return this.#jids.find((jid) => this.#of(jid)?.id === id) ?? this.#jids.find((jid) => id === `${OWN_ID}${jid}`) ?? null
  }

  #same(head: SurveyedConversation['head'], names: readonly string[], marks: SurveyedConversation['marks'], called: (sender: string) => string): Jid | null {
    let best: { jid: Jid; hits: number } | null = null
    for (const jid of this.#jids) {
      const known = this.#of(jid)
      if (known !== null && known.id !== null && head.id !== null && known.id !== head.id) continue
      // there may be new people, or fewer in a part of it, but not different ones
      const within = (people: readonly string[], stored: boolean): boolean => {
        const [mine, theirs] = [new Set(stored ? names.map(called) : names), new Set(people)]
        return [...mine].every((name) => theirs.has(name)) || [...theirs].every((name) => mine.has(name))
      }
      // a phone has its owner's names for people, who may rename them
      const renamed = known !== null && !within(known.people, false)
      if (renamed && (known.id !== null || head.id !== null || !this.#begins(jid, marks))) continue
      const alike =
        known !== null &&
        head.id === null &&
        known.id === null &&
        known.name === head.name &&
        known.people.length === names.length &&
        names.every((name) => known.people.includes(name))
      let hits = 0
      for (const { sender, time, text } of marks) {
        const from = firstKeyAt(time)
        if (this.#between(jid, from, firstKeyAt(time + HOUR), time, text).some((address) => known !== null || nameIn(address) === called(sender))) hits++
      }
      if (!alike && !(hits > 0 && (hits > marks.length * MOST_OF_THEM || hits >= SEVERAL))) continue
      if (known === null && !within(this.#senders(jid), true)) continue
      if (best === null || hits > best.hits) best = { jid, hits }
    }
    return best?.jid ?? null
  }

  /** True if the first messages of a file are stored, those of several people: no other conversation begins with the same times and texts. */
  #begins(jid: Jid, marks: SurveyedConversation['marks']): boolean {
    const first = marks.slice(0, BEGINNING)
    const isStored = ({ time, text }: Mark): boolean => this.#between(jid, firstKeyAt(time), firstKeyAt(time + HOUR), time, text).length > 0
    return first.length === BEGINNING && first.every(isStored) && new Set(first.map(({ sender }) => sender)).size > 1
  }
}

/** Name in the address of an imported person. */
const nameIn = (address: string): string => resource(address as Jid)
