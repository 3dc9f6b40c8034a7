/** Statements of the table `deleted`: ids of messages that the user deleted, so that no archive restores them. */
import { createHash } from 'node:crypto'
import type { WritableDB } from '../database.ts'
import type { IncomingMessage } from '../types.ts'
import { FLAG, type MessageRow } from './message-row.ts'

/** Tolerance between a group's stamp and the live arrival of the same message, ms, if no id matches. */
export const TOLD_MS = 60_000

/** Id of a deleted message before its archive has given it one. A stanza-id has no line break. */
const sendersId = (sender: string, outgoing: boolean, id: string): string => `${outgoing ? '' : sender}\n${id}`
/** Like sendersId, for one text only, of which nothing is stored. */
const sendersWords = (sender: string, outgoing: boolean, id: string, text: string): string =>
  `${sendersId(sender, outgoing, id)}\n${createHash('sha256').update(`${sender}\n${id}\n${text}`).digest('base64')}`
/** Substitute for the id of a message without one, in a group that replays. */
const minuteOf = (time: number): string => `minute ${Math.floor(time / TOLD_MS)}`

export function deletedWrites(db: WritableDB) {
  const add = db.prepare('INSERT OR IGNORE INTO deleted (conversation, stanza_id) VALUES (?, ?)')
  const has = db.prepare<[number, string], number>('SELECT 1 FROM deleted WHERE conversation = ? AND stanza_id = ?').pluck()

  return {
    /** Records that the user deleted a message. `former`: its text before it was edited. */
    record(row: MessageRow, former: string | null): void {
      if (row.stanza_id !== null) add.run(row.conversation, row.stanza_id)
      const own = row.outgoing === 1
      const texts = new Set([row.text, former ?? row.text])
      const ids = [row.origin_id, row.message_id].filter((id) => id !== null)
      for (const id of ids) {
        // our own ids are unique, and encrypted messages arrive without their text
        if (own || (row.flags & FLAG.encrypted) !== 0) add.run(row.conversation, sendersId(row.sender, own, id))
        else for (const text of texts) add.run(row.conversation, sendersWords(row.sender, own, id, text))
      }
      if (ids.length > 0 || row.stanza_id !== null) return
      for (const text of texts) for (const at of [-1, 0, 1]) add.run(row.conversation, sendersWords(row.sender, own, minuteOf(row.time + at * TOLD_MS), text))
    },
    /** Records the id of an own encrypted message without content: it cannot be decrypted when an archive or group sends it again. */
    recordOwn: (conversation: number, originId: string) => add.run(conversation, sendersId('', true, originId)),
    /**
     * True if a message was deleted, by any of its ids; ids of senders count for that sender and, because some repeat ids, with the text. `ahead`: of a
     * group's replay, see IncomingMessage.
     */
    includes(
      conversation: number,
      {
        stanzaId,
        originId,
        messageId = null,
        sender,
        outgoing,
        text,
        time,
        ahead = 0,
        replayed
      }: Pick<IncomingMessage, 'stanzaId' | 'originId' | 'messageId' | 'sender' | 'outgoing' | 'text' | 'time' | 'ahead' | 'replayed'>
    ): boolean {
      const given = [originId, messageId].filter((id) => id !== null)
      const ids = given.flatMap((id) => [sendersId(sender, outgoing, id), sendersWords(sender, outgoing, id, text)])
      const told =
        replayed && stanzaId === null && given.length === 0 ? [time, time - ahead].map((at) => sendersWords(sender, outgoing, minuteOf(at), text)) : []
      return [...(stanzaId === null ? [] : [stanzaId]), ...ids, ...told].some((id) => has.get(conversation, id) === 1)
    }
  }
}
