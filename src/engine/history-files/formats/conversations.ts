/**
 * Backup of Conversations and its forks (.ceb). Header in Java's DataOutput format: version (1: SQL, 2: JSON), app name, account address, time, 12 bytes of
 * initialization vector and 16 of salt. The rest is gzip in AES-128-GCM; the key is PBKDF2 (HMAC-SHA-1, 1024 rounds) of the account's password.
 */
import { JSONParser, type ParsedElementInfo } from '@streamparser/json'
import { createDecipheriv, pbkdf2Sync } from 'node:crypto'
import { createReadStream, openSync, readSync, closeSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { bare, parseJid, resource } from '../../../contract/address.ts'
import { ImportError, kindOf, plainHistory, type ConversationHead, type ParsedHistory, type ParsedMessage, type ReadOptions, type Sink } from '../history.ts'

const LARGEST_HEADER = 1200
const TAG_BYTES = 16
const ROUNDS = 1024
/** Valid range of the header's time: from the first such backup to the year 2200, ms. */
const [FIRST, LAST] = [Date.UTC(2018, 0, 1), Date.UTC(2200, 0, 1)]

interface Header {
  version: 1 | 2
  account: string
  iv: Buffer
  salt: Buffer
  /** Length of the header, bytes. */
  length: number
}

/** Header in the first bytes of a file; null: not such a backup. */
export function backupHeader(first: Buffer): Header | null {
  try {
    const version = first.readInt32BE(0)
    if (version !== 1 && version !== 2) return null
    let at = 4
    const text = (): string => {
      const length = first.readUInt16BE(at)
      at += 2 + length
      if (at > first.length) throw new RangeError('cut off')
      return first.toString('utf8', at - length, at)
    }
    text()
    const account = parseJid(text())
    const time = Number(first.readBigInt64BE(at))
    at += 8
    if (account === null || !account.includes('@') || time < FIRST || time > LAST || at + 28 > first.length) return null
    return { version, account: bare(account), iv: first.subarray(at, at + 12), salt: first.subarray(at + 12, at + 28), length: at + 28 }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Header of a backup file; null: not such a backup. */
export function backupIn(path: string): Header | null {
  const first = Buffer.alloc(LARGEST_HEADER)
  const file = openSync(path, 'r')
  try {
    return backupHeader(first.subarray(0, readSync(file, first, 0, LARGEST_HEADER, 0)))
  } finally {
    closeSync(file)
  }
}

type Values = Record<string, unknown>
type OnRow = (table: string, values: Values) => void

/** Throws ImportError: 'password' if one is needed, 'wrong-password' if decryption fails. */
export async function readConversations(path: string, header: Header, { password = null }: ReadOptions): Promise<ParsedHistory> {
  const name = basename(path)
  if (password === null || password === '') throw new ImportError(name, null, `this is a backup of ${header.account}, whose password it needs`, 'password')
  const key = pbkdf2Sync(password, header.salt, ROUNDS, 16, 'sha1')
  const end = statSync(path).size - TAG_BYTES
  const decipher = () => createDecipheriv('aes-128-gcm', key, header.iv, { authTagLength: TAG_BYTES })
  if (end <= header.length) throw new ImportError(name, null, 'it ends early', 'broken')
  for await (const chunk of createReadStream(path, { start: header.length, end: header.length + 1 })) {
    const [a, b] = decipher().update(chunk as Buffer)
    if (a !== 0x1f || b !== 0x8b) throw new ImportError(name, null, `this is not the password of ${header.account}`, 'wrong-password')
  }

  /** Decrypted text; rejects if the file was altered, after yielding the part before. */
  async function* plain(): AsyncGenerator<Buffer> {
    const tag: Buffer[] = []
    for await (const chunk of createReadStream(path, { start: end })) tag.push(chunk as Buffer)
    const opened = decipher()
    opened.setAuthTag(Buffer.concat(tag))
    // a failure of any of them ends all three, and is thrown below
    const unpacked = pipeline(createReadStream(path, { start: header.length, end: end - 1 }), opened, createGunzip(), () => undefined)
    try {
      for await (const chunk of unpacked) yield chunk as Buffer
    } catch (error) {
      throw new ImportError(name, null, `it is damaged (${error instanceof Error ? error.message : String(error)})`, 'broken')
    }
  }
  return plainHistory({ format: 'conversations', self: header.account, read: (sink) => new Backup(header.account, sink).read(plain(), header.version, name) })
}

/** Values of message.type and message.status. */
const [TEXT_STATUS, CALL] = [3, 6]
const RECEIVED = 0
const GROUP = 1

class Backup {
  readonly #account: string
  readonly #sink: Sink
  readonly #heads = new Map<string, { head: ConversationHead; group: boolean; contact: string }>()

  constructor(account: string, sink: Sink) {
    this.#account = account
    this.#sink = sink
  }

  async read(chunks: AsyncIterable<Buffer>, version: 1 | 2, file: string): Promise<void> {
    const onRow: OnRow = (table, values) => {
      if (table === 'conversations') this.#conversation(values)
      else if (table === 'messages') this.#message(values)
    }
    await (version === 2 ? readRows(chunks, onRow, () => this.#sink.rest(), file) : readInserts(chunks, onRow, () => this.#sink.rest()))
    await this.#sink.rest()
  }

  #conversation({ uuid, contactJid, name, mode }: Values): void {
    const contact = parseJid(String(contactJid ?? ''))
    if (contact === null) return
    const shown = typeof name === 'string' && name !== '' && name !== contact ? name : contact
    this.#heads.set(String(uuid), { head: { name: shown, id: `xmpp:${contact}` }, group: Number(mode) === GROUP, contact })
  }

  #message(values: Values): void {
    const of = this.#heads.get(String(values['conversationUuid']))
    const [type, body] = [Number(values['type'] ?? 0), String(values['body'] ?? '')]
    if (of === undefined || type === TEXT_STATUS) return this.#sink.notice()
    const outgoing = Number(values['status'] ?? 0) !== RECEIVED
    const counterpart = String(values['counterpart'] ?? '')
    const sender = outgoing ? this.#account : of.group ? resource(counterpart) || of.contact : of.contact
    const time = Number(values['timeSent'])
    const message: ParsedMessage = { sender, time: time > 0 ? time : null, text: body, outgoing }
    const id = values['remoteMsgId'] ?? values['uuid']
    if (typeof id === 'string' && id !== '') message.id = id
    if (message.time === null) message.stamp = String(values['timeSent'])
    if (isList(values['edited']) || (typeof values['edited'] === 'string' && values['edited'] !== '' && !/^[0[]/.test(values['edited']))) message.edited = true
    const path = typeof values['relativeFilePath'] === 'string' ? values['relativeFilePath'] : ''
    // the body of a file message is its URL, followed by its size and dimensions
    const [address = '', bytes = ''] = body.split('|')
    if (path !== '' || (Number(values['oob'] ?? 0) === 1 && /^https?:\/\/\S+$/.test(address))) {
      const name = (path === '' ? address.replace(/[?#].*$/, '') : path).split('/').at(-1) || 'file'
      message.text = ''
      message.files = [{ kind: kindOf(name), name, bytes: Number(bytes) > 0 ? Number(bytes) : null, source: null }]
    } else if (type === CALL) message.text = '📞'
    const reactions = reactionsOf(values['reactions'], this.#account, of.group)
    if (reactions.length > 0) message.reactions = reactions
    if (message.text === '' && message.files === undefined) return this.#sink.notice()
    this.#sink.conversation(of.head)
    this.#sink.message(message)
  }
}

const isList = (value: unknown): boolean => typeof value === 'string' && /^\[\s*\{/.test(value)

function reactionsOf(json: unknown, account: string, group: boolean): NonNullable<ParsedMessage['reactions']> {
  if (typeof json !== 'string' || !json.startsWith('[')) return []
  let list: unknown
  try {
    list = JSON.parse(json)
  } catch {
    return []
  }
  return (Array.isArray(list) ? list : []).flatMap((one: { reaction?: unknown; received?: unknown; from?: unknown }) => {
    if (typeof one?.reaction !== 'string' || one.reaction === '') return []
    const from = typeof one.from === 'string' ? one.from : ''
    return [{ sender: one.received === false ? account : group ? resource(from) || from : (parseJid(from)?.split('/')[0] ?? from), emoji: one.reaction }]
  })
}

/** Version 2: an array of { table, values }. */
async function readRows(chunks: AsyncIterable<Buffer>, onRow: OnRow, rest: () => Promise<void>, file: string): Promise<void> {
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false })
  let failed: Error | null = null
  parser.onError = (error) => void (failed ??= error)
  parser.onValue = ({ value }: ParsedElementInfo) => {
    const { table, values } = (value ?? {}) as { table?: unknown; values?: unknown }
    if (typeof table === 'string' && typeof values === 'object' && values !== null) onRow(table, values as Values)
  }
  for await (const chunk of chunks) {
    parser.write(chunk)
    if (failed !== null) throw new ImportError(file, null, 'this is not JSON', 'broken')
    await rest()
  }
}

const INSERT = /^INSERT INTO (\w+)\s*\(([^)]*)\)\s*VALUES\s*/i
/** Token of SQL: a text in single quotes, NULL, a number, a bracket, a comma. */
const TOKEN = /'((?:[^']|'')*)'|NULL|-?\d+(?:\.\d+)?|[(),;]/giy

/** Version 1: statements that insert one or more rows, each ended by a semicolon at the end of a line. */
async function readInserts(chunks: AsyncIterable<Buffer>, onRow: OnRow, rest: () => Promise<void>): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  // position up to which quotes were counted; within a text one is open
  let [counted, open] = [0, false]
  const workOff = (): void => {
    for (let end = text.indexOf(';\n', counted); end >= 0; end = text.indexOf(';\n', counted)) {
      if (text.slice(counted, end).split("'").length % 2 === 0) open = !open
      counted = end + 2
      if (open) continue
      rowsOf(text.slice(0, end), onRow)
      text = text.slice(counted)
      counted = 0
    }
  }
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true })
    workOff()
    await rest()
  }
  text += `${decoder.decode()};\n`
  workOff()
}

function rowsOf(statement: string, onRow: OnRow): void {
  const [all = '', table = '', columns = ''] = INSERT.exec(statement.trimStart()) ?? []
  if (all === '') return
  const names = columns.split(',').map((name) => name.trim().replace(/^["'`]|["'`]$/g, ''))
  const values = statement.trimStart().slice(all.length)
  TOKEN.lastIndex = 0
  let row: unknown[] = []
  for (let at = 0; at < values.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at + (/^\s*/.exec(values.slice(at, at + 50))?.[0].length ?? 0)
    const token = TOKEN.exec(values)
    if (token === null) return
    const [whole, quoted] = token
    if (whole === '(') row = []
    else if (whole === ')') onRow(table, Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])))
    else if (quoted !== undefined) row.push(quoted.replaceAll("''", "'"))
    else if (/^null$/i.test(whole)) row.push(null)
    else if (whole !== ',' && whole !== ';') row.push(Number(whole))
  }
}
