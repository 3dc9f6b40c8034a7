/**
 * Finds people and conversations by typed parts of their name: any part of it, of the address, or of its pinyin - whole syllables, their beginnings, or both
 * mixed with characters, in every reading of a character (重庆: cq, zq, chongq, zhongqing, 重q).
 */
import { pinyin } from 'pinyin-pro'
import { isImported, resource } from '../../contract/address.ts'
import type { ConversationId, ConversationKind, Jid } from '../../contract/domain.ts'
import type { NameMatch, OccupantMatch, PersonMatch, Range } from '../../contract/search.ts'
import type { ReadableDB } from '../store/database.ts'
import { USE_HALF_LIFE_MS } from '../store/tables/conversation.ts'
import { contactOf, nameOf } from '../store/tables/name.ts'

/** Folded character of a name, its position, and other ways to type it. */
interface Letter {
  text: string
  start: number
  end: number
  /** Pinyin readings without tones; empty for other scripts. */
  readings: readonly string[]
  /** Start of a word, where typed text may begin. */
  begins: boolean
  /** Possible first letters, as bits of an alphabet. */
  starts: number
}

/** Name prepared for matching. */
interface Named {
  letters: readonly Letter[]
  address: string
  /** Letters that can type the name or address, as bits: a text that needs another one does not match. */
  alphabet: number
}

interface Entry extends Named {
  conversation: ConversationId
  jid: Jid
  kind: ConversationKind
  name: string
  rank: number
}

/** Occupant of a group with us, by the real address. */
export interface MetPerson {
  jid: Jid
  /** Nickname in the group. */
  name: string
  account: Jid
  group: Jid
}

const HAN = /\p{Script=Han}/u
const readingsOf = new Map<string, readonly string[]>()

/** Pinyin readings of a character without tones, the usual one first; empty for other scripts. */
export function readings(character: string): readonly string[] {
  let known = readingsOf.get(character)
  if (known === undefined) {
    const found = HAN.test(character) ? pinyin(character, { multiple: true, toneType: 'none', type: 'array', v: true }) : []
    known = [...new Set(found.map((reading) => reading.toLowerCase()).filter((reading) => /^[a-z]+$/.test(reading)))]
    readingsOf.set(character, known)
  }
  return known
}

/** Bit of a letter; digits share two, all other characters the last four. */
function bit(character: string): number {
  const code = character.charCodeAt(0)
  return code >= 97 && code <= 122 ? 1 << (code - 97) : code >= 48 && code <= 57 ? 1 << (26 + (code % 2)) : 1 << (28 + (code % 4))
}
function alphabetOf(text: string): number {
  let bits = 0
  for (let i = 0; i < text.length; i++) bits |= bit(text.charAt(i))
  return bits
}

/** Text typed in advance, so that V8 has compiled the code for the first keystrokes. */
const PREPARED = 'lwszhymx陈user'

/** Quality of a match: smaller is better. */
interface Fit {
  quality: number
  ranges: Range[]
}

/** Matches `text` from the letter `at` on; returns the letter after the last one, or -1. Readings may be cut short anywhere after their first letter. */
function type(letters: readonly Letter[], at: number, text: string): number {
  if (text === '') return at
  const letter = letters[at]
  if (letter === undefined) return -1
  if (text.startsWith(letter.text)) {
    const end = type(letters, at + 1, text.slice(letter.text.length))
    if (end >= 0) return end
  }
  for (const reading of letter.readings) {
    // the longest part first: 'xian' is tried as one syllable before two
    let most = 0
    while (most < reading.length && most < text.length && reading[most] === text[most]) most++
    for (let length = most; length > 0; length--) {
      const end = type(letters, at + 1, text.slice(length))
      if (end >= 0) return end
    }
  }
  return -1
}

/** Letters without spaces, which need not be typed. */
const dense = (letters: readonly Letter[]): Letter[] => letters.filter(({ text }) => text !== ' ')

/** Scores: match at the start of the name, later in it, or only in the address. */
const FIRST = 2
const LATER = 4
const IN_ADDRESS = 8

/** First position of a name, or of its address, where a non-empty text matches; null if there is none, or none better than `worse`. */
function fit({ letters, address }: Named, text: string, worse: number): Fit | null {
  const first = bit(text)
  for (let from = 0; from < letters.length; from++) {
    if (from > 0 && worse <= LATER) return null
    const letter = letters[from]!
    if ((letter.starts & first) === 0) continue
    // a reading is typed from its first letter on; other letters from anywhere
    const end = type(letters, from, text)
    if (end < 0) continue
    const whole = from === 0 && end === letters.length
    let plain = ''
    for (let at = from; at < end; at++) plain += letters[at]!.text
    const quality = (whole ? 0 : from === 0 ? FIRST : letter.begins ? LATER : LATER + 2) + (plain === text ? 0 : 1)
    return quality < worse ? { quality, ranges: [[letter.start, letters[end - 1]!.end]] } : null
  }
  const at = worse <= IN_ADDRESS ? -1 : address.indexOf(text)
  return at < 0 ? null : { quality: at === 0 ? IN_ADDRESS : IN_ADDRESS + 1, ranges: [] }
}

export function createNames(db: ReadableDB) {
  const mark = db
    .prepare<[], string>(
      "SELECT count || ' ' || (SELECT total(uses) || ' ' || coalesce(max(last_message), 0) || ' ' || total(hidden) FROM conversation) FROM name_change"
    )
    .pluck()
  // people with deleted conversations remain; a deleted group was left
  const all = db.prepare<[], { id: ConversationId; jid: Jid; kind: ConversationKind; name: string; uses: number; usedAt: number; last: number | null }>(
    `SELECT c.id, c.jid, c.kind, coalesce(nullif(c.own_name, ''), k.name, nullif(c.name, ''), substr(c.jid, 1, instr(c.jid || '@', '@') - 1)) AS name, c.uses, c.used_at AS usedAt, c.last_message AS last
     FROM conversation c LEFT JOIN contact k ON k.jid = c.jid AND k.account = c.account AND k.name <> '' WHERE c.hidden = 0 OR c.kind = 'direct'`
  )
  const fold = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
  const groupOf = db.prepare<[number], { jid: Jid; nick: string | null }>("SELECT jid, nick FROM conversation WHERE id = ? AND kind = 'group'")
  // '0' follows '/'
  const writersIn = db.prepare<[string, string], { jid: Jid; contact: string | null }>(
    `SELECT a.sender AS jid, ${contactOf('a')} AS contact FROM (SELECT id, jid AS sender, NULL AS occupant FROM address WHERE jid >= ? AND jid < ?) a ORDER BY a.id DESC`
  )
  const lettersOf = new Map<string, readonly Letter[]>()
  let known = ''
  let entries: Entry[] = []

  function letters(name: string): readonly Letter[] {
    let made = lettersOf.get(name)
    if (made === undefined) {
      let at = 0
      let joined = false
      made = dense(
        [...name].map((character): Letter => {
          const text = fold.get(character) ?? ''
          const sounds = readings(text)
          const letter = {
            text,
            start: at,
            end: at + character.length,
            readings: sounds,
            begins: !joined || HAN.test(character),
            starts: sounds.reduce((bits, reading) => bits | bit(reading), bit(text))
          }
          at += character.length
          joined = /[\p{L}\p{N}]/u.test(character) && !HAN.test(character)
          return letter
        })
      ).filter(({ text }) => text !== '')
      lettersOf.set(name, made)
    }
    return made
  }

  /** Changes when another connection has written (https://sqlite.org/pragma.html#pragma_data_version). */
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  let seen = -1

  function look(now: number): void {
    const version = dataVersion.get() ?? 0
    if (version === seen) return
    seen = version
    const state = mark.get() ?? ''
    if (state === known) return
    known = state
    entries = all.all().map(({ id, jid, kind, name, uses, usedAt, last }) => {
      const made = letters(name)
      const alphabet = alphabetOfName(made) | alphabetOf(jid)
      // opened often and recently, then recent messages
      const rank = uses * 0.5 ** ((now - usedAt) / USE_HALF_LIFE_MS) + 0.5 ** (Math.max(0, now - (last ?? 0) / 1024) / USE_HALF_LIFE_MS)
      return { conversation: id, jid, kind, name, letters: made, address: jid, alphabet, rank }
    })
    entries.sort((a, b) => b.rank - a.rank || a.name.localeCompare(b.name))
  }

  /** Best `limit` matches of a list in order of rank; its first entries if nothing is typed. */
  function best<T extends Named>(list: readonly T[], typed: string, limit: number): { one: T; ranges: Range[] }[] {
    const text = (fold.get(typed) ?? '').replace(/[ ']/g, '')
    if (text === '') return list.slice(0, limit).map((one) => ({ one, ranges: [] }))
    const needed = alphabetOf(text)
    const found: { one: T; fit: Fit }[] = []
    for (const one of list) {
      if ((one.alphabet & needed) !== needed) continue
      const last = found.length < limit ? undefined : found.at(-1)
      const fits = fit(one, text, last?.fit.quality ?? Infinity)
      if (fits === null) continue
      // equal matches keep their order
      let place = found.length
      while (place > 0 && found[place - 1]!.fit.quality > fits.quality) place--
      found.splice(place, 0, { one, fit: fits })
      if (found.length > limit) found.pop()
    }
    return found.map(({ one, fit: { ranges } }) => ({ one, ranges }))
  }

  /** People and conversations, the best `limit`; by use if nothing is typed. */
  function names(input: { text: string; limit: number; kind?: ConversationKind; now?: number }): NameMatch[] {
    look(input.now ?? Date.now())
    const list = input.kind === undefined ? entries : entries.filter(({ kind }) => kind === input.kind)
    return best(list, input.text, input.limit).map(({ one: { conversation, jid, name, kind }, ranges }) => ({ conversation, jid, name, kind, ranges }))
  }

  /** People to write to, the best `limit`: contacts and people with a conversation, then `known`, who were met in groups. `without`: our own addresses. */
  function people(input: { text: string; limit: number; known: readonly MetPerson[]; without: readonly Jid[]; now?: number }): PersonMatch[] {
    look(input.now ?? Date.now())
    const apart = new Set<string>(input.without)
    const own = entries
      .filter(({ kind, jid }) => kind === 'direct' && !jid.includes('/') && !isImported(jid) && !apart.has(jid))
      .map((entry) => ({ ...entry, account: null, group: null }))
    for (const { jid } of own) apart.add(jid)
    const met = input.known.flatMap((person) => {
      if (apart.has(person.jid)) return []
      apart.add(person.jid)
      const made = letters(person.name)
      return [{ ...person, letters: made, address: person.jid, alphabet: alphabetOfName(made) | alphabetOf(person.jid) }]
    })
    return best([...own, ...met], input.text, input.limit).map(({ one: { jid, name, account, group }, ranges }) => ({ jid, name, account, group, ranges }))
  }

  /** Senders of a group, without ourselves; the newest first. */
  function occupants(input: { conversation: ConversationId; text: string; limit: number }): OccupantMatch[] {
    const group = groupOf.get(input.conversation)
    if (group === undefined) return []
    const list = writersIn.all(`${group.jid}/`, `${group.jid}0`).flatMap(({ jid, contact }) => {
      const nick = resource(jid)
      if (nick === group.nick) return []
      const name = nameOf(jid, contact)
      const made = letters(name)
      // people with another display name are also found by their nickname
      const address = contact === null ? '' : (fold.get(nick) ?? '')
      return [{ jid, nick, name, letters: made, address, alphabet: alphabetOfName(made) | alphabetOf(address) }]
    })
    return best(list, input.text, input.limit).map(({ one: { jid, nick, name }, ranges }) => ({ nick, name, jid, ranges }))
  }

  let prepared = 0
  /** Reads the names and types a letter in advance; returns whether there is more to do. */
  function prepare(): boolean {
    names({ text: PREPARED.charAt(prepared), limit: 8 })
    return ++prepared < PREPARED.length
  }

  return { names, people, occupants, prepare }
}

const alphabetOfName = (letters: readonly Letter[]): number =>
  letters.reduce((bits, letter) => bits | alphabetOf(letter.text) | letter.readings.reduce((all, reading) => all | alphabetOf(reading), 0), 0)
