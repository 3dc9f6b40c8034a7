/** History of Dino (dino.db): messages with their corrections, replies, reactions and files. */
import { kindOf, plainHistory, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { columnsOf, type DatabaseFormat, type ReadDatabase } from './database-format.ts'

/** Values of Dino: direction of a sent message, type of a group message. */
const SENT = 1
const GROUP = 2
const EVERY = 2000

interface Row {
  id: number
  account: number
  address: string
  resource: string | null
  ours: string | null
  direction: number
  type: number
  /** Time, s. */
  time: number
  text: string | null
  stanza: string | null
  server: string | null
}

/** Map of a statement's second column by its first. */
const pairs = (db: ReadDatabase, sql: string): Map<number, string> => new Map(db.prepare<[], [number, string]>(sql).raw().all())

export const dino: DatabaseFormat = {
  matches: (tables) => tables.has('message') && tables.has('account') && tables.has('jid') && tables.has('conversation'),
  read(db) {
    const tables = new Set(db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all())
    const columns = columnsOf(db, 'message')
    const accounts = pairs(db, 'SELECT id, bare_jid FROM account')
    const aliases = columnsOf(db, 'account').has('alias')
      ? pairs(db, "SELECT id, alias FROM account WHERE alias IS NOT NULL AND alias <> ''")
      : new Map<number, string>()
    const roster = tables.has('roster')
      ? new Map(db.prepare<[], [string, string]>("SELECT jid, name FROM roster WHERE name IS NOT NULL AND name <> ''").raw().all())
      : new Map<string, string>()
    const me = (account: number): string => aliases.get(account) ?? accounts.get(account) ?? 'Me'
    const owner = [...accounts.keys()].length === 1 ? me([...accounts.keys()][0] ?? 0) : null
    return plainHistory({
      format: 'dino',
      self: owner,
      async read(sink) {
        const heads = new Map<string, ConversationHead>()
        const answers =
          tables.has('reply') && columnsOf(db, 'reply').has('quoted_message_stanza_id')
            ? pairs(db, 'SELECT message_id, quoted_message_stanza_id FROM reply WHERE quoted_message_stanza_id IS NOT NULL')
            : new Map<number, string>()
        // a correction is a message of its own, with a reference to the corrected one
        const corrections = new Set<number>()
        const corrected = new Map<string, string>()
        if (tables.has('message_correction')) {
          for (const [id, to, text] of db
            .prepare<[], [number, string, string]>(
              'SELECT c.message_id, c.to_stanza_id, m.body FROM message_correction c JOIN message m ON m.id = c.message_id ORDER BY m.time'
            )
            .raw()
            .all()) {
            corrections.add(id)
            corrected.set(to, text)
          }
        }
        const rows = db.prepare<[], Row>(
          `SELECT m.id AS id, m.account_id AS account, j.bare_jid AS address, m.counterpart_resource AS resource, m.our_resource AS ours,
             m.direction AS direction, m.type AS type, m.time AS time,
             m.body AS text, m.stanza_id AS stanza, ${columns.has('server_id') ? 'm.server_id' : 'NULL'} AS server
           FROM message m JOIN jid j ON j.id = m.counterpart_id ORDER BY m.time, m.id`
        )
        const headOf = (address: string): ConversationHead => {
          let head = heads.get(address)
          if (head === undefined) heads.set(address, (head = { name: roster.get(address) ?? address, id: `xmpp:${address}` }))
          return head
        }
        let count = 0
        for (const { id, account, address, resource, ours, direction, type, time, text, stanza } of rows.iterate()) {
          if (++count % EVERY === 0) await sink.rest()
          if (text === null || text === '' || corrections.has(id)) {
            sink.notice()
            continue
          }
          const went = direction === SENT
          const nick = type === GROUP ? (went ? ours : resource) : null
          const message: ParsedMessage = {
            sender: went ? me(account) : (nick ?? roster.get(address) ?? address),
            time: time > 0 ? time * 1000 : null,
            text,
            outgoing: went
          }
          if (stanza !== null) message.id = stanza
          const now = stanza === null ? undefined : corrected.get(stanza)
          if (now !== undefined) Object.assign(message, { text: now, edited: true })
          const to = answers.get(id)
          if (to !== undefined) message.replyTo = to
          if (message.time === null) message.stamp = String(time)
          sink.conversation(headOf(address))
          sink.message(message)
        }
        if (tables.has('file_transfer')) {
          const names = columnsOf(db, 'file_transfer')
          const has = (name: string): string => (names.has(name) ? `f.${name}` : 'NULL')
          const transfers = db.prepare<
            [],
            { account: number; address: string; resource: string | null; direction: number; time: number; name: string | null; bytes: number | null }
          >(
            `SELECT f.account_id AS account, j.bare_jid AS address, ${has('counterpart_resource')} AS resource, f.direction AS direction,
               ${has('time')} AS time, f.file_name AS name, ${has('size')} AS bytes
             FROM file_transfer f JOIN jid j ON j.id = f.counterpart_id ORDER BY f.id`
          )
          for (const { account, address, direction, time, name, bytes } of transfers.iterate()) {
            const called = name ?? 'file'
            const file: ParsedFile = { kind: kindOf(called), name: called, bytes: bytes !== null && bytes >= 0 ? bytes : null, source: null }
            sink.conversation(headOf(address))
            sink.message({
              sender: direction === SENT ? me(account) : (roster.get(address) ?? address),
              time: time > 0 ? time * 1000 : null,
              text: '',
              outgoing: direction === SENT,
              files: [file]
            })
          }
        }
        await sink.rest()
      }
    })
  }
}
