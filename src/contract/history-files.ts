/** History files: imported from other messengers, written for them or for people. */
import { z } from 'zod'
import { ConversationId } from './domain.ts'

/** Why a history file cannot be imported. */
export const ImportProblem = z.enum(['unreadable', 'too-large', 'times', 'broken', 'empty', 'columns', 'other-format', 'password', 'wrong-password'])
export type ImportProblem = z.infer<typeof ImportProblem>

/** The formats of history files that are read. */
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
  'sms'
])
export type ImportFormat = z.infer<typeof ImportFormat>

const ColumnPlace = z.number().int().min(0).max(500).nullable()
/** Which column of a table is what, from 0 on; null: there is none. `clock`: the time of day where it stands beside the date. */
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

/** What a history file does not say clearly and the user can: null: as it is found. `badTimes`: whether messages whose time nobody can read are left out, or stand beside those before them. */
export const ImportOptions = z.object({
  encoding: z.string().max(20).nullable(),
  order: z.enum(['ymd', 'dmy', 'mdy']).nullable(),
  columns: ImportColumns.nullable(),
  badTimes: z.enum(['skip', 'near']).nullable(),
  /** Of the account that an encrypted backup is of. */
  password: z.string().max(1000).nullable().optional()
})
export type ImportOptions = z.infer<typeof ImportOptions>

/** What is left out of a file, by kind, with the beginnings of the first. */
export const ImportUnread = z.object({ kind: z.string(), count: z.number().int(), lines: z.array(z.string()) })
export type ImportUnread = z.infer<typeof ImportUnread>

/** What a history file holds, before anything of it is stored. */
export const ImportPreview = z.object({
  format: ImportFormat,
  /** Whom the file names as its owner. */
  self: z.string().nullable(),
  /** Lines that no person wrote; they are left out. */
  notices: z.number().int(),
  /** Messages whose time cannot be read, with what stands there in the first. */
  badTimes: z.object({ count: z.number().int(), lines: z.array(z.string()) }),
  unread: z.array(ImportUnread),
  /** How its bytes are read as text, and a piece of it; null: there is only one way. */
  encoding: z.object({ name: z.string(), sure: z.boolean(), sample: z.string(), damaged: z.number().int(), choices: z.array(z.string()) }).nullable(),
  /** The order of day, month and year in its dates; null: it is not open. */
  order: z.object({ order: z.enum(['ymd', 'dmy', 'mdy']), sure: z.boolean() }).nullable(),
  /** The columns of a table. `remembered`: as the user said for an earlier file of this shape. */
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
  /** Messages that were here already. */
  known: z.number().int(),
  /** Files that messages which were here already had lacked. */
  filled: z.number().int(),
  conversations: z.number().int(),
  /** The first of them that has anything new, or null. */
  conversation: ConversationId.nullable(),
  notices: z.number().int(),
  unread: z.array(ImportUnread),
  /** Messages whose time cannot be read, and that stand beside those before them. */
  badTimes: ImportPreview.shape.badTimes,
  order: ImportPreview.shape.order
})
export type ImportSummary = z.infer<typeof ImportSummary>

export const ExportFormat = z.enum(['jsonl', 'html', 'txt'])
export type ExportFormat = z.infer<typeof ExportFormat>
export const ExportSummary = z.object({ messages: z.number().int(), files: z.number().int(), path: z.string() })
export type ExportSummary = z.infer<typeof ExportSummary>

/** An imported history that another conversation shows; `messages`: how many. */
export const JoinedHistory = z.object({ id: ConversationId, name: z.string(), messages: z.number().int() })
export type JoinedHistory = z.infer<typeof JoinedHistory>
