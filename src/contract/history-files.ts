/** History files: imported from other messengers, exported for them or for people. */
import { z } from 'zod'
import { ConversationId } from './domain.ts'

/** Reason why a history file cannot be imported. */
export const ImportProblem = z.enum(['unreadable', 'too-large', 'times', 'broken', 'empty', 'columns', 'other-format', 'password', 'wrong-password'])
export type ImportProblem = z.infer<typeof ImportProblem>

/** Lengths of a password that protects an export, in UTF-16 units. */
export const SHORTEST_PASSWORD = 8
export const LONGEST_PASSWORD = 1000

/** Formats of history files that can be imported. */
export const ImportFormat = z.enum([
  'whatsapp',
  'telegram',
  'slack',
  'csv',
  'tsv',
  'json',
  'jsonl',
  'wechat',
  'qq',
  'chatlab',
  'line',
  'kakaotalk',
  'discord',
  'messenger',
  'signal',
  'google-chat',
  'matrix',
  'irc',
  'conversations',
  'monal',
  'gajim',
  'dino',
  'psi',
  'pidgin',
  'adium',
  'imessage',
  'viber',
  'skype',
  'mattermost',
  'zulip',
  'sms',
  'feishu',
  'wecom',
  'dingtalk',
  'copied'
])
export type ImportFormat = z.infer<typeof ImportFormat>

const ColumnPlace = z.number().int().min(0).max(500).nullable()
/** Columns of a table by index from 0; null if there is none. `clock`: the time of day, if it is separate from the date. */
export const ImportColumns = z.object({
  time: ColumnPlace,
  clock: ColumnPlace,
  sender: ColumnPlace,
  text: ColumnPlace,
  conversation: ColumnPlace,
  direction: ColumnPlace,
  files: ColumnPlace
})
export type ImportColumns = z.infer<typeof ImportColumns>

/**
 * The user's choices where a history file is ambiguous; null: as detected. `badTimes`: whether messages with an unreadable time are left out, or
 * placed beside those before them.
 */
export const ImportOptions = z.object({
  encoding: z.string().max(20).nullable(),
  order: z.enum(['ymd', 'dmy', 'mdy']).nullable(),
  columns: ImportColumns.nullable(),
  badTimes: z.enum(['skip', 'near']).nullable(),
  /** Password of an encrypted file; of another app's backup, that of its account. */
  password: z.string().max(LONGEST_PASSWORD).nullable().optional()
})
export type ImportOptions = z.infer<typeof ImportOptions>

/** Content left out of a file, by kind, with the beginnings of the first lines. */
export const ImportUnread = z.object({ kind: z.string(), count: z.number().int(), lines: z.array(z.string()) })
export type ImportUnread = z.infer<typeof ImportUnread>

/** Content of a history file, before anything is stored. */
export const ImportPreview = z.object({
  format: ImportFormat,
  /** Name that the file gives to its owner. */
  self: z.string().nullable(),
  /** Lines not written by a person; they are left out. */
  notices: z.number().int(),
  /** Messages whose time cannot be read, with the first of those lines. */
  badTimes: z.object({ count: z.number().int(), lines: z.array(z.string()) }),
  unread: z.array(ImportUnread),
  /** Detected text encoding with a sample; null if only one is possible. */
  encoding: z.object({ name: z.string(), sure: z.boolean(), sample: z.string(), damaged: z.number().int(), choices: z.array(z.string()) }).nullable(),
  /** Order of day, month and year in dates; null if it is unambiguous. */
  order: z.object({ order: z.enum(['ymd', 'dmy', 'mdy']), sure: z.boolean() }).nullable(),
  /** Columns of a table. `remembered`: the user chose them for an earlier file of the same shape. */
  columns: z
    .object({ heading: z.array(z.string()), rows: z.array(z.array(z.string())), found: ImportColumns, sure: z.boolean(), remembered: z.boolean() })
    .nullable(),
  people: z.array(z.object({ name: z.string(), messages: z.number().int() })),
  conversations: z.array(z.object({ name: z.string(), messages: z.number().int(), files: z.number().int(), first: z.number(), last: z.number() })),
  samples: z.array(z.object({ sender: z.string(), time: z.number().nullable(), text: z.string(), files: z.array(z.string()) }))
})
export type ImportPreview = z.infer<typeof ImportPreview>

export const ImportSummary = z.object({
  added: z.number().int(),
  /** Messages that were stored already. */
  known: z.number().int(),
  /** Files added to messages that were stored without them. */
  filled: z.number().int(),
  conversations: z.number().int(),
  /** First conversation with new messages, or null. */
  conversation: ConversationId.nullable(),
  notices: z.number().int(),
  unread: z.array(ImportUnread),
  /** Messages whose time cannot be read, placed beside those before them. */
  badTimes: ImportPreview.shape.badTimes,
  order: ImportPreview.shape.order
})
export type ImportSummary = z.infer<typeof ImportSummary>

/** 'mnemo': JSON lines under a password. */
export const ExportFormat = z.enum(['jsonl', 'html', 'txt', 'mnemo'])
export type ExportFormat = z.infer<typeof ExportFormat>
export const ExportSummary = z.object({ messages: z.number().int(), files: z.number().int(), path: z.string() })
export type ExportSummary = z.infer<typeof ExportSummary>

/** Imported history shown within another conversation, with its number of messages. */
export const JoinedHistory = z.object({ id: ConversationId, name: z.string(), messages: z.number().int() })
export type JoinedHistory = z.infer<typeof JoinedHistory>
