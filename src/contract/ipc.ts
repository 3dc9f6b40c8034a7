/**
 * The whole border between the main process and its windows.
 *
 * Requests: channel -> schema of input and output. Events: what main tells windows, unasked. To add a call, add a line
 * to `requests` and its handler in src/main/ipc/handlers.ts; types and validation on both sides follow from it.
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
import { ExportFormat, ExportSummary, ImportOptions, ImportPreview, type ImportProblem, ImportSummary, JoinedHistory } from './history-files.ts'
import { Completion, NameMatch, OccupantMatch, PersonMatch, Range, SearchAnswer, SearchHistory, SearchOrder } from './search.ts'
import { LONGEST_ERROR } from './limits.ts'
import { Live } from './live.ts'
import { Language, Settings } from './settings.ts'
import { MOST_STICKERS, Sticker, StickerFate, StickerPack } from './stickers.ts'

export const AppState = Live.extend({
  /** The system's language, resolved to one we speak. */
  systemLanguage: Language,
  /** Where the key of the message store is kept. */
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
  /** Around the first message from that time on, ms. */
  z.object({ kind: z.literal('time'), time: z.number().int().min(0).max(8.64e15) })
])
export type PageAnchor = z.infer<typeof PageAnchor>

/** The longest query, in UTF-16 units. */
export const LONGEST_QUERY = 1000

/** Bytes of a file that cross at once. */
export const LARGEST_PIECE = 2 ** 20

/** A square picture of a person or a group. `side` in pixels. */
export const OwnPicture = z.object({
  base64: z.string().max(700_000),
  type: z.enum(['image/png', 'image/jpeg', 'image/webp']),
  side: z.number().int().min(1).max(1024)
})
export type OwnPicture = z.infer<typeof OwnPicture>

/** A PNG of a screen; or why there is none: the system does not allow it, or gives no picture. */
export const ScreenPicture = z.union([z.object({ base64: z.string() }), z.object({ failed: z.enum(['denied', 'none']) })])
export type ScreenPicture = z.infer<typeof ScreenPicture>

const AttachmentId = z.number().int().positive()

/** The most messages one page may carry to a window. */
export const LARGEST_PAGE = 200
/** People whose cards are sent at once, and conversations that get them. */
const MOST_SHARED = 60

export const requests = {
  'app.state': call(nothing, AppState),
  /** The first window shows its list, or the sign-in: this version works. */
  'app.shown': call(nothing, nothing),
  'updates.check': call(nothing, nothing),
  /** Loads the version that was found. */
  'updates.load': call(nothing, nothing),
  /** Ends Mnemo and starts the version that was loaded. */
  'updates.restart': call(nothing, nothing),
  /** What is new was read. */
  'updates.read': call(nothing, nothing),
  /** Opens the page with the downloads in the browser. */
  'updates.page': call(nothing, nothing),
  /** Tries to start the store's threads once more; whether all run. */
  'app.mend': call(nothing, z.boolean()),
  /** An error that nothing in a window has dealt with, for the log: its kind and where it came from, no words of people. */
  'app.failed': call(z.object({ error: z.string().max(LONGEST_ERROR) }), nothing),
  'app.restart': call(nothing, nothing),
  'account.signIn': call(AccountSettings, ConnectionState),
  /** What a server wants to know of a new account; of `server` the domain and the way in count. */
  'register.begin': call(z.object({ server: AccountSettings, token: z.string().max(500).nullable() }), RegistrationState),
  'register.submit': call(z.object({ values: z.record(z.string().max(200), z.string().max(10_000)) }), nothing),
  'register.end': call(nothing, nothing),
  /** An invitation that the account's server makes; null: it makes none. */
  'account.invite': call(z.object({ account: Jid }), ServerInvitation.nullable()),
  /** What the account's server can do, asked anew. */
  'account.server': call(z.object({ account: Jid }), ServerReport),
  'account.signOut': call(z.object({ account: Jid }), nothing),
  'account.reconnect': call(z.object({ account: Jid, trustFingerprint: z.string().nullable(), password: z.string().nullable() }), nothing),
  'demo.start': call(nothing, nothing),
  'settings.change': call(Settings.partial(), Settings),
  /** How many messages would be deleted if only those of the last `days` were kept. */
  'settings.expiring': call(z.object({ days: z.number().int().min(1).max(36_500) }), z.number().int()),
  'contacts.answer': call(z.object({ account: Jid, jid: Jid, accept: z.boolean() }), nothing),
  'contacts.block': call(z.object({ account: Jid, jid: Jid, blocked: z.boolean() }), nothing),
  /** An empty name: what the contact calls itself. */
  'contacts.rename': call(z.object({ account: Jid, jid: Jid, name: z.string().trim().max(200) }), nothing),
  /** Those in the rosters of all accounts. */
  'contacts.list': call(nothing, z.array(RosterContact)),
  /** The groups of the roster that somebody is in. */
  'contacts.setGroups': call(z.object({ account: Jid, jid: Jid, groups: z.array(z.string().trim().min(1).max(100)).max(20) }), nothing),
  /** People one can write to, the best first; all by use where nothing is typed. */
  'contacts.find': call(z.object({ text: z.string().max(LONGEST_QUERY), limit: z.number().int().min(1).max(LARGEST_PAGE) }), z.array(PersonMatch)),
  /** Sends people's cards into conversations: as files (vCard), or as their addresses where no files are taken. */
  'contacts.share': call(z.object({ jids: z.array(Jid).min(1).max(MOST_SHARED), conversations: z.array(ConversationId).min(1).max(MOST_SHARED) }), nothing),
  'contacts.remove': call(z.object({ account: Jid, jid: Jid }), nothing),
  /** What contacts see of us. */
  'account.setNick': call(z.object({ account: Jid, nick: z.string().trim().max(200) }), nothing),
  /** A square picture, or none. */
  'account.setAvatar': call(z.object({ account: Jid, picture: OwnPicture.nullable() }), nothing),
  'encryption.of': call(z.object({ conversation: ConversationId }), Secrecy),
  /** Somebody's devices, or our own others; `own`: this one, where they are our own. */
  'encryption.devices': call(z.object({ account: Jid, jid: Jid }), z.object({ own: Device.nullable(), devices: z.array(Device) })),
  'encryption.trust': call(z.object({ account: Jid, jid: Jid, device: z.number().int(), trust: DeviceTrust }), nothing),
  /** Takes another device of ours from our list. */
  'encryption.forget': call(z.object({ account: Jid, device: z.number().int() }), nothing),
  'conversations.list': call(nothing, z.array(Conversation)),
  /** `account` null: the one that has it, or the first. */
  'conversations.start': call(
    z.object({
      account: Jid.nullable(),
      jid: z.string().max(3071),
      kind: ConversationKind,
      nick: z.string().max(1023).nullable(),
      password: z.string().max(1023).nullable(),
      token: z.string().max(500).optional(),
      /** What a new contact is called. */
      name: z.string().trim().max(200).optional()
    }),
    Conversation
  ),
  /** `seen`: messages on screen, whose new reactions are seen; absent: all are. */
  'conversations.markRead': call(z.object({ conversation: ConversationId, upTo: MessageId, seen: SeenRange.optional() }), nothing),
  /** Every conversation. */
  'conversations.markAllRead': call(nothing, nothing),
  /** What concerns the user in particular and was not seen, the oldest first: messages that mention us, own ones with new reactions. */
  'conversations.unseen': call(z.object({ conversation: ConversationId }), z.object({ mentions: z.array(MessageId), reactions: z.array(MessageId) })),
  'conversations.saveDraft': call(z.object({ conversation: ConversationId, draft: z.string().max(LONGEST_TEXT) }), nothing),
  /** `peek`: it is only looked at, which does not count as using it. */
  'conversations.watch': call(z.object({ conversation: ConversationId.nullable(), peek: z.boolean() }), nothing),
  'messages.page': call(z.object({ conversation: ConversationId, anchor: PageAnchor, limit: z.number().int().min(1).max(LARGEST_PAGE) }), MessagePage),
  /** The days of a month (2024-05, local time) on which something was written. */
  'messages.days': call(z.object({ conversation: ConversationId, month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) }), z.array(z.number().int())),
  'messages.send': call(
    z.object({ conversation: ConversationId, text: z.string().min(1).max(LONGEST_TEXT), reply: MessageId.nullable(), link: LinkMetadata.nullable() }),
    Message
  ),
  /** Sends a text at a time, ms. */
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
  /** Does not send it at its time: not at all, or `now`. */
  'messages.unschedule': call(z.object({ conversation: ConversationId, id: z.number().int().positive(), now: z.boolean() }), nothing),
  /** Reminds the user of a message at a time, ms; null: not any more. */
  'messages.remind': call(z.object({ id: MessageId, due: z.number().int().min(0).max(8.64e15).nullable() }), nothing),
  /** Messages of which the user is reminded now. */
  'messages.reminders': call(nothing, z.array(Message)),
  /** A text that is too long for a message. */
  'messages.sendAsFile': call(z.object({ conversation: ConversationId, text: z.string().min(1).max(LONGEST_TEXT) }), Message),
  /** What the page that a message is to link to says of itself; null where it says nothing, cannot be asked, or the user does not want that. */
  'links.read': call(z.object({ conversation: ConversationId, url: z.string().max(2000) }), LinkMetadata.nullable()),
  /** Corrects or takes back an own message, or says all that we react to one with: emoji, separated by spaces. */
  'messages.change': call(z.object({ id: MessageId, kind: ChangeKind, text: z.string().max(LONGEST_TEXT) }), nothing),
  /** To other conversations; merged: as one message that quotes all of them. */
  'messages.forward': call(
    z.object({ ids: z.array(MessageId).min(1).max(200), to: z.array(ConversationId).min(1).max(50), merged: z.boolean() }),
    z.array(z.string())
  ),
  /** Takes back what somebody else wrote in a group that we lead. */
  'messages.moderate': call(z.object({ id: MessageId }), nothing),
  'groups.moderates': call(z.object({ conversation: ConversationId }), z.boolean()),
  /** From this computer alone. */
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
  /** Shows an imported history within another conversation. */
  'conversations.join': call(z.object({ conversation: ConversationId, into: ConversationId }), nothing),
  /** An imported history stands for itself again. */
  'conversations.part': call(z.object({ conversation: ConversationId }), nothing),
  /** Imported histories that a conversation shows. */
  'conversations.joined': call(z.object({ conversation: ConversationId }), z.array(JoinedHistory)),
  'groups.create': call(
    z.object({ account: Jid.nullable(), name: z.string().trim().min(1).max(200), membersOnly: z.boolean(), invite: z.array(Jid).max(500) }),
    Conversation
  ),
  /** To each name in a group that looks like another person's there, those names. */
  'groups.lookAlikes': call(z.object({ conversation: ConversationId }), z.record(z.string(), z.array(z.string()))),
  'groups.members': call(z.object({ conversation: ConversationId }), GroupMembers),
  'groups.readers': call(z.object({ conversation: ConversationId }), z.array(GroupReader)),
  /** How many are in it, and how many of them are here. */
  'groups.counts': call(z.object({ conversation: ConversationId }), z.object({ members: z.number().int(), here: z.number().int() })),
  'groups.setNick': call(z.object({ conversation: ConversationId, nick: z.string().trim().min(1).max(200) }), nothing),
  /** A square picture, or none. */
  'groups.setPicture': call(z.object({ conversation: ConversationId, picture: OwnPicture.nullable() }), nothing),
  'groups.invite': call(z.object({ conversation: ConversationId, jids: z.array(Jid).min(1).max(500) }), nothing),
  'groups.setAffiliation': call(z.object({ conversation: ConversationId, jid: Jid, affiliation: Affiliation }), nothing),
  /** 'none' puts somebody out. */
  'groups.setRole': call(z.object({ conversation: ConversationId, nick: z.string().min(1).max(1023), role: GroupRole }), nothing),
  'groups.setSubject': call(z.object({ conversation: ConversationId, subject: z.string().max(2000) }), nothing),
  'groups.rename': call(z.object({ conversation: ConversationId, name: z.string().trim().min(1).max(200) }), nothing),
  /** For everybody, for good. */
  'groups.destroy': call(z.object({ conversation: ConversationId }), nothing),
  /** Whether a mention of all of a group is ours to make. */
  'groups.callsAll': call(z.object({ conversation: ConversationId }), z.boolean()),
  'groups.answer': call(z.object({ account: Jid, group: Jid, accept: z.boolean() }), nothing),
  'conversations.leave': call(z.object({ conversation: ConversationId }), nothing),
  'conversations.typing': call(z.object({ conversation: ConversationId, typing: z.boolean() }), nothing),
  /** What the server takes; `accepts` false: no files at all. Bytes. */
  'files.limit': call(z.object({ conversation: ConversationId }), z.object({ accepts: z.boolean(), largest: z.number().int().nullable() })),
  /** A file that a window hands over: begun, appended to in order, then sent or given up. */
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
  /** A picture of the screen on which the window lies; `hide`: of what is behind the window. */
  'screen.capture': call(z.object({ hide: z.boolean() }), ScreenPicture),
  /** Stickers that the user has, by their packs. */
  'stickers.list': call(nothing, z.array(Sticker)),
  /** Adds a picture that was handed over. */
  'stickers.add': call(z.object({ token: z.string().max(100), pack: z.string().trim().max(80) }), StickerFate),
  /** Adds the pictures of a .zip that was handed over. */
  'stickers.addZip': call(z.object({ token: z.string().max(100) }), StickerPack),
  /** Adds the picture of a message as it is. */
  'stickers.copy': call(z.object({ attachment: AttachmentId }), StickerFate),
  'stickers.send': call(z.object({ conversation: ConversationId, sticker: z.number().int().positive() }), Message),
  'stickers.favour': call(z.object({ id: z.number().int().positive(), favourite: z.boolean() }), nothing),
  'stickers.remove': call(z.object({ ids: z.array(z.number().int().positive()).min(1).max(MOST_STICKERS) }), nothing),
  /** Of attachments: fetch what is still elsewhere; stop what is on its way; show it to the user. */
  'files.fetch': call(z.object({ id: AttachmentId }), nothing),
  'files.cancel': call(z.object({ id: AttachmentId }), nothing),
  /** The contact cards that a file holds. */
  'files.contacts': call(z.object({ id: AttachmentId }), z.array(ContactFile)),
  'files.open': call(z.object({ id: AttachmentId }), nothing),
  'files.reveal': call(z.object({ id: AttachmentId }), nothing),
  /** Begins to drag its file out of the window. */
  'files.drag': call(z.object({ id: AttachmentId }), nothing),
  /** What it looks like small: WebP, for the next time. */
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
  /** Lets the user choose where to; false where nothing was chosen. */
  'files.save': call(z.object({ id: AttachmentId }), z.boolean()),
  'messages.retry': call(z.object({ id: MessageId }), nothing),
  'messages.discard': call(z.object({ id: MessageId }), nothing),
  'messages.star': call(z.object({ id: MessageId, on: z.boolean() }), nothing),
  'messages.pin': call(z.object({ id: MessageId, on: z.boolean() }), nothing),
  /** Of a conversation, the latest first. */
  'messages.pinned': call(z.object({ conversation: ConversationId }), z.array(Message)),
  /** The texts it had, oldest first; the last one is what it says now. */
  'messages.versions': call(z.object({ id: MessageId }), z.array(TextVersion)),
  /** With all of its messages, from this computer alone; it comes back when something new is said. A group is left. */
  'conversations.delete': call(z.object({ conversation: ConversationId }), nothing),
  /** What of the archives is not on this computer yet, and so is not found; empty: all is. */
  'storage.usage': call(nothing, Usage),
  /** Removes files that can be fetched again from this computer, of one conversation or of all; bytes that were freed. */
  'storage.clear': call(z.object({ conversation: ConversationId.nullable() }), z.number().int()),
  'history.missing': call(nothing, z.array(MissingHistory)),
  /** Fetches more of a conversation from before what is here; false: there is no more, or no connection. */
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
      /** What else is wanted; each costs more than the first page. */
      total: z.boolean(),
      facets: z.boolean(),
      suggest: z.boolean()
    }),
    SearchAnswer
  ),
  /** Makes the index anew from the messages, in the background. */
  'search.reindex': call(nothing, nothing),
  /** Somebody is about to search. */
  'search.prepare': call(nothing, nothing),
  'search.mark': call(
    z.object({ query: z.string().max(LONGEST_QUERY), ids: z.array(MessageId).max(1000) }),
    z.array(z.object({ id: MessageId, ranges: z.array(Range) }))
  ),
  'search.names': call(z.object({ text: z.string().max(LONGEST_QUERY), limit: z.number().int().min(1).max(LARGEST_PAGE) }), z.array(NameMatch)),
  /** Those who wrote in a group, for mentions; the best first. */
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
  /** Lets the user choose a file; null where none was chosen. `preview` null: it is encrypted, and a password is needed. The file's path stays with main. */
  'transfer.choose': call(nothing, z.object({ token: z.string(), file: z.string(), preview: ImportPreview.nullable() }).nullable()),
  /** The chosen file again, read as the user says. */
  'transfer.preview': call(z.object({ token: z.string().max(100), options: ImportOptions }), ImportPreview),
  /** `names`: of people in the file, each with the one it is to have; pairs, for a name may be any, also __proto__. */
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
  /** Lets the user choose where to; null where nothing was chosen. */
  'transfer.export': call(
    z.object({
      query: z.string().max(LONGEST_QUERY).nullable(),
      conversation: ConversationId.nullable(),
      format: ExportFormat,
      language: z.enum(['zh-CN', 'en'])
    }),
    ExportSummary.nullable()
  ),
  /** Shows the file that was exported last in its folder. */
  'transfer.reveal': call(nothing, nothing),
  /** Brings the main window to the front, with a conversation. */
  'windows.showConversation': call(z.object({ conversation: ConversationId }), nothing),
  'windows.openSearch': call(z.object({ query: z.string().max(LONGEST_QUERY) }), nothing),
  'windows.openChat': call(z.object({ conversation: ConversationId, message: MessageId.nullable() }), nothing),
  /** The pictures of a conversation in a window of their own. */
  'windows.openViewer': call(z.object({ conversation: ConversationId, id: AttachmentId }), nothing),
  /** The page of a window that was opened in reserve can be told what to show. */
  'windows.ready': call(nothing, nothing),
  /** The one that asks. */
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
 * Why a call failed. `bad-input`: the caller's fault; `cancelled`: as it asked; `refused`: by the server, the message is
 * its error condition (RFC 6120 section 8.3.3); `file`: the message is a FetchError's reason; the rest has a sentence for the user.
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
  /** For who mends it, in English; of 'refused' and 'file' the condition. */
  message: string
  /** Of 'refused', what the server says of it in its own words; empty: nothing. */
  said?: string
  /** What the windows put into words, where the code does not say it all. */
  reason?: CallReason
  /** Of 'transfer': which file it is, and where in it, from 1. */
  file?: string
  line?: number | null
  stopped?: StoppedImport
}
/** How far an import came before the store took no more, in messages; imported again it goes on with the others. */
export interface StoppedImport {
  imported: number
  total: number
}
/** Of 'store' and 'transfer'. */
export type CallReason = ImportProblem | 'full' | 'damaged' | 'disk' | 'thread' | 'other'
export type Answer<T> = { ok: true; value: T } | { ok: false; error: CallError }

/** Change events, coalesced by main: at most one batch each EVENT_INTERVAL_MS to a window. */
export type AppEvent =
  /** Topics that have another value now; of presence, the people who have. */
  | { type: 'live'; changed: Partial<Live> }
  | { type: 'conversations'; changed: Conversation[]; removed: ConversationId[] }
  /** Only to windows that watch the conversation. `bulk`: more changed than is listed, so the page is to be read again. */
  | { type: 'messages'; conversation: ConversationId; changed: Message[]; removed: MessageId[]; bulk: boolean }
  /** Something happened in a group; only to windows that watch it. */
  | { type: 'notices'; conversation: ConversationId; notices: Notice[] }
  /** How far an import or export has come, in messages. */
  | { type: 'transfer'; done: number; total: number }
  /** Messages that are sent later were added, changed or sent. */
  | { type: 'scheduled' }
  /** Stickers were added, used or removed. */
  | { type: 'stickers' }
  /** All messages of which the user is reminded now. */
  | { type: 'reminders'; due: Message[] }
  | { type: 'search'; query: string }
  /** An xmpp: link was opened elsewhere. */
  | { type: 'link'; uri: string }
  /** To the viewer: another picture. */
  | { type: 'view'; conversation: ConversationId; id: number }
  | { type: 'show'; conversation: ConversationId; message: MessageId | null }

export const EVENT_INTERVAL_MS = 50

/** What the preload script exposes as `window.mnemo`. */
export interface Bridge {
  call(id: number, channel: string, input: unknown): Promise<Answer<unknown>>
  cancel(id: number): Promise<void>
  onEvents(listener: (events: AppEvent[]) => void): Promise<void>
}
