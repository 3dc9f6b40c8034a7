/** Compact storage of message ids from archives and senders: 16 bytes for a UUID, a number, otherwise the text. */
import type { MessageState } from '../../contract/domain.ts'
import { timeOf } from './order.ts'

export type PackedId = Buffer | bigint | string | null

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const NUMBER = /^[1-9]\d{4,14}$/
/** Value of a `..._key` column of `message`; the `..._id` columns give the text back. Same rules as migration 0029. */
export const packId = (id: string | null): PackedId =>
  id === null ? null : UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : NUMBER.test(id) ? BigInt(id) : id

/** Value of column `stamp` of `message`: a time (ms), stored only if the key does not imply it. */
export const stampOf = (id: number, time: number): number | null => (time === timeOf(id) ? null : time)

/** Value of column `state_code` of `message`. */
const STATES: readonly MessageState[] = ['received', 'sent', 'queued', 'delivered', 'failed']
export const stateCode = (state: MessageState): number => STATES.indexOf(state)
/** State codes for SQL statements. */
export const CODE = { sent: 1, queued: 2, failed: 4 } as const

/** Condition for rows of `message` with an id, through the index on whole ids and conversations: senders choose their ids. `key`: the id as packed by packId. */
export const withKey = (row: string, column: 'stanza' | 'origin' | 'message', key: string, conversation: string): string =>
  `${row}${column}_key = ${key} AND ${row}conversation = ${conversation}`
