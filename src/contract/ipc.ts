/**
 * The whole border between the main process and its windows.
 *
 * Requests: channel -> schema of input and output. Events: sent by the main process unasked. To add a call, add a line to `requests` and its
 * handler in src/main/ipc/handlers.ts; types and validation on both sides follow from it.
 */
import { z } from 'zod'
import {
  AccountSettings,
  Affiliation,
  ChangeKind,
  ConnectionState,
  Conversation,
  ConversationId,
  ConversationKind,
  Device,
  DeviceTrust,
  GroupMembers,
  GroupReader,
  GroupRole,
  Jid,
  LinkMetadata,
  LONGEST_TEXT,
  Message,
  MessageId,
  MessagePage,
  MissingHistory,
  type Notice,
  Notify,
  Preview,
  RegistrationState,
  ScheduledMessage,
  RosterContact,
  SeenRange,
  Secrecy,
  ServerInvitation,
  ServerReport,
  TextVersion,
  Usage
} from './domain.ts'
import { ContactFile } from './contact-files.ts'
import {
  ExportFormat,
  ExportSummary,
  ImportOptions,
  ImportPreview,
  type ImportProblem,
  ImportSummary,
  JoinedHistory,
  LONGEST_PASSWORD,
  SHORTEST_PASSWORD
} from './history-files.ts'
import { Completion, NameMatch, OccupantMatch, PersonMatch, Range, SearchAnswer, SearchHistory, SearchOrder } from './search.ts'
import { LONGEST_ERROR } from './limits.ts'
import { Live } from './live.ts'
import { Language, Settings } from './settings.ts'
import { MOST_STICKERS, Sticker, StickerFate, StickerPack } from './stickers.ts'

export const AppState = Live.extend({
  /** Language of the system, mapped to one of the interface. */
  systemLanguage: Language,
  /** Location of the message store's key. */
  keyProtection: z.enum(['keychain', 'file']),
  version: z.string(),
  host: z.string()
})
export type AppState = z.infer<typeof AppState>

const nothing = z.void()
const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): { input: I; output: O } => ({ input, output })

export const PageAnchor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('newest') }),
  z.object({ kind: z.literal('first-unread') }),
  z.object({ kind: z.literal('before'), id: MessageId }),
  z.object({ kind: z.literal('after'), id: MessageId }),
  z.object({ kind: z.literal('around'), id: MessageId }),
  /** Page around the first message from that time on, ms. */
  z.object({ kind: z.literal('time'), time: z.number().int().min(0).max(8.64e15) })
])
export type PageAnchor = z.infer<typeof PageAnchor>

/** Longest query, in UTF-16 units. */
export const LONGEST_QUERY = 1000

/** Largest piece of a file per call, bytes. */
export const LARGEST_PIECE = 2 ** 20

/** A square picture of a person or a group. `side` in pixels. */
export const OwnPicture = z.object({
  base64: z.string().max(700_000),
  type: z.enum(['image/png', 'image/jpeg', 'image/webp']),
  side: z.number().int().min(1).max(1024)
})
export type OwnPicture = z.infer<typeof OwnPicture>

/** A PNG of a screen; or why there is none: not permitted by the system, or no picture available. */
export const ScreenPicture = z.union([z.object({ base64: z.string() }), z.object({ failed: z.enum(['denied', 'none']) })])
export type ScreenPicture = z.infer<typeof ScreenPicture>

const AttachmentId = z.number().int().positive()

/** Largest page of messages sent to a window. */
export const LARGEST_PAGE = 200
/** Contact cards that can be sent at once, and conversations that receive them, at most. */
const MOST_SHARED = 60

export const requests = {
  'app.state': call(nothing, AppState),
  /** Called when the first window shows its list or the sign-in: this version works. */
  'app.shown': call(nothing, nothing),
  'updates.check': call(nothing, nothing),
  /** Downloads the update that was found. */
  'updates.load': call(nothing, nothing),
  /** Quits Mnemo and starts the downloaded version. */
  'updates.restart': call(nothing, nothing),
  /** Marks the release notes as read. */
  'updates.read': call(nothing, nothing),
  /** Opens the download page in the browser. */
  'updates.page': call(nothing, nothing),
  /** Tries to restart the store's threads; returns whether all run. */
  'app.mend': call(nothing, z.boolean()),
  /** Logs an unhandled error of a window: its kind and origin, without user content. */
  'app.failed': call(z.object({ error: z.string().max(LONGEST_ERROR) }), nothing),
  'app.restart': call(nothing, nothing),
  'account.signIn': call(AccountSettings, ConnectionState),
  /** Requests a registration form; of `server`, the domain and the connection settings count. */
  'register.begin': call(z.object({ server: AccountSettings, token: z.string().max(500).nullable() }), RegistrationState),
  'register.submit': call(z.object({ values: z.record(z.string().max(200), z.string().max(10_000)) }), nothing),
  'register.end': call(nothing, nothing),
  /** Creates an invitation on the account's server; null if it does not support that. */
  'account.invite': call(z.object({ account: Jid }), ServerInvitation.nullable()),
  /** Queries the features of the account's server. */
  'account.server': call(z.object({ account: Jid }), ServerReport),
  'account.signOut': call(z.object({ account: Jid }), nothing),
  'account.reconnect': call(z.object({ account: Jid, trustFingerprint: z.string().nullable(), password: z.string().nullable() }), nothing),
  'demo.start': call(nothing, nothing),
  'settings.change': call(Settings.partial(), Settings),
  /** Number of messages that would be deleted by keeping only the last `days`. */
  'settings.expiring': call(z.object({ days: z.number().int().min(1).max(36_500) }), z.number().int()),
  'contacts.answer': call(z.object({ account: Jid, jid: Jid, accept: z.boolean() }), nothing),
  'contacts.block': call(z.object({ account: Jid, jid: Jid, blocked: z.boolean() }), nothing),
  /** Renames a contact; an empty name restores the contact's own. */
  'contacts.rename': call(z.object({ account: Jid, jid: Jid, name: z.string().trim().max(200) }), nothing),
  /** Contacts of all accounts. */
  'contacts.list': call(nothing, z.array(RosterContact)),
  /** Sets the roster groups of a contact. */
  'contacts.setGroups': call(z.object({ account: Jid, jid: Jid, groups: z.array(z.string().trim().min(1).max(100)).max(20) }), nothing),
  /** People one can write to, best first; all by recent use while nothing is typed. */
  'contacts.find': call(z.object({ text: z.string().max(LONGEST_QUERY), limit: z.number().int().min(1).max(LARGEST_PAGE) }), z.array(PersonMatch)),
  /** Sends contact cards into conversations: as files (vCard), or as addresses where no files are accepted. */
  'contacts.share': call(z.object({ jids: z.array(Jid).min(1).max(MOST_SHARED), conversations: z.array(ConversationId).min(1).max(MOST_SHARED) }), nothing),
  'contacts.remove': call(z.object({ account: Jid, jid: Jid }), nothing),
  /** Sets the nickname that contacts see. */
  'account.setNick': call(z.object({ account: Jid, nick: z.string().trim().max(200) }), nothing),
  /** Sets a square picture, or none. */
  'account.setAvatar': call(z.object({ account: Jid, picture: OwnPicture.nullable() }), nothing),
  'encryption.of': call(z.object({ conversation: ConversationId }), Secrecy),
  /** Devices of a person, or the user's other devices; `own`: this device, if they are the user's. */
  'encryption.devices': call(z.object({ account: Jid, jid: Jid }), z.object({ own: Device.nullable(), devices: z.array(Device) })),
  'encryption.trust': call(z.object({ account: Jid, jid: Jid, device: z.number().int(), trust: DeviceTrust }), nothing),
  /** Removes another device of the user from the device list. */
  'encryption.forget': call(z.object({ account: Jid, device: z.number().int() }), nothing),
  'conversations.list': call(nothing, z.array(Conversation)),
  /** Starts a conversation. `account` null: the one that has it, or the first. */
  'conversations.start': call(
    z.object({
      account: Jid.nullable(),
      jid: z.string().max(3071),
      kind: ConversationKind,
      nick: z.string().max(1023).nullable(),
      password: z.string().max(1023).nullable(),
      token: z.string().max(500).optional(),
      /** Name for a new contact. */
      name: z.string().trim().max(200).optional()
    }),
    Conversation
  ),
  /** Sets the read position. `seen`: messages on screen, whose new reactions are seen; absent: all are. */
  'conversations.markRead': call(z.object({ conversation: ConversationId, upTo: MessageId, seen: SeenRange.optional() }), nothing),
  /** Marks every conversation as read. */
  'conversations.markAllRead': call(nothing, nothing),
  /** Unseen messages that concern the user, oldest first: mentions, and own messages with new reactions. */
  'conversations.unseen': call(z.object({ conversation: ConversationId }), z.object({ mentions: z.array(MessageId), reactions: z.array(MessageId) })),
  'conversations.saveDraft': call(z.object({ conversation: ConversationId, draft: z.string().max(LONGEST_TEXT) }), nothing),
  /** Subscribes to a conversation's events. `peek`: a preview, which does not count as using it. */
  'conversations.watch': call(z.object({ conversation: ConversationId.nullable(), peek: z.boolean() }), nothing),
  'messages.page': call(z.object({ conversation: ConversationId, anchor: PageAnchor, limit: z.number().int().min(1).max(LARGEST_PAGE) }), MessagePage),
  /** Days of a month (2024-05, local time) with messages. */
  'messages.days': call(z.object({ conversation: ConversationId, month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) }), z.array(z.number().int())),
  'messages.send': call(
    z.object({ conversation: ConversationId, text: z.string().min(1).max(LONGEST_TEXT), reply: MessageId.nullable(), link: LinkMetadata.nullable() }),
    Message
  ),
  /** Schedules a text; `due` in ms. */
  'messages.schedule': call(
    z.object({
      conversation: ConversationId,
      text: z.string().min(1).max(LONGEST_TEXT),
      reply: MessageId.nullable(),
      due: z.number().int().min(0).max(8.64e15)
    }),
    nothing
  ),
  'messages.scheduled': call(z.object({ conversation: ConversationId }), z.array(ScheduledMessage)),
  /** Cancels a scheduled message, or sends it `now`. */
  'messages.unschedule': call(z.object({ conversation: ConversationId, id: z.number().int().positive(), now: z.boolean() }), nothing),
  /** Sets a reminder of a message, ms; null removes it. */
  'messages.remind': call(z.object({ id: MessageId, due: z.number().int().min(0).max(8.64e15).nullable() }), nothing),
  /** Messages whose reminders are due. */
  'messages.reminders': call(nothing, z.array(Message)),
  /** Sends a text that is too long for a message as a file. */
  'messages.sendAsFile': call(z.object({ conversation: ConversationId, text: z.string().min(1).max(LONGEST_TEXT) }), Message),
  /** Metadata of a page that a message will link to; null if it has none, cannot be fetched, or the user has disabled previews. */
  'links.read': call(z.object({ conversation: ConversationId, url: z.string().max(2000) }), LinkMetadata.nullable()),
  /** Corrects or retracts an own message, or sets all own reactions to one: emoji, separated by spaces. */
  'messages.change': call(z.object({ id: MessageId, kind: ChangeKind, text: z.string().max(LONGEST_TEXT) }), nothing),
  /** Forwards messages; merged: as one message that quotes all of them. */
  'messages.forward': call(
    z.object({ ids: z.array(MessageId).min(1).max(200), to: z.array(ConversationId).min(1).max(50), merged: z.boolean() }),
    z.array(z.string())
  ),
  /** Retracts another person's message in a group that the user moderates. */
  'messages.moderate': call(z.object({ id: MessageId }), nothing),
  'groups.moderates': call(z.object({ conversation: ConversationId }), z.boolean()),
  /** Deletes messages from this computer only. */
  'messages.remove': call(z.object({ ids: z.array(MessageId).min(1).max(1000) }), nothing),
  'conversations.set': call(
    z.object({
      conversation: ConversationId,
      notify: Notify.optional(),
      mutedUntil: z.number().int().min(0).max(8.64e15).nullable().optional(),
      notifySound: z.boolean().nullable().optional(),
      notifyText: z.boolean().nullable().optional(),
      note: z.string().max(5000).optional(),
      ownName: z.string().trim().max(200).optional(),
      pinned: z.number().nullable().optional(),
      archived: z.boolean().optional(),
      markedUnread: z.boolean().optional(),
      encryption: z.enum(['on', 'off']).optional()
    }),
    nothing
  ),
  /** Includes an imported history in another conversation. */
  'conversations.join': call(z.object({ conversation: ConversationId, into: ConversationId }), nothing),
  /** Separates an imported history again. */
  'conversations.part': call(z.object({ conversation: ConversationId }), nothing),
  /** Imported histories included in a conversation. */
  'conversations.joined': call(z.object({ conversation: ConversationId }), z.array(JoinedHistory)),
  'groups.create': call(
    z.object({ account: Jid.nullable(), name: z.string().trim().min(1).max(200), membersOnly: z.boolean(), invite: z.array(Jid).max(500) }),
    Conversation
  ),
  /** Look-alike names in a group, by name. */
  'groups.lookAlikes': call(z.object({ conversation: ConversationId }), z.record(z.string(), z.array(z.string()))),
  'groups.members': call(z.object({ conversation: ConversationId }), GroupMembers),
  'groups.readers': call(z.object({ conversation: ConversationId }), z.array(GroupReader)),
  /** Number of members, and of those present. */
  'groups.counts': call(z.object({ conversation: ConversationId }), z.object({ members: z.number().int(), here: z.number().int() })),
  'groups.setNick': call(z.object({ conversation: ConversationId, nick: z.string().trim().min(1).max(200) }), nothing),
  /** Sets a square picture, or none. */
  'groups.setPicture': call(z.object({ conversation: ConversationId, picture: OwnPicture.nullable() }), nothing),
  'groups.invite': call(z.object({ conversation: ConversationId, jids: z.array(Jid).min(1).max(500) }), nothing),
  'groups.setAffiliation': call(z.object({ conversation: ConversationId, jid: Jid, affiliation: Affiliation }), nothing),
  /** Sets a role; 'none' removes the occupant. */
  'groups.setRole': call(z.object({ conversation: ConversationId, nick: z.string().min(1).max(1023), role: GroupRole }), nothing),
  'groups.setSubject': call(z.object({ conversation: ConversationId, subject: z.string().max(2000) }), nothing),
  'groups.rename': call(z.object({ conversation: ConversationId, name: z.string().trim().min(1).max(200) }), nothing),
  /** Destroys a group for everybody, permanently. */
  'groups.destroy': call(z.object({ conversation: ConversationId }), nothing),
  /** Whether the user may mention everybody in a group. */
  'groups.callsAll': call(z.object({ conversation: ConversationId }), z.boolean()),
  'groups.answer': call(z.object({ account: Jid, group: Jid, accept: z.boolean() }), nothing),
  'conversations.leave': call(z.object({ conversation: ConversationId }), nothing),
  'conversations.typing': call(z.object({ conversation: ConversationId, typing: z.boolean() }), nothing),
  /** Upload limit of the server in bytes; `accepts` false: no files at all. */
  'files.limit': call(z.object({ conversation: ConversationId }), z.object({ accepts: z.boolean(), largest: z.number().int().nullable() })),
  /** Transfers a file from a window: begun, appended to in order, then sent or abandoned. */
  'files.begin': call(
    z.object({
      name: z.string().min(1).max(1000),
      bytes: z
        .number()
        .int()
        .min(0)
        .max(2 ** 40),
      type: z.string().max(200),
      preview: Preview.nullable()
    }),
    z.string()
  ),
  'files.append': call(z.object({ token: z.string().max(100), base64: z.string().max(LARGEST_PIECE * 1.5) }), nothing),
  'files.send': call(z.object({ token: z.string().max(100), conversation: ConversationId }), Message),
  'files.abort': call(z.object({ token: z.string().max(100) }), nothing),
  /** Takes a screenshot of the window's screen; `hide`: without the window. */
  'screen.capture': call(z.object({ hide: z.boolean() }), ScreenPicture),
  /** The user's stickers, by pack. */
  'stickers.list': call(nothing, z.array(Sticker)),
  /** Adds a picture that was handed over. */
  'stickers.add': call(z.object({ token: z.string().max(100), pack: z.string().trim().max(80) }), StickerFate),
  /** Adds the pictures of a .zip that was handed over. */
  'stickers.addZip': call(z.object({ token: z.string().max(100) }), StickerPack),
  /** Adds the picture of a message unchanged. */
  'stickers.copy': call(z.object({ attachment: AttachmentId }), StickerFate),
  'stickers.send': call(z.object({ conversation: ConversationId, sticker: z.number().int().positive() }), Message),
  'stickers.favour': call(z.object({ id: z.number().int().positive(), favourite: z.boolean() }), nothing),
  'stickers.remove': call(z.object({ ids: z.array(z.number().int().positive()).min(1).max(MOST_STICKERS) }), nothing),
  /** Downloads, cancels and opens files of attachments. */
  'files.fetch': call(z.object({ id: AttachmentId }), nothing),
  'files.cancel': call(z.object({ id: AttachmentId }), nothing),
  /** Contacts in a contact card file. */
  'files.contacts': call(z.object({ id: AttachmentId }), z.array(ContactFile)),
  'files.open': call(z.object({ id: AttachmentId }), nothing),
  'files.reveal': call(z.object({ id: AttachmentId }), nothing),
  /** Starts dragging the file out of the window. */
  'files.drag': call(z.object({ id: AttachmentId }), nothing),
  /** Stores a thumbnail, WebP, for later. */
  'files.keepThumbnail': call(
    z.object({
      id: AttachmentId,
      base64: z
        .string()
        .regex(/^UklGR[A-Za-z0-9+/]+={0,2}$/)
        .max(90_000)
    }),
    nothing
  ),
  /** Saves a file where the user chooses; false if cancelled. */
  'files.save': call(z.object({ id: AttachmentId }), z.boolean()),
  'messages.retry': call(z.object({ id: MessageId }), nothing),
  'messages.discard': call(z.object({ id: MessageId }), nothing),
  'messages.star': call(z.object({ id: MessageId, on: z.boolean() }), nothing),
  'messages.pin': call(z.object({ id: MessageId, on: z.boolean() }), nothing),
  /** Pinned messages of a conversation, latest first. */
  'messages.pinned': call(z.object({ conversation: ConversationId }), z.array(Message)),
  /** Texts of a message, oldest first; the last one is the current one. */
  'messages.versions': call(z.object({ id: MessageId }), z.array(TextVersion)),
  /** Deletes a conversation with all of its messages from this computer only; it returns with a new message. A group is left. */
  'conversations.delete': call(z.object({ conversation: ConversationId }), nothing),
  /** Disk use. */
  'storage.usage': call(nothing, Usage),
  /** Deletes files that can be downloaded again from this computer, of one conversation or all; returns the freed bytes. */
  'storage.clear': call(z.object({ conversation: ConversationId.nullable() }), z.number().int()),
  /** Archives that are not wholly on this computer, whose older messages are not found by searches; empty: none. */
  'history.missing': call(nothing, z.array(MissingHistory)),
  /** Fetches older messages of a conversation; false: there are none, or no connection. */
  'history.older': call(z.object({ conversation: ConversationId }), z.boolean()),
  'search.messages': call(
    z.object({
      query: z.string().max(LONGEST_QUERY),
      conversation: ConversationId.nullable(),
      order: SearchOrder,
      offset: z
        .number()
        .int()
        .min(0)
        .max(2 ** 31),
      limit: z.number().int().min(0).max(LARGEST_PAGE),
      /** Additional parts of the answer; each costs more than the first page. */
      total: z.boolean(),
      facets: z.boolean(),
      suggest: z.boolean()
    }),
    SearchAnswer
  ),
  /** Rebuilds the index from the messages, in the background. */
  'search.reindex': call(nothing, nothing),
  /** Prepares for a search that is about to begin. */
  'search.prepare': call(nothing, nothing),
  'search.mark': call(
    z.object({ query: z.string().max(LONGEST_QUERY), ids: z.array(MessageId).max(1000) }),
    z.array(z.object({ id: MessageId, ranges: z.array(Range) }))
  ),
  'search.names': call(z.object({ text: z.string().max(LONGEST_QUERY), limit: z.number().int().min(1).max(LARGEST_PAGE) }), z.array(NameMatch)),
  /** People who wrote in a group, for mentions; best first. */
  'search.occupants': call(
    z.object({ conversation: ConversationId, text: z.string().max(100), limit: z.number().int().min(1).max(50) }),
    z.array(OccupantMatch)
  ),
  'search.complete': call(
    z.object({ query: z.string().max(LONGEST_QUERY), cursor: z.number().int().min(0), language: z.enum(['zh-CN', 'en']) }),
    z.array(Completion)
  ),
  'search.history': call(nothing, SearchHistory),
  'search.remember': call(SearchHistory, nothing),
  /** Lets the user choose a file; null if cancelled. `preview` null: it is encrypted and needs a password. The path stays in the main process. */
  'transfer.choose': call(nothing, z.object({ token: z.string(), file: z.string(), preview: ImportPreview.nullable() }).nullable()),
  /** Reads the chosen file again with the user's options. */
  'transfer.preview': call(z.object({ token: z.string().max(100), options: ImportOptions }), ImportPreview),
  /** Imports a file. `names`: new names of people in the file; pairs, since a name may be any text, also __proto__. */
  'transfer.import': call(
    z.object({
      token: z.string().max(100),
      options: ImportOptions,
      self: z.string().max(3071).nullable(),
      names: z.array(z.tuple([z.string().max(3071), z.string().min(1).max(1023)])),
      conversation: z.string().min(1).max(1023).nullable()
    }),
    ImportSummary
  ),
  /** Exports to a file that the user chooses; null if cancelled. `password`: of a protected export, null for others. */
  'transfer.export': call(
    z
      .object({
        query: z.string().max(LONGEST_QUERY).nullable(),
        conversation: ConversationId.nullable(),
        format: ExportFormat,
        language: z.enum(['zh-CN', 'en']),
        password: z.string().min(SHORTEST_PASSWORD).max(LONGEST_PASSWORD).nullable()
      })
      .refine(({ format, password }) => (format === 'mnemo') === (password !== null)),
    ExportSummary.nullable()
  ),
  /** Shows the last exported file in its folder. */
  'transfer.reveal': call(nothing, nothing),
  /** Brings the main window to the front with a conversation. */
  'windows.showConversation': call(z.object({ conversation: ConversationId }), nothing),
  'windows.openSearch': call(z.object({ query: z.string().max(LONGEST_QUERY) }), nothing),
  'windows.openChat': call(z.object({ conversation: ConversationId, message: MessageId.nullable() }), nothing),
  /** Opens the pictures of a conversation in their own window. */
  'windows.openViewer': call(z.object({ conversation: ConversationId, id: AttachmentId }), nothing),
  /** Called when the page of a spare window can be given a conversation. */
  'windows.ready': call(nothing, nothing),
  /** Closes the calling window. */
  'windows.close': call(nothing, nothing),
  'windows.openSettings': call(nothing, nothing),
  /** Shows the folder of the log files. */
  'log.reveal': call(nothing, nothing),
  'clipboard.write': call(z.object({ text: z.string().max(LONGEST_TEXT) }), nothing)
} as const

export type Requests = typeof requests
export type Channel = keyof Requests
export type Input<C extends Channel> = z.input<Requests[C]['input']>
export type ParsedInput<C extends Channel> = z.output<Requests[C]['input']>
export type Output<C extends Channel> = z.output<Requests[C]['output']>

/**
 * Reason why a call failed. `bad-input`: an error of the caller; `cancelled`: on request; `refused`: by the server, the message is its error
 * condition (RFC 6120 section 8.3.3); `file`: the message is a FetchError's reason; the others have a sentence for the user.
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
  /** Message for developers, in English; for 'refused' and 'file' the condition. */
  message: string
  /** For 'refused', the server's own text; empty: none. */
  said?: string
  /** Details that the windows put into words, where the code alone is not enough. */
  reason?: CallReason
  /** For 'transfer', the file, and the line in it, from 1. */
  file?: string
  line?: number | null
  stopped?: StoppedImport
}
/** Progress of an import, in messages, when the store accepted no more; a repeated import continues with the rest. */
export interface StoppedImport {
  imported: number
  total: number
}
/** Reasons for 'store' and 'transfer'. */
export type CallReason = ImportProblem | 'full' | 'damaged' | 'disk' | 'thread' | 'other'
export type Answer<T> = { ok: true; value: T } | { ok: false; error: CallError }

/** Change events, batched by the main process: at most one batch per EVENT_INTERVAL_MS and window. */
export type AppEvent =
  /** Changed topics; for presence, only the people who changed. */
  | { type: 'live'; changed: Partial<Live> }
  | { type: 'conversations'; changed: Conversation[]; removed: ConversationId[] }
  /** Sent only to windows that watch the conversation. `bulk`: more has changed than is listed, so the page must be reloaded. */
  | { type: 'messages'; conversation: ConversationId; changed: Message[]; removed: MessageId[]; bulk: boolean }
  /** Group notices; sent only to windows that watch the group. */
  | { type: 'notices'; conversation: ConversationId; notices: Notice[] }
  /** Progress of an import or export, in messages. */
  | { type: 'transfer'; done: number; total: number }
  /** Scheduled messages were added, changed or sent. */
  | { type: 'scheduled' }
  /** Stickers were added, used or removed. */
  | { type: 'stickers' }
  /** All messages whose reminders are due. */
  | { type: 'reminders'; due: Message[] }
  | { type: 'search'; query: string }
  /** An xmpp: link was opened outside of the app. */
  | { type: 'link'; uri: string }
  /** To the viewer: shows another picture. */
  | { type: 'view'; conversation: ConversationId; id: number }
  | { type: 'show'; conversation: ConversationId; message: MessageId | null }

export const EVENT_INTERVAL_MS = 50

/** API that the preload script exposes as `window.mnemo`. */
export interface Bridge {
  call(id: number, channel: string, input: unknown): Promise<Answer<unknown>>
  cancel(id: number): Promise<void>
  onEvents(listener: (events: AppEvent[]) => void): Promise<void>
}
