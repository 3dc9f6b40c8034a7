/** Statements of the table `conversation`. */
import { attachmentNoun } from '../../../contract/attachment-noun.ts'
import {
  AttachmentKind,
  type AttachmentNoun,
  type Conversation,
  type ConversationId,
  type ConversationKind,
  type Jid,
  type MessageId,
  type MessageState,
  type Notify,
  type OutReason,
  type SeenRange
} from '../../../contract/domain.ts'
import { localOf } from '../../../contract/address.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { FLAG } from './message-row.ts'
import { contactOf, nameOf } from './name.ts'

interface ConversationRow {
  id: ConversationId
  jid: Jid
  account: Jid | ''
  used_at: number
  kind: ConversationKind
  name: string
  nick: string | null
  unread: number
  mentions: number
  reactions: number
  read_up_to: number
  seen_up_to: number
  draft: string
  subject: string
  out_why: OutReason | null
  out_reason: string
  notify: Notify
  muted_until: number | null
  notify_sound: 0 | 1 | null
  notify_text: 0 | 1 | null
  note: string
  own_name: string
  imported_from: string | null
  pinned: number | null
  archived: 0 | 1
  marked_unread: 0 | 1
  by_answer: 0 | 1
  encryption: 'on' | 'off' | null
  contact_name: string | null
  last_id: MessageId | null
  last_text: string | null
  last_file: string | null
  last_time: number | null
  last_sender: string | null
  last_sender_name: string | null
  last_outgoing: number | null
  last_flags: number | null
  last_state: MessageState | null
}

/** Unread mentions; `c` is the conversation. */
const MENTIONS = `conversation = c.id AND flags & ${FLAG.mention} AND id > c.read_up_to AND outgoing = 0 AND home IS NULL`

const SELECT = `
  SELECT c.id, c.jid, c.account, c.used_at, c.kind, c.name, c.nick, c.unread, c.read_up_to, c.seen_up_to, c.draft,
    CASE WHEN c.kind = 'group' AND c.unread > 0 THEN (SELECT count(*) FROM message INDEXED BY message_mention WHERE ${MENTIONS}) ELSE 0 END AS mentions,
    (SELECT count(*) FROM reaction_news WHERE conversation = c.id) AS reactions,
    c.subject, c.out_why, c.out_reason, c.notify, c.muted_until, c.notify_sound, c.notify_text, c.note, c.own_name, c.imported_from, c.pinned, c.archived, c.marked_unread, c.by_answer, c.encryption,
    (SELECT name FROM contact WHERE jid = c.jid AND account = c.account AND name <> '') AS contact_name,
    m.id AS last_id, substr(m.text, 1, 200) AS last_text, CASE WHEN m.text = '' THEN (SELECT name FROM attachment WHERE message = m.id LIMIT 1) END AS last_file, m.time AS last_time, s.jid AS last_sender,
    ${contactOf('m', 's.jid')} AS last_sender_name,
    m.outgoing AS last_outgoing, m.flags AS last_flags, m.state AS last_state
  FROM conversation c LEFT JOIN message m ON m.id = c.last_message LEFT JOIN address s ON s.id = m.sender_id`

/** Noun that describes a message without text, by its kind of file. */
function nounOf({ last_flags: flags, last_file: name }: ConversationRow): AttachmentNoun | null {
  const kind = AttachmentKind.options.find((one) => ((flags ?? 0) & FLAG[one]) !== 0) ?? null
  return kind === null || name === null ? kind : attachmentNoun({ kind, name })
}

function toConversation(row: ConversationRow): Conversation {
  const noun = nounOf(row)
  return {
    id: row.id,
    jid: row.jid,
    account: row.account === '' ? null : row.account,
    usedAt: row.used_at,
    kind: row.kind,
    name: row.own_name || (row.contact_name ?? (row.name || localOf(row.jid))),
    nick: row.nick,
    unread: row.unread,
    mentions: row.mentions,
    reactions: row.reactions,
    readUpTo: row.read_up_to,
    seenUpTo: row.seen_up_to,
    draft: row.draft,
    subject: row.subject,
    out: row.out_why === null ? null : { why: row.out_why, reason: row.out_reason },
    notify: row.notify,
    mutedUntil: row.muted_until,
    notifySound: row.notify_sound === null ? null : row.notify_sound === 1,
    notifyText: row.notify_text === null ? null : row.notify_text === 1,
    note: row.note,
    ownName: row.own_name,
    importedFrom: row.imported_from,
    pinned: row.pinned,
    archived: row.archived === 1,
    markedUnread: row.marked_unread === 1,
    readByAnswer: row.by_answer === 1,
    encryption: row.encryption,
    last:
      row.last_id === null
        ? null
        : {
            id: row.last_id,
            text: row.last_text || (noun === 'file' ? (row.last_file ?? '') : ''),
            file: noun,
            time: row.last_time ?? 0,
            senderName: nameOf(row.last_sender ?? '', row.last_sender_name),
            outgoing: row.last_outgoing === 1,
            unreadable: ((row.last_flags ?? 0) & FLAG.unreadable) !== 0,
            styled: ((row.last_flags ?? 0) & FLAG.unstyled) === 0,
            retracted: ((row.last_flags ?? 0) & FLAG.retracted) !== 0,
            state: row.last_state ?? 'received'
          }
  }
}

/** Settings of a conversation that the user can change. */
export type ConversationChange = Partial<
  Pick<Conversation, 'notify' | 'mutedUntil' | 'notifySound' | 'notifyText' | 'note' | 'ownName' | 'pinned' | 'archived' | 'markedUnread' | 'encryption'>
>

export function conversationReads(db: ReadableDB) {
  const all = db.prepare<[], ConversationRow>(`${SELECT} WHERE c.hidden = 0 ORDER BY coalesce(c.last_message, 0) DESC, c.id`)
  const byId = db.prepare<[number], ConversationRow>(`${SELECT} WHERE c.id = ?`)
  const byJid = db.prepare<[string, string | null], ConversationRow>(`${SELECT} WHERE c.jid = ? AND c.account = coalesce(?, c.account) ORDER BY c.id LIMIT 1`)
  const mentionsOf = db
    .prepare<[number], MessageId>(
      `SELECT id FROM message INDEXED BY message_mention, (SELECT id AS cid, read_up_to FROM conversation WHERE id = ?) c WHERE ${MENTIONS.replaceAll('c.id', 'c.cid')} ORDER BY id LIMIT 200`
    )
    .pluck()
  const reactedIn = db.prepare<[number], MessageId>('SELECT message FROM reaction_news WHERE conversation = ? ORDER BY message LIMIT 200').pluck()
  const password = db.prepare<[number], string | null>('SELECT password FROM conversation WHERE id = ?').pluck()
  const map = (row: ConversationRow | undefined): Conversation | null => (row === undefined ? null : toConversation(row))
  return {
    all: () => all.all().map(toConversation),
    byId: (id: number) => map(byId.get(id)),
    /** `account`: owner; undefined: any account. */
    byJid: (jid: string, account?: string) => map(byJid.get(jid, account ?? null)),
    /** Unseen mentions and own messages with new reactions; oldest first. */
    unseen: (id: number): { mentions: MessageId[]; reactions: MessageId[] } => ({ mentions: mentionsOf.all(id), reactions: reactedIn.all(id) }),
    password: (id: number): string | null => password.get(id) ?? null
  }
}

const bit = (value: boolean | null): number | null => (value === null ? null : value ? 1 : 0)

/** Half-life of a conversation's use count, ms. */
export const USE_HALF_LIFE_MS = 14 * 86_400_000

export function conversationWrites(db: WritableDB) {
  const idOf = db
    .prepare<[string, string | null], ConversationId>('SELECT id FROM conversation WHERE jid = ? AND account = coalesce(?, account) ORDER BY id LIMIT 1')
    .pluck()
  const insert = db.prepare(
    "INSERT INTO conversation (jid, account, kind, name, nick) VALUES (?, coalesce(?, (SELECT jid FROM account ORDER BY id LIMIT 1), ''), ?, ?, ?)"
  )
  const becomeGroup = db.prepare("UPDATE conversation SET kind = 'group' WHERE id = ? AND kind <> 'group'")
  const setNick = db.prepare('UPDATE conversation SET nick = ? WHERE id = ? AND nick IS NOT ?')
  const leave = db.prepare('UPDATE conversation SET nick = NULL, out_why = ?, out_reason = ? WHERE id = ?')
  const enter = db.prepare(
    "UPDATE conversation SET kind = 'group', nick = ?, password = coalesce(?, password), out_why = NULL, out_reason = '', hidden = 0 WHERE id = ?"
  )
  const describe = db.prepare('UPDATE conversation SET subject = ? WHERE id = ? AND subject <> ?')
  const setNotify = db.prepare('UPDATE conversation SET notify = ? WHERE id = ?')
  const setMutedUntil = db.prepare('UPDATE conversation SET muted_until = ? WHERE id = ?')
  const muted = db.prepare<[], { id: ConversationId; until: number }>(
    'SELECT id, muted_until AS until FROM conversation WHERE muted_until IS NOT NULL ORDER BY muted_until'
  )
  const setSound = db.prepare('UPDATE conversation SET notify_sound = ? WHERE id = ?')
  const setText = db.prepare('UPDATE conversation SET notify_text = ? WHERE id = ?')
  const setNote = db.prepare('UPDATE conversation SET note = ? WHERE id = ?')
  const setOwnName = db.prepare('UPDATE conversation SET own_name = ? WHERE id = ?')
  const setImported = db.prepare('UPDATE conversation SET imported_from = ? WHERE id = ? AND imported_from IS NULL')
  const setPinned = db.prepare('UPDATE conversation SET pinned = ? WHERE id = ?')
  const setArchived = db.prepare('UPDATE conversation SET archived = ? WHERE id = ?')
  const setMarkedUnread = db.prepare('UPDATE conversation SET marked_unread = ? WHERE id = ?')
  const setEncryption = db.prepare('UPDATE conversation SET encryption = ? WHERE id = ?')
  const becomeEncrypted = db.prepare("UPDATE conversation SET encryption = 'on' WHERE id = ? AND encryption IS NULL")
  const rename = db.prepare("UPDATE conversation SET name = ? WHERE id = ? AND name <> ? AND ? <> ''")
  const summarize = db.prepare(
    `UPDATE conversation SET
       last_message = (SELECT max(id) FROM message WHERE conversation = conversation.id)
     WHERE id = ?`
  )
  const advance = db.prepare(
    "UPDATE conversation SET last_message = max(coalesce(last_message, 0), ?), unread = unread + ?, hidden = 0, archived = iif(notify = 'none', archived, 0) WHERE id = ?"
  )
  const setUnread = db.prepare('UPDATE conversation SET unread = ? WHERE id = ?')
  const read = db.prepare('UPDATE conversation SET read_up_to = max(read_up_to, ?), unread = ?, marked_unread = 0, by_answer = 0 WHERE id = ?')
  const answer = db.prepare(
    'UPDATE conversation SET by_answer = iif(unread > 0, 1, by_answer), read_up_to = max(read_up_to, ?), unread = 0, marked_unread = 0 WHERE id = ?'
  )
  const readUpTo = db.prepare<[number], number>('SELECT read_up_to FROM conversation WHERE id = ?').pluck()
  const unread = db.prepare('UPDATE conversation SET read_up_to = ? WHERE id = ?')
  const see = db.prepare('UPDATE conversation SET seen_up_to = ? WHERE id = ? AND seen_up_to < ?')
  const moved = db.prepare(
    'UPDATE conversation SET seen_up_to = iif(seen_up_to = ?, ?, seen_up_to), read_up_to = iif(? AND read_up_to = ?, ?, read_up_to) WHERE id = ?'
  )
  const nick = db.prepare<[number], string | null>('SELECT nick FROM conversation WHERE id = ?').pluck()
  const use = db.prepare('UPDATE conversation SET uses = uses * pow(0.5, max(0, ? - used_at) / ?) + 1, used_at = ?, hidden = 0 WHERE id = ?')
  const adopt = db
    .prepare<[string], number>("UPDATE OR IGNORE conversation SET account = ? WHERE account = '' AND jid NOT LIKE '%.invalid' RETURNING id")
    .pluck()
  const disown = db.prepare("UPDATE OR IGNORE conversation SET account = '' WHERE id = ?")
  const remove = db.prepare('DELETE FROM conversation WHERE id = ?')
  const isJoined = db.prepare<[number], number>('SELECT 1 FROM conversation WHERE id = ? AND joined_into IS NOT NULL').pluck()
  const clear = db.prepare(
    "UPDATE conversation SET cleared = ?, cleared_key = ?, cleared_met = 1, hidden = 1, draft = '', unread = 0, marked_unread = 0, pinned = NULL, clearing = 1 WHERE id = ?"
  )
  const clearing = db.prepare<[], { id: ConversationId; jid: Jid; account: string; cleared: number; cleared_key: number }>(
    'SELECT id, jid, account, cleared, cleared_key FROM conversation WHERE clearing = 1'
  )
  const wholeCleared = db.prepare('UPDATE conversation SET clearing = 0 WHERE id = ?')
  const cleared = db.prepare<[number], { time: number; met: number }>(
    'SELECT cleared AS time, cleared_met AS met FROM conversation WHERE id = ? AND cleared > 0'
  )
  const meet = db.prepare('UPDATE conversation SET cleared_met = 1 WHERE id = ?')
  const unmeet = db.prepare("UPDATE conversation SET cleared_met = 0 WHERE cleared_met = 1 AND account = ? AND iif(kind = 'group', jid, account) = ?")
  const news = db.prepare('INSERT OR IGNORE INTO reaction_news (message, conversation) VALUES (?, ?)')
  const noNews = db.prepare('DELETE FROM reaction_news WHERE message = ?')
  const seeNews = db.prepare('DELETE FROM reaction_news WHERE conversation = ? AND message BETWEEN ? AND ?')
  const draft = db.prepare('UPDATE conversation SET draft = ? WHERE id = ?')
  return {
    ...conversationReads(db),
    /** Conversation of an account with that address, created if missing. Without an account: any account's, or the first account. */
    ensure(jid: Jid, kind: ConversationKind, name: string, nick: string | null, account?: string): ConversationId {
      const known = idOf.get(jid, account ?? null)
      if (known !== undefined) {
        if (nick !== null) setNick.run(nick, known, nick)
        if (kind === 'group') becomeGroup.run(known)
        return known
      }
      return Number(insert.run(jid, account ?? null, kind, name, nick).lastInsertRowid) as ConversationId
    },
    idOf: (jid: string, account?: string): ConversationId | null => idOf.get(jid, account ?? null) ?? null,
    /** Marks a conversation as deleted at a time, ms: its messages up to `key` are to be removed. */
    clear: (id: number, time: number, key: number) => clear.run(time, key, id),
    /** Deleted conversations with messages still to be removed. */
    clearing: () => clearing.all(),
    wholeCleared: (id: number) => wholeCleared.run(id),
    /** Time of the deletion (ms), and whether history below that point is being read; undefined: not deleted. */
    cleared: (id: number) => cleared.get(id),
    /** Marks that reading the archive has reached the deleted history. */
    meetCleared: (id: number) => meet.run(id),
    /** Resets that mark: the archive is read anew from its end. */
    unmeetCleared: (archive: string, account: string) => unmeet.run(account, archive),
    /** Marks a group as left. */
    leave: (id: number, why: OutReason, reason: string) => leave.run(why, reason, id),
    /** Marks a group as joined. */
    enter: (id: number, nick: string, password: string | null) => enter.run(nick, password, id),
    describe: (id: number, subject: string): boolean => describe.run(subject, id, subject).changes > 0,
    /** Muted conversations, those that end first in front. */
    muted: () => muted.all(),
    /** Sets the format of the imported history. */
    imported: (id: number, format: string) => setImported.run(format, id),
    set({ notify, mutedUntil, notifySound, notifyText, note, ownName, pinned, archived, markedUnread, encryption }: ConversationChange, id: number): void {
      if (notify !== undefined) setNotify.run(notify, id)
      if (mutedUntil !== undefined) setMutedUntil.run(mutedUntil, id)
      if (notifySound !== undefined) setSound.run(bit(notifySound), id)
      if (notifyText !== undefined) setText.run(bit(notifyText), id)
      if (note !== undefined) setNote.run(note, id)
      if (ownName !== undefined) setOwnName.run(ownName, id)
      if (pinned !== undefined) setPinned.run(pinned, id)
      if (archived !== undefined) setArchived.run(archived ? 1 : 0, id)
      if (markedUnread !== undefined) setMarkedUnread.run(markedUnread ? 1 : 0, id)
      if (encryption !== undefined) setEncryption.run(encryption, id)
    },
    /** Turns encryption on, unless the user has decided otherwise. */
    becomeEncrypted: (id: number) => becomeEncrypted.run(id),
    rename: (id: number, name: string): boolean => rename.run(name, id, name, name).changes > 0,
    /** Finds the last message again, after one was moved or removed. */
    summarize: (id: number) => summarize.run(id),
    /** Sets the newest message and adds `unread` unread ones. */
    advance: (id: number, last: number, unread: number) => advance.run(last, unread, id),
    setUnread: (id: number, unread: number) => setUnread.run(unread, id),
    read: (id: number, upTo: number, unread: number) => read.run(upTo, unread, id),
    /** Marks everything up to an own message of another device as read: its author has probably seen it, but only that device can tell. */
    readByAnswer: (id: number, upTo: number) => answer.run(upTo, id),
    readUpTo: (id: number): number => readUpTo.get(id) ?? 0,
    /** Moves the read position back to before a message. */
    unread: (id: number, message: number) => unread.run(message - 1, id),
    /** Sets the position up to which the peer has seen our messages; false: unchanged. */
    see: (id: number, upTo: number): boolean => see.run(upTo, id, upTo).changes > 0,
    /** Replaces a message's old key by its new one. */
    moved: (id: number, from: number, to: number, received: boolean) => moved.run(from, to, received ? 1 : 0, from, to, id),
    nick: (id: number) => nick.get(id) ?? null,
    /** Counts an opening of the conversation; `now`: ms. */
    use: (id: number, now: number) => use.run(now, USE_HALF_LIFE_MS, now, id),
    /** Assigns conversations started before there was an account to this one; returns their ids. Imports keep no account. */
    adopt: (account: string): number[] => adopt.all(account),
    /** Removes the account of a conversation again. */
    disown: (id: number) => disown.run(id),
    /** Marks an own message as having new reactions, or not any more. */
    reacted: (id: number, message: number, on: boolean) => (on ? news.run(message, id) : noNews.run(message)),
    /** Marks new reactions to messages on screen as seen, or all without a range; returns their number. */
    seeReactions: (id: number, { from, to }: SeenRange = { from: 0, to: Number.MAX_SAFE_INTEGER }): number => seeNews.run(id, from, to).changes,
    remove: (id: number) => remove.run(id),
    /** True if another conversation shows its messages. */
    isJoined: (id: number): boolean => isJoined.get(id) === 1,
    saveDraft: (id: number, text: string) => draft.run(text, id)
  }
}
