/** History of Gajim: logs.db of versions until 1.8, and the archive of later ones. */
import { plainHistory, type ConversationHead, type ParsedMessage } from '../history.ts'
import { columnsOf, type DatabaseFormat } from './database-format.ts'

/** Values of logs.db (Gajim's KindConstant): group messages, received and sent single and chat messages. */
const GROUP = 2
const CAME = [3, 4]
const WENT = [5, 6]

interface LogRow {
  id: number
  address: string
  nick: string | null
  /** Time, s. */
  time: number
  kind: number
  text: string | null
  stanza: string | null
}

/** Number of rows between two pauses. */
const EVERY = 2000

export const gajim: DatabaseFormat = {
  matches: (tables) => tables.has('logs') && tables.has('jids'),
  read(db) {
    const columns = columnsOf(db, 'logs')
    const has = (name: string): string => (columns.has(name) ? `l.${name}` : 'NULL')
    return plainHistory({
      format: 'gajim',
      self: null,
      async read(sink) {
        const heads = new Map<string, ConversationHead>()
        const rows = db.prepare<[], LogRow>(
          `SELECT l.log_line_id AS id, j.jid AS address, l.contact_name AS nick, l.time AS time, l.kind AS kind, l.message AS text,
             ${has('stanza_id')} AS stanza
           FROM logs l JOIN jids j ON j.jid_id = l.jid_id ORDER BY l.time, l.log_line_id`
        )
        let count = 0
        for (const { id, address, nick, time, kind, text, stanza } of rows.iterate()) {
          if (++count % EVERY === 0) await sink.rest()
          const written = kind === GROUP || CAME.includes(kind) || WENT.includes(kind)
          if (!written || text === null || text === '' || (kind === GROUP && (nick ?? '') === '')) {
            sink.notice()
            continue
          }
          // a private message in a group has the nickname after the address
          let head = heads.get(address)
          if (head === undefined) heads.set(address, (head = { name: address, id: `xmpp:${address}` }))
          sink.conversation(head)
          const went = WENT.includes(kind)
          const message: ParsedMessage = {
            sender: went ? 'Me' : nick !== null && nick !== '' ? nick : address,
            time: time > 0 ? Math.round(time * 1000) : null,
            text,
            id: stanza ?? `row-${id}`
          }
          if (kind !== GROUP) message.outgoing = went
          if (message.time === null) message.stamp = String(time)
          sink.message(message)
        }
        await sink.rest()
      }
    })
  }
}

interface ArchiveRow {
  id: number
  address: string
  resource: string | null
  nick: string | null
  direction: number
  /** Time, s, with fractions. */
  time: number
  text: string | null
  stanza: string | null
  corrected: string | null
  reply: string | null
}

/** Archive: tables message, remote, resource/occupant; direction 1 is received, 2 is sent. */
export const gajimArchive: DatabaseFormat = {
  matches: (tables) => tables.has('message') && tables.has('remote') && !tables.has('conversation'),
  read(db) {
    const columns = columnsOf(db, 'message')
    const occupants = columnsOf(db, 'occupant')
    const has = (name: string): string => (columns.has(name) ? `m.${name}` : 'NULL')
    const nick = columns.has('fk_occupant_pk') && occupants.has('nickname') ? '(SELECT nickname FROM occupant WHERE pk = m.fk_occupant_pk)' : 'NULL'
    const replies = columnsOf(db, 'reply').has('fk_message_pk') || columns.has('fk_reply_pk')
    const reply = replies && columns.has('fk_reply_pk') ? '(SELECT id FROM reply WHERE pk = m.fk_reply_pk)' : 'NULL'
    return plainHistory({
      format: 'gajim',
      self: null,
      async read(sink) {
        const heads = new Map<string, ConversationHead>()
        const rows = db.prepare<[], ArchiveRow>(
          `SELECT m.pk AS id, r.jid AS address, ${has('resource')} AS resource, ${nick} AS nick, m.direction AS direction, m.timestamp AS time, m.text AS text,
             ${has('id')} AS stanza, ${has('correction_id')} AS corrected, ${reply} AS reply
           FROM message m JOIN remote r ON r.pk = m.fk_remote_pk ORDER BY m.timestamp, m.pk`
        )
        let count = 0
        for (const { id, address, resource, nick: called, direction, time, text, stanza, corrected, reply: to } of rows.iterate()) {
          if (++count % EVERY === 0) await sink.rest()
          if (text === null || text === '' || corrected !== null) {
            sink.notice()
            continue
          }
          let head = heads.get(address)
          if (head === undefined) heads.set(address, (head = { name: address, id: `xmpp:${address}` }))
          sink.conversation(head)
          const went = direction === 2
          const message: ParsedMessage = {
            sender: called ?? (went ? 'Me' : resource !== null && called === null && address.includes('conference') ? resource : address),
            time: time > 0 ? Math.round(time * 1000) : null,
            text,
            outgoing: went,
            id: stanza ?? `row-${id}`
          }
          if (to !== null) message.replyTo = to
          if (message.time === null) message.stamp = String(time)
          sink.message(message)
        }
        await sink.rest()
      }
    })
  }
}
