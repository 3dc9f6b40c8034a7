/**
 * The whole border between the main process and its windows.
 *
 * Requests: channel -> schemas of input and output. Events: news that the main process sends to windows. To add a request, add a line
 * to its file in requests/ and its handler in src/main/ipc/handlers.ts; types and validation on both sides follow from it.
 */
import { z } from 'zod'
import type { Conversation, ConversationId, Message, MessageId, Notice } from './domain.ts'
import type { ImportProblem } from './history-files.ts'
import type { Live } from './live.ts'
import { accountRequests } from './requests/accounts.ts'
import { appRequests } from './requests/app.ts'
import { conversationRequests } from './requests/conversations.ts'
import { encryptionRequests } from './requests/encryption.ts'
import { fileRequests } from './requests/files.ts'
import { groupRequests } from './requests/groups.ts'
import { historyRequests } from './requests/history.ts'
import { messageRequests } from './requests/messages.ts'
import { contactRequests } from './requests/people.ts'
import { searchRequests } from './requests/search.ts'
import { windowRequests } from './requests/windows.ts'

export const requests = {
  ...appRequests,
  ...accountRequests,
  ...contactRequests,
  ...encryptionRequests,
  ...conversationRequests,
  ...messageRequests,
  ...groupRequests,
  ...fileRequests,
  ...searchRequests,
  ...historyRequests,
  ...windowRequests
} as const

export type Requests = typeof requests
export type Channel = keyof Requests
export type Input<C extends Channel> = z.input<Requests[C]['input']>
export type ParsedInput<C extends Channel> = z.output<Requests[C]['input']>
export type Output<C extends Channel> = z.output<Requests[C]['output']>

/**
 * Reason of a failed call. `bad-input`: fault of the caller; `cancelled`: on request; `refused`: by the server, with its error condition
 * (RFC 6120 section 8.3.3) as the message; `file`: with a FetchError's reason as the message; the others have a sentence for the user.
 */
export const CallErrorCode = z.enum([
  'bad-input',
  'unknown-channel',
  'cancelled',
  'not-found',
  'invalid-address',
  'not-connected',
  'too-long',
  'refused',
  'store',
  'transfer',
  'file',
  'internal'
])
export type CallErrorCode = z.infer<typeof CallErrorCode>
export interface CallError {
  code: CallErrorCode
  /** English text for developers; for 'refused' and 'file' the condition. */
  message: string
  /** For 'refused', the server's own words; empty if there are none. */
  said?: string
  /** Finer reason that windows put into words. */
  reason?: CallReason
  /** For 'transfer': file and line, from 1. */
  file?: string
  line?: number | null
  stopped?: StoppedImport
}
/** Progress of an import that the store stopped, in messages; importing again continues with the rest. */
export interface StoppedImport {
  imported: number
  total: number
}
/** Finer reasons of 'store' and 'transfer'. */
export type CallReason = ImportProblem | 'full' | 'damaged' | 'disk' | 'thread' | 'other'
export type Answer<T> = { ok: true; value: T } | { ok: false; error: CallError }

/** Change events, coalesced by the main process: at most one batch per window in EVENT_INTERVAL_MS. */
export type AppEvent =
  /** Changed topics with their new values; for presence, only the people who changed. */
  | { type: 'live'; changed: Partial<Live> }
  | { type: 'conversations'; changed: Conversation[]; removed: ConversationId[] }
  /** Sent to windows that watch the conversation. `bulk`: more has changed than is listed, so the page is to be read again. */
  | { type: 'messages'; conversation: ConversationId; changed: Message[]; removed: MessageId[]; bulk: boolean }
  /** Events in a group; sent to windows that watch it. */
  | { type: 'notices'; conversation: ConversationId; notices: Notice[] }
  /** Progress of an import or export, in messages. */
  | { type: 'transfer'; done: number; total: number }
  /** Scheduled messages were added, changed or sent. */
  | { type: 'scheduled' }
  /** Stickers were added, used or removed. */
  | { type: 'stickers' }
  /** All messages whose reminder is due. */
  | { type: 'reminders'; due: Message[] }
  | { type: 'search'; query: string }
  /** xmpp: link opened outside of the app. */
  | { type: 'link'; uri: string }
  /** Another picture for the viewer. */
  | { type: 'view'; conversation: ConversationId; id: number }
  | { type: 'show'; conversation: ConversationId; message: MessageId | null }

export const EVENT_INTERVAL_MS = 50

/** Interface that the preload script exposes as `window.mnemo`. */
export interface Bridge {
  call(id: number, channel: string, input: unknown): Promise<Answer<unknown>>
  cancel(id: number): Promise<void>
  onEvents(listener: (events: AppEvent[]) => void): Promise<void>
}
