/** Statements of the table `attachment`: files of messages, stored here or only on the sender's server. */
import type { AttachmentKind, MessageId } from '../../../contract/domain.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { CODE } from '../ids.ts'

/** attachment.tries of a file that its server no longer has. */
export const GONE = 100
/** Failed fetches after which only the user's request fetches the file. */
export const MOST_TRIES = 4

export interface AttachmentRow {
  id: number
  message: MessageId
  kind: AttachmentKind
  name: string
  bytes: number | null
  /** Name in the media folder, or null. */
  stored: string | null
  /** URL given by the sender, or null. */
  url: string | null
  /** Media type (RFC 6838), as given by the sender. */
  type: string | null
  /** Width and height, pixels. */
  width: number | null
  height: number | null
  /** SHA-256 in hex, as given by the sender. */
  hash: string | null
  /** Preview (ThumbHash, base64), as given by the sender. */
  preview: string | null
  /** Failed fetches; GONE: no longer available. */
  tries: number
}

export type NewAttachment = Pick<AttachmentRow, 'kind' | 'name' | 'bytes' | 'stored'> &
  Partial<Pick<AttachmentRow, 'url' | 'type' | 'width' | 'height' | 'hash' | 'preview' | 'tries'>>

const COLUMNS = 'id, message, kind, name, bytes, stored, url, type, width, height, hash, preview, tries'

export function attachmentReads(db: ReadableDB) {
  const byId = db.prepare<[number], AttachmentRow>(`SELECT ${COLUMNS} FROM attachment WHERE id = ?`)
  const of = db.prepare<[number], AttachmentRow>(`SELECT ${COLUMNS} FROM attachment WHERE message = ? ORDER BY id`)
  // only from known people: a fetch reveals our IP address to the server
  const toFetch = db.prepare<[number, number, string, string, number], AttachmentRow>(
    `SELECT ${COLUMNS.split(', ')
      .map((column) => `a.${column}`)
      .join(', ')}
     FROM attachment a JOIN message m ON m.id = a.message JOIN conversation c ON c.id = m.conversation
     WHERE a.stored IS NULL AND a.url IS NOT NULL AND a.tries < ${MOST_TRIES} AND a.id < ? AND coalesce(a.bytes, 0) <= ? AND c.account IN (SELECT value FROM json_each(?))
       AND ((c.kind = 'group' AND c.jid IN (SELECT value FROM json_each(?))) OR m.outgoing = 1 OR EXISTS (SELECT 1 FROM contact WHERE jid = c.jid AND account = c.account))
     ORDER BY a.id DESC LIMIT ?`
  )
  const usage = db.prepare<[], { conversation: number; files: number; bytes: number; clearable: number }>(
    `SELECT m.conversation, count(*) AS files, coalesce(sum(a.bytes), 0) AS bytes, coalesce(sum(iif(a.url IS NULL, 0, a.bytes)), 0) AS clearable
     FROM attachment a JOIN message m ON m.id = a.message WHERE a.stored IS NOT NULL GROUP BY m.conversation`
  )
  const thumbnail = db.prepare<[number], Buffer>('SELECT image FROM thumbnail WHERE attachment = ?').pluck()
  const stored = db
    .prepare<[], string>('SELECT stored FROM attachment WHERE stored IS NOT NULL UNION SELECT stored FROM avatar UNION SELECT stored FROM sticker')
    .pluck()
  return {
    byId: (id: number): AttachmentRow | null => byId.get(id) ?? null,
    of: (message: number): AttachmentRow[] => of.all(message),
    /**
     * Files that may be fetched automatically, newest first: of contacts and of these groups, of at most `most` bytes or unknown size, in conversations of
     * these accounts.
     */
    toFetch: (before: number, most: number, accounts: readonly string[], groups: readonly string[], limit: number): AttachmentRow[] =>
      toFetch.all(before, most, JSON.stringify(accounts), JSON.stringify(groups), limit),
    /** Thumbnail (WebP), if one was made. */
    thumbnail: (id: number): Buffer | null => thumbnail.get(id) ?? null,
    /** Local files by conversation. */
    usage: () => usage.all(),
    /** Names of all attachments, avatars and stickers in the media folder. */
    storedNames: (): string[] => stored.all()
  }
}

export function attachmentWrites(db: WritableDB) {
  const insert = db.prepare(
    'INSERT INTO attachment (message, kind, name, bytes, stored, url, type, width, height, hash, preview, tries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
  )
  const removeOf = db.prepare('DELETE FROM attachment WHERE message = ?')
  const keep = db.prepare('UPDATE attachment SET stored = ?, bytes = ?, width = coalesce(?, width), height = coalesce(?, height) WHERE id = ?')
  const put = db.prepare('UPDATE attachment SET url = ? WHERE id = ?')
  const fail = db.prepare('UPDATE attachment SET tries = ? WHERE id = ? AND stored IS NULL')
  const clearable = db.prepare<[number | null], { id: number; message: MessageId; stored: string; bytes: number }>(
    `SELECT a.id, a.message, a.stored, coalesce(a.bytes, 0) AS bytes FROM attachment a JOIN message m ON m.id = a.message
     WHERE a.stored IS NOT NULL AND a.url IS NOT NULL AND m.conversation = coalesce(?, m.conversation) AND m.state_code <> ${CODE.queued}`
  )
  // afterwards only the user's request fetches it again
  const clear = db.prepare(`UPDATE attachment SET stored = NULL, tries = ${MOST_TRIES} WHERE id = ?`)
  const keepThumbnail = db.prepare('INSERT OR REPLACE INTO thumbnail (attachment, image) SELECT id, ? FROM attachment WHERE id = ?')
  const tries = db.prepare<[number], number>('SELECT tries FROM attachment WHERE id = ?').pluck()
  return {
    ...attachmentReads(db),
    insert(
      { kind, name, bytes, stored, url = null, type = null, width = null, height = null, hash = null, preview = null, tries: failed = 0 }: NewAttachment,
      message: number
    ): void {
      insert.run(message, kind, name, bytes, stored, url, type, width, height, hash, preview, failed)
    },
    removeOf: (message: number) => removeOf.run(message),
    /** Marks a file as stored in the media folder. */
    keep: (id: number, { stored, bytes, width, height }: Pick<AttachmentRow, 'stored' | 'bytes' | 'width' | 'height'>) =>
      keep.run(stored, bytes, width, height, id),
    keepThumbnail: (id: number, image: Uint8Array) => keepThumbnail.run(image, id),
    /** Stores the URL of an uploaded file. */
    put: (id: number, url: string) => put.run(url, id),
    /** Files of a conversation, or of all, that can be fetched again. */
    clearable: (conversation: number | null) => clearable.all(conversation),
    /** Marks a file as no longer stored here. */
    clear: (id: number) => clear.run(id),
    /** Counts a failed fetch; `gone`: the file will never be available. */
    fail: (id: number, gone: boolean) => fail.run(gone ? GONE : (tries.get(id) ?? 0) + 1, id)
  }
}
