/** Ids that archives and senders give messages, as the store keeps them: 16 bytes of a UUID, a number, otherwise the text. */
import type { MessageState } from '../../contract/domain.ts'
import { timeOf } from './order.ts'

export type PackedId = Buffer | bigint | string | null

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const NUMBER = /^[1-9]\d{4,14}$/
/** Column `..._key` of `message`; the columns `..._id` give the text back. As the migration 0029 does it. */
export const packId = (id: string | null): PackedId =>
  id === null ? null : UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : NUMBER.test(id) ? BigInt(id) : id

/** Column `stamp` of `message`: a time (ms) that its place does not tell. */
export const stampOf = (id: number, time: number): number | null => (time === timeOf(id) ? null : time)

/** Column `state_code` of `message`. */
const STATES: readonly MessageState[] = ['received', 'sent', 'queued', 'delivered', 'failed']
export const stateCode = (state: MessageState): number => STATES.indexOf(state)
/** For statements. */
export const CODE = { sent: 1, queued: 2, failed: 4 } as const

/** The rows of `message` with an id, by the index of its end; `key`: what is looked for, as packId makes it. '+': not by their conversation, which has many. */
export const withKey = (row: string, column: 'stanza' | 'origin' | 'message', key: string, conversation: string): string =>
  `substr(${row}${column}_key, -6) = substr(${key}, -6) AND ${row}${column}_key = ${key} AND +${row}conversation = ${conversation}`
