/** History of Monal (sworim.sqlite): one table of messages; a conversation is the address of a contact or group. */
import { kindOf, plainHistory, type ConversationHead, type ParsedMessage } from '../history.ts'
import { decodedAddress } from '../source.ts'
import { columnsOf, type DatabaseFormat } from './database-format.ts'
import { parseTime } from './times.ts'

const EVERY = 2000

interface Row {
  id: number
  account: number | null
  buddy: string | null
  inbound: number
  text: string | null
  type: string | null
  /** 'YYYY-MM-DD hh:mm:ss' in UTC, or seconds since 1970. */
  time: string | number | null
  nick: string | null
  stanza: string | null
  retracted: number | null
}

export const monal: DatabaseFormat = {
  matches: (tables) => tables.has('message_history') && tables.has('buddylist'),
  read(db) {
    const columns = columnsOf(db, 'message_history')
    const has = (name: string, or = 'NULL'): string => (columns.has(name) ? `h.${name}` : or)
    // versions before 5 had message_from and message_to in place of contact and direction
    const buddy = columns.has('buddy_name')
      ? 'h.buddy_name'
      : "iif(h.message_from IN (SELECT username || '@' || domain FROM account), h.message_to, h.message_from)"
    const inbound = columns.has('inbound') ? 'h.inbound' : "(h.message_from NOT IN (SELECT username || '@' || domain FROM account))"
    const named = columnsOf(db, 'buddylist')
    const names = named.has('full_name')
      ? new Map(
          db
            .prepare<[], [string, string]>(
              "SELECT buddy_name, coalesce(nullif(nick_name, ''), full_name) FROM buddylist WHERE coalesce(nullif(nick_name, ''), full_name, '') <> ''"
            )
            .raw()
            .all()
        )
      : new Map<string, string>()
    return plainHistory({
      format: 'monal',
      self: null,
      async read(sink) {
        const heads = new Map<string, ConversationHead>()
        const rows = db.prepare<[], Row>(
          `SELECT h.message_history_id AS id, ${has('account_id')} AS account, ${buddy} AS buddy, ${inbound} AS inbound, h.message AS text, ${has('messageType')} AS type,
             h.timestamp AS time, ${has('actual_from')} AS nick, coalesce(${has('messageid')}, ${has('stanzaid')}) AS stanza, ${has('retracted', '0')} AS retracted
           FROM message_history h ORDER BY h.message_history_id`
        )
        let count = 0
        for (const { id, buddy: address, inbound: came, text, type, time: stamp, nick, stanza, retracted } of rows.iterate()) {
          if (++count % EVERY === 0) await sink.rest()
          if (address === null || type === 'Status' || type === 'MessageDraft' || retracted === 1 || text === null || text === '') {
            sink.notice()
            continue
          }
          let head = heads.get(address)
          if (head === undefined) heads.set(address, (head = { name: names.get(address) ?? address, id: `xmpp:${address}` }))
          sink.conversation(head)
          const outgoing = came !== 1
          const time = typeof stamp === 'number' ? Math.round(stamp * 1000) : parseTime(`${(stamp ?? '').replace(' ', 'T')}Z`)
          const sender = outgoing ? 'Me' : nick !== null && nick !== '' && nick !== address ? nick : (names.get(address) ?? address)
          const message: ParsedMessage = { sender, time, text, outgoing, id: stanza ?? `row-${id}` }
          if (time === null) message.stamp = String(stamp)
          if (type === 'Filetransfer' || type === 'Image') {
            const name = decodedAddress(text.split(/[?#]/)[0]?.split('/').at(-1) ?? '') || 'file'
            message.text = ''
            message.files = [{ kind: kindOf(name), name, bytes: null, source: null }]
          } else if (type === 'Geo') message.text = `📍 ${text}`
          sink.message(message)
        }
        await sink.rest()
      }
    })
  }
}
