/** Statements of the tables `scheduled` and `reminder`. Times in ms. */
import type { ConversationId, MessageId, ScheduledMessage } from '../../../contract/domain.ts'
import type { ReadableDB, WritableDB } from '../database.ts'

/** Limit of due reminders reported at once. */
const MOST_REMINDERS = 20

export interface NewScheduled {
  conversation: ConversationId
  text: string
  reply: MessageId | null
  due: number
  originId: string
}

export function agendaReads(db: ReadableDB) {
  const COLUMNS = 'id, conversation, text, reply, due, origin_id AS originId'
  const of = db.prepare<[number], ScheduledMessage & { originId: string }>(`SELECT ${COLUMNS} FROM scheduled WHERE conversation = ? ORDER BY due, id`)
  const due = db.prepare<[number], NewScheduled & { id: number }>(`SELECT ${COLUMNS} FROM scheduled WHERE due <= ? ORDER BY due, id LIMIT 100`)
  const byId = db.prepare<[number], NewScheduled & { id: number }>(`SELECT ${COLUMNS} FROM scheduled WHERE id = ?`)
  const reminders = db.prepare<[number], MessageId>(`SELECT message FROM reminder WHERE due <= ? ORDER BY due LIMIT ${MOST_REMINDERS}`).pluck()
  const next = db
    .prepare<[number], number | null>('SELECT min(due) FROM (SELECT min(due) AS due FROM scheduled UNION ALL SELECT min(due) FROM reminder WHERE due > ?)')
    .pluck()
  return {
    /** Scheduled messages of a conversation, next one first. */
    scheduled: (conversation: ConversationId): ScheduledMessage[] =>
      of.all(conversation).map(({ id, text, reply, due: time }) => ({ id, conversation, text, reply, due: time })),
    scheduledDue: (now: number) => due.all(now),
    scheduledById: (id: number) => byId.get(id) ?? null,
    remindersDue: (now: number): MessageId[] => reminders.all(now),
    /** Time of the next scheduled message, or of the next reminder after `now`; null: none. */
    nextDue: (now: number): number | null => next.get(now) ?? null
  }
}

export function agendaWrites(db: WritableDB) {
  const add = db.prepare('INSERT OR IGNORE INTO scheduled (conversation, text, reply, due, origin_id) VALUES (?, ?, ?, ?, ?)')
  const remove = db.prepare('DELETE FROM scheduled WHERE id = ?')
  const remind = db.prepare('INSERT INTO reminder (message, due) VALUES (?, ?) ON CONFLICT (message) DO UPDATE SET due = excluded.due')
  const forget = db.prepare('DELETE FROM reminder WHERE message = ?')
  return {
    ...agendaReads(db),
    schedule: ({ conversation, text, reply, due, originId }: NewScheduled) => add.run(conversation, text, reply, due, originId),
    unschedule: (id: number): boolean => remove.run(id).changes > 0,
    /** `due` null removes the reminder. */
    remind: (message: number, due: number | null) => (due === null ? forget.run(message) : remind.run(message, due))
  }
}
