/**
 * History of Apple's Messages, ~/Library/Messages/chat.db of macOS. Newer versions store texts in `attributedBody` only: a typedstream of Apple, whose first
 * string is the text.
 */
import { kindOf, plainHistory, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { columnsOf, type DatabaseFormat } from './database-format.ts'

/** Apple's epoch (2001), in seconds since 1970. */
const APPLE_EPOCH = 978_307_200
/** Largest time in seconds since 2001 (the year 4001): larger numbers are nanoseconds, in use since macOS 10.13. */
const MOST_SECONDS = 63_113_904_000
const EVERY = 2000
/** Values of associated_message_type: tapbacks; plus 1000: removed tapbacks. */
const TAPBACKS: Record<number, string> = { 2000: '❤️', 2001: '👍', 2002: '👎', 2003: '😂', 2004: '‼️', 2005: '❓' }
const OWN_EMOJI = 2006
const STICKER = 2007
const TAKEN_BACK = 1000
const GROUP = 43

/** Time in ms, or null. */
function timeOf(date: number | bigint | null): number | null {
  if (date === null || Number(date) <= 0) return null
  const seconds = Number(date) > MOST_SECONDS ? Number(date) / 1e9 : Number(date)
  return Math.round((seconds + APPLE_EPOCH) * 1000)
}

/** Text of an NSAttributedString in a typedstream; null if there is none. A length is one byte, or 0x81 and two, or 0x82 and four. */
export function attributedText(body: Buffer): string | null {
  const named = ['NSString', 'NSMutableString'].map((name) => body.indexOf(name, 0, 'latin1')).filter((at) => at >= 0)
  if (named.length === 0) return null
  let at = body.indexOf(0x2b, Math.min(...named))
  if (at < 0 || ++at >= body.length) return null
  let length = body[at++] ?? 0
  if (length === 0x81 && at + 2 <= body.length) [length, at] = [body.readUInt16LE(at), at + 2]
  else if (length === 0x82 && at + 4 <= body.length) [length, at] = [body.readUInt32LE(at), at + 4]
  return at + length > body.length ? null : body.toString('utf8', at, at + length)
}

interface Row {
  id: number
  guid: string
  text: string | null
  body: Buffer | null
  date: number | bigint | null
  own: number
  handle: string | null
  chat: number
  edited: number | null
  retracted: number | null
  item: number
  balloon: string | null
  answers: string | null
}

/** GUID in 'p:0/GUID' or 'bp:GUID'. */
const guidOf = (reference: string): string => reference.replace(/^(?:p:\d+\/|bp:)/, '')

export const imessageDatabase: DatabaseFormat = {
  matches: (tables) => tables.has('message') && tables.has('chat_message_join') && tables.has('handle'),
  read(db, media) {
    const columns = columnsOf(db, 'message')
    const has = (name: string, or = 'NULL'): string => (columns.has(name) ? `m.${name}` : or)
    return plainHistory({
      format: 'imessage',
      self: null,
      async read(sink) {
        const heads = new Map<number, ConversationHead>()
        const peopleIn = db
          .prepare<[number], string>('SELECT h.id FROM chat_handle_join j JOIN handle h ON h.ROWID = j.handle_id WHERE j.chat_id = ? ORDER BY h.id')
          .pluck()
        for (const [id, guid, identifier, shown, style] of db
          .prepare<[], [number, string | null, string | null, string | null, number | null]>(
            'SELECT ROWID, guid, chat_identifier, display_name, style FROM chat'
          )
          .raw()
          .all()) {
          const people = style === GROUP ? peopleIn.all(id) : []
          const name = shown !== null && shown !== '' ? shown : people.length > 0 ? people.join(', ') : (identifier ?? String(id))
          heads.set(id, { name, id: `imessage:${guid ?? identifier ?? id}` })
        }
        const reactions = new Map<string, Map<string, string>>()
        if (columns.has('associated_message_guid')) {
          const given = db.prepare<[], [string, number, string | null, number, string | null]>(
            `SELECT m.associated_message_guid, m.associated_message_type, ${has('associated_message_emoji')}, m.is_from_me, h.id
             FROM message m LEFT JOIN handle h ON h.ROWID = m.handle_id WHERE m.associated_message_type BETWEEN 2000 AND 3999 AND m.associated_message_guid IS NOT NULL ORDER BY m.date, m.ROWID`
          )
          for (const [target, type, own, mine, handle] of given.raw().iterate()) {
            const taken = type >= 2000 + TAKEN_BACK
            const kind = taken ? type - TAKEN_BACK : type
            const emoji = kind === OWN_EMOJI ? own : kind === STICKER ? null : (TAPBACKS[kind] ?? null)
            if (emoji === null) continue
            const by = reactions.get(guidOf(target)) ?? new Map<string, string>()
            reactions.set(guidOf(target), by)
            const sender = mine === 1 ? 'Me' : (handle ?? '?')
            if (!taken) by.set(sender, emoji)
            else if (by.get(sender) === emoji) by.delete(sender)
          }
        }
        const filesOf = db.prepare<[number], [string | null, string | null, number | null]>(
          'SELECT a.filename, a.transfer_name, a.total_bytes FROM message_attachment_join j JOIN attachment a ON a.ROWID = j.attachment_id WHERE j.message_id = ? ORDER BY a.ROWID'
        )
        const rows = db.prepare<[], Row>(
          `SELECT m.ROWID AS id, m.guid AS guid, m.text AS text, ${has('attributedBody')} AS body, m.date AS date, m.is_from_me AS own, h.id AS handle, j.chat_id AS chat,
             ${has('date_edited')} AS edited, ${has('date_retracted')} AS retracted, ${has('item_type', '0')} AS item, ${has('balloon_bundle_id')} AS balloon, ${has('thread_originator_guid')} AS answers
           FROM message m JOIN chat_message_join j ON j.message_id = m.ROWID LEFT JOIN handle h ON h.ROWID = m.handle_id
           WHERE ${has('associated_message_type', '0')} NOT BETWEEN 2000 AND 3999 ORDER BY m.date, m.ROWID`
        )
        let count = 0
        // nanoseconds since 2001 exceed a double
        for (const row of rows.safeIntegers().iterate() as IterableIterator<Record<keyof Row, unknown>>) {
          if (++count % EVERY === 0) await sink.rest()
          const number = (value: unknown): number => Number(value ?? 0)
          const head = heads.get(number(row.chat))
          if (head === undefined || number(row.item) !== 0) {
            sink.notice()
            continue
          }
          const written = typeof row.text === 'string' && row.text !== '' ? row.text : Buffer.isBuffer(row.body) ? attributedText(row.body) : null
          // U+FFFC stands for each file
          const text = (written ?? '').replaceAll('\ufffc', '').trim()
          const files = (filesOf.raw().all(number(row.id)) as [string | null, string | null, number | bigint | null][]).map(([path, name, bytes]) =>
            fileOf(path, name, bytes, media)
          )
          if (text === '' && files.length === 0) {
            if (number(row.retracted) > 0 || row.balloon === null) sink.notice()
            else sink.unread('app', String(row.balloon))
            continue
          }
          sink.conversation(head)
          const own = number(row.own) === 1
          const time = timeOf(row.date as bigint | null)
          const message: ParsedMessage = { sender: own ? 'Me' : String(row.handle ?? '?'), time, text, outgoing: own, id: String(row.guid) }
          if (time === null) message.stamp = String(row.date)
          if (number(row.edited) > 0) message.edited = true
          if (typeof row.answers === 'string') message.replyTo = guidOf(row.answers)
          if (files.length > 0) message.files = files
          const given = reactions.get(String(row.guid))
          if (given !== undefined && given.size > 0) message.reactions = [...given].map(([sender, emoji]) => ({ sender, emoji }))
          sink.message(message)
        }
        await sink.rest()
      }
    })
  }
}

/** Attachment; files are in Attachments/ beside the database. */
function fileOf(path: string | null, name: string | null, bytes: number | bigint | null, media: (source: string) => number | null): ParsedFile {
  const own = name ?? path?.split('/').at(-1) ?? 'file'
  const inside = path === null ? null : (/(?:^|\/)(Attachments\/.+)$/.exec(path)?.[1] ?? null)
  const size = inside === null ? null : media(inside)
  return { kind: kindOf(own), name: own, bytes: size ?? (bytes === null ? null : Number(bytes)), source: size === null ? null : inside }
}
