/** What crosses a process border, as types with run-time schemas. Times are milliseconds since the Unix epoch. */
import { z } from 'zod'

/** A bare or full XMPP address (RFC 7622), already prepared: lower-case local part and domain. */
export const Jid = z.string().min(1).max(3071).brand<'Jid'>()
export type Jid = z.infer<typeof Jid>

export const ConversationId = z.number().int().positive().brand<'ConversationId'>()
export type ConversationId = z.infer<typeof ConversationId>

/** The message's place in history: larger is later, over all conversations. */
export const MessageId = z.number().int().positive().brand<'MessageId'>()
export type MessageId = z.infer<typeof MessageId>

/** Messages that are on screen together, both ends included. */
export const SeenRange = z.object({ from: z.number().int().nonnegative(), to: z.number().int().nonnegative() })
export type SeenRange = z.infer<typeof SeenRange>

/** The longest text one message may carry, in UTF-16 units. */
export const LONGEST_TEXT = 1_000_000

export const MessageState = z.enum(['received', 'queued', 'sent', 'delivered', 'failed'])
export type MessageState = z.infer<typeof MessageState>

export const AttachmentKind = z.enum(['image', 'video', 'voice', 'file'])
export type AttachmentKind = z.infer<typeof AttachmentKind>
/** What a file is called where it stands for a message. */
export const AttachmentNoun = z.enum([...AttachmentKind.options, 'sticker', 'contact'])
export type AttachmentNoun = z.infer<typeof AttachmentNoun>

/** ThumbHash (https://github.com/evanw/thumbhash), base64. */
export const Preview = z.string().regex(/^[A-Za-z0-9+/]{4,60}={0,2}$/)

export const Attachment = z.object({
  id: z.number().int().positive(),
  kind: AttachmentKind,
  name: z.string(),
  /** null: nobody said */
  bytes: z.number().int().nonnegative().nullable(),
  /** On this computer, or still where its sender put it, or not to be had. */
  where: z.enum(['here', 'there', 'nowhere']),
  /** Of images, what they look like before they are here: ThumbHash, base64. */
  preview: Preview.nullable(),
  /** Of images, in pixels, where it is known. */
  width: z.number().int().positive().nullable(),
  height: z.number().int().positive().nullable()
})
export type Attachment = z.infer<typeof Attachment>

/** A file on its way, in bytes; `total` null: nobody knows. */
export const FileProgress = z.object({ done: z.number(), total: z.number().nullable() })
export type FileProgress = z.infer<typeof FileProgress>

/** Somebody's answer to a message in one sign (XEP-0444). */
export const Reaction = z.object({
  emoji: z.string(),
  count: z.number().int().positive(),
  /** We are among them. */
  own: z.boolean(),
  /** Who the others are, as far as they have room. */
  names: z.array(z.string())
})
export type Reaction = z.infer<typeof Reaction>

/** The message that another one answers. */
export const Quoted = z.object({
  /** null: it is not on this computer. */
  id: MessageId.nullable(),
  /** The address whose colour it has: the sender's own, or that of the occupant. */
  person: Jid.nullable(),
  senderName: z.string(),
  outgoing: z.boolean(),
  /** Its beginning. */
  text: z.string()
})
export type Quoted = z.infer<typeof Quoted>

/** What may be done to a message that was sent. */
export const ChangeKind = z.enum(['correction', 'retraction', 'reactions'])
export type ChangeKind = z.infer<typeof ChangeKind>

/** The longest of what is said of a page, in UTF-16 units. */
export const LONGEST_LINK_TEXT = { title: 200, description: 400, site: 100 } as const
/** What a message says of the page that it links to (XEP-0511). */
export const LinkMetadata = z.object({
  /** As it stands in the text. */
  url: z.string().max(2000),
  title: z.string().min(1).max(LONGEST_LINK_TEXT.title),
  description: z.string().max(LONGEST_LINK_TEXT.description),
  /** What the page's site calls itself. */
  site: z.string().max(LONGEST_LINK_TEXT.site)
})
export type LinkMetadata = z.infer<typeof LinkMetadata>

/**
 * Why a message that is encrypted end to end cannot be read: by a method that is not known here; not for this device; its session is
 * broken and begun anew; it was changed on its way; its group does not say whose it is.
 */
export const Unreadable = z.enum(['method', 'device', 'session', 'damaged', 'author'])
export type Unreadable = z.infer<typeof Unreadable>

/** What the user, or nobody yet, thinks of a device: 'trusted' blindly, 'verified' by comparing, still to be decided, refused. */
export const DeviceTrust = z.enum(['trusted', 'verified', 'undecided', 'refused'])
export type DeviceTrust = z.infer<typeof DeviceTrust>

/** A device of somebody that encrypts end to end. */
export const Device = z.object({
  device: z.number().int(),
  /** Its public key (X25519), 64 hex digits; null: not known yet. */
  fingerprint: z.string().nullable(),
  /** What its owner calls it. */
  label: z.string().nullable(),
  trust: DeviceTrust,
  /** Its owner announces it. */
  active: z.boolean(),
  /** When it was first heard of, and last opened a message of, ms; 0: never. */
  firstAt: z.number(),
  lastAt: z.number()
})
export type Device = z.infer<typeof Device>

/** Whether what is written next in a conversation is encrypted end to end, and whether it could be; `verified`: the user has compared all devices of the others that get it; `undecided`: devices about which the user has yet to decide; `without`: who has none that it could be encrypted for. */
export const Secrecy = z.object({ on: z.boolean(), possible: z.boolean(), verified: z.boolean(), undecided: z.number().int(), without: z.array(Jid) })
export type Secrecy = z.infer<typeof Secrecy>

export const Message = z.object({
  id: MessageId,
  /** Stable over a change of `id` (an own message moves once, when its archive gives it a time). */
  key: z.string(),
  conversation: ConversationId,
  /** Bare address in a direct conversation, occupant address (room/nick) in a group. */
  sender: Jid,
  /** The bare address of the sender; null: the group does not show it. */
  person: Jid.nullable(),
  senderName: z.string(),
  outgoing: z.boolean(),
  text: z.string(),
  time: z.number().int(),
  state: MessageState,
  /** Why it failed, in the server's words; only in state 'failed'. */
  error: z.string().nullable(),
  starred: z.boolean(),
  /** The user keeps it at hand above the conversation. */
  pinned: z.boolean(),
  /** It names us. */
  mention: z.boolean(),
  edited: z.boolean(),
  /** Its author, or the group's moderators, took it back; there is no text any more. */
  retracted: z.boolean(),
  /** Encrypted end to end. */
  encrypted: z.boolean(),
  /** A device of its author that the user has compared has encrypted it. */
  verified: z.boolean(),
  /** Why it cannot be read; the text is empty then. */
  unreadable: Unreadable.nullable(),
  /** *strong*, _emphasis_ and the like are meant as such (XEP-0393). */
  styled: z.boolean(),
  /** Others can be told of a change to it: it has an id that they know. */
  changeable: z.boolean(),
  /** It came from a history file, so nobody else knows it. */
  imported: z.boolean(),
  attachments: z.array(Attachment),
  reactions: z.array(Reaction),
  link: LinkMetadata.nullable(),
  reply: Quoted.nullable(),
  /** When the user is reminded of it, ms; null: never. */
  remindAt: z.number().int().nullable()
})
export type Message = z.infer<typeof Message>

/** A message that is sent at a time, ms. */
export const ScheduledMessage = z.object({
  id: z.number().int().positive(),
  conversation: ConversationId,
  text: z.string(),
  reply: MessageId.nullable(),
  due: z.number().int()
})
export type ScheduledMessage = z.infer<typeof ScheduledMessage>

export const ConversationKind = z.enum(['direct', 'group'])
export type ConversationKind = z.infer<typeof ConversationKind>

/** XEP-0045 sections 5.1 and 5.2. */
export const GroupRole = z.enum(['none', 'visitor', 'participant', 'moderator'])
export type GroupRole = z.infer<typeof GroupRole>
export const Affiliation = z.enum(['outcast', 'none', 'member', 'admin', 'owner'])
export type Affiliation = z.infer<typeof Affiliation>

/** Why we are no longer in a group; 'interrupted': by a fault, and we go in again. */
export const OutReason = z.enum(['left', 'kicked', 'banned', 'removed', 'members-only', 'password', 'destroyed', 'interrupted'])
export type OutReason = z.infer<typeof OutReason>

/** Somebody who is in a group, or may be. */
export const GroupMember = z.object({
  /** null: not there now */
  nick: z.string().nullable(),
  /** As they are called everywhere. */
  name: z.string(),
  /** null: the group does not say */
  jid: Jid.nullable(),
  role: GroupRole,
  affiliation: Affiliation,
  own: z.boolean(),
  here: z.boolean()
})
export type GroupMember = z.infer<typeof GroupMember>
export const GroupMembers = z.object({
  /** Our own. */
  role: GroupRole,
  affiliation: Affiliation,
  /** What is said there is kept for who was away (XEP-0313). */
  archived: z.boolean(),
  /** It can have a picture of its own, which its owners set (XEP-0153). */
  picture: z.boolean(),
  members: z.array(GroupMember)
})
export type GroupMembers = z.infer<typeof GroupMembers>

/** How far somebody in a group has read, as far as they say so (XEP-0333). */
export const GroupReader = z.object({
  nick: z.string(),
  name: z.string(),
  /** The bare address; null: the group does not show it. */
  person: Jid.nullable(),
  upTo: MessageId
})
export type GroupReader = z.infer<typeof GroupReader>

/** Somebody, and which account of ours that concerns. */
export const ContactRequest = z.object({ account: Jid, jid: Jid })
export type ContactRequest = z.infer<typeof ContactRequest>

/** Somebody in the roster of an account (RFC 6121 section 2). */
export const RosterContact = z.object({
  account: Jid,
  jid: Jid,
  /** Empty where neither the user nor the contact gave one. */
  name: z.string(),
  subscription: z.enum(['none', 'to', 'from', 'both']),
  /** They were asked and have not answered. */
  asked: z.boolean(),
  /** Groups of the roster that they are in. */
  groups: z.array(z.string())
})
export type RosterContact = z.infer<typeof RosterContact>

/** Somebody asks us into a group. */
export const Invitation = z.object({ account: Jid, group: Jid, from: Jid.nullable(), reason: z.string() })
export type Invitation = z.infer<typeof Invitation>

/** What of a conversation is worth a notification. */
export const Notify = z.enum(['all', 'mentions', 'none'])
export type Notify = z.infer<typeof Notify>

export const Conversation = z.object({
  id: ConversationId,
  jid: Jid,
  /** Whose it is; null: nobody's, such as an imported one. */
  account: Jid.nullable(),
  /** When it was opened last, ms; 0: never. */
  usedAt: z.number().int(),
  kind: ConversationKind,
  name: z.string(),
  /** Own nickname; groups only. */
  nick: z.string().nullable(),
  unread: z.number().int().nonnegative(),
  /** Of the unread ones, those that mention us. */
  mentions: z.number().int().nonnegative(),
  /** Own messages that others have reacted to since we last looked. */
  reactions: z.number().int().nonnegative(),
  /** Everything up to here has been seen. */
  readUpTo: z.number().int().nonnegative(),
  /** The other one has seen our messages up to here. */
  seenUpTo: z.number().int().nonnegative(),
  draft: z.string(),
  /** What a group is about, in its own words. */
  subject: z.string(),
  /** Why we are not in this group, and what was said; null: we are, or it is none. */
  out: z.object({ why: OutReason, reason: z.string() }).nullable(),
  notify: Notify,
  /** Nothing is told of it until then, ms. */
  mutedUntil: z.number().int().nullable(),
  /** Whether its notifications sound, and show the text; null: as the settings say. */
  notifySound: z.boolean().nullable(),
  notifyText: z.boolean().nullable(),
  /** What the user noted about it, for himself. */
  note: z.string(),
  /** The name that the user gave a group, instead of its own; empty: none. */
  ownName: z.string(),
  /** The format of the history that it was imported from; null: it was not, or nobody knows. */
  importedFrom: z.string().nullable(),
  /** It stands above the others; a larger number above a smaller one. */
  pinned: z.number().nullable(),
  archived: z.boolean(),
  markedUnread: z.boolean(),
  /** End to end. 'on': it was once, and stays so; 'off': the user wants it plain; null: nobody has decided. */
  encryption: z.enum(['on', 'off']).nullable(),
  last: z
    .object({
      id: MessageId,
      text: z.string(),
      file: AttachmentNoun.nullable(),
      time: z.number().int(),
      senderName: z.string(),
      outgoing: z.boolean(),
      retracted: z.boolean(),
      unreadable: z.boolean(),
      state: MessageState
    })
    .nullable()
})
export type Conversation = z.infer<typeof Conversation>
/** Nothing is told of it: for good, or for a while. */
export const isMuted = ({ notify, mutedUntil }: Pick<Conversation, 'notify' | 'mutedUntil'>): boolean => notify === 'none' || mutedUntil !== null

/** RFC 6121 section 4.7.2.1; 'online' stands for an available presence without <show/>. */
export const Presence = z.enum(['offline', 'online', 'away', 'xa', 'dnd', 'chat'])
export type Presence = z.infer<typeof Presence>

export const ConnectionProblem = z.enum([
  'wrong-password',
  'unknown-host',
  'refused',
  'timed-out',
  'certificate',
  /** Another certificate than the one that the user accepted. */
  'certificate-changed',
  'certificate-expired',
  'certificate-name',
  'no-encryption',
  /** The server offers no mechanism of SASL that is known here. */
  'no-sign-in',
  /** It offers less than it did before. */
  'weaker-sign-in',
  /** It wants the password in plain, where it once was hashed. */
  'password-in-plain',
  /** What it offers was changed on its way (XEP-0474), or the channel is not the one it sees (RFC 5056). */
  'offer-changed',
  /** It did not prove that it knows the password, as SCRAM wants it. */
  'not-the-server',
  'not-xmpp',
  'conflict',
  'server-error',
  'network'
])
export type ConnectionProblem = z.infer<typeof ConnectionProblem>

/** What a server does not do: keep an archive, or anything for who is away; copy messages to other devices, at all or at once; store what devices share; groups; files. */
export const Shortage = z.enum(['archive', 'anything-kept', 'copies', 'late-copies', 'storage', 'groups', 'files'])
export type Shortage = z.infer<typeof Shortage>

/**
 * What a server does for an account: XEP-0313; 0357; 0352; 0198; 0280; 0163; 0363; 0045, with an archive of its own; 0191; publish options
 * (0060 section 7.1.5), without which OMEMO's keys are seen by contacts alone; 0077; 0401; 0202; 0157.
 */
export const ServerAbility = z.enum([
  'archive',
  'carbons',
  'resume',
  'storage',
  'encryption',
  'files',
  'groups',
  'group-archive',
  'blocking',
  'push',
  'csi',
  'time',
  'registration',
  'invitations',
  'contacts'
])
export type ServerAbility = z.infer<typeof ServerAbility>

export const ServerReport = z.object({
  /** What it calls itself; empty: nothing. */
  software: z.string(),
  /** In the order in which they matter; `has` null: it could not be found out. */
  abilities: z.array(z.object({ name: ServerAbility, has: z.boolean().nullable() })),
  /** Of a file that is uploaded, bytes; null: it does not say. */
  largestFile: z.number().int().nullable(),
  /** How its operators are reached (XEP-0157): mailto:, https: and xmpp: addresses. */
  addresses: z.array(z.object({ kind: z.enum(['abuse', 'admin', 'feedback', 'sales', 'security', 'status', 'support']), uri: z.string() }))
})
export type ServerReport = z.infer<typeof ServerReport>

/** The certificate a server showed that no authority vouches for. */
export const Certificate = z.object({
  /** SHA-256 of the certificate, upper-case hex pairs joined by colons. */
  fingerprint: z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
  subject: z.string(),
  issuer: z.string(),
  validTo: z.string(),
  /** Why it was refused, as OpenSSL names it, e.g. DEPTH_ZERO_SELF_SIGNED_CERT. */
  reason: z.string()
})
export type Certificate = z.infer<typeof Certificate>

export const ConnectionState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('signed-out') }),
  z.object({ status: z.literal('connecting') }),
  z.object({ status: z.literal('catching-up') }),
  z.object({ status: z.literal('online') }),
  z.object({
    status: z.literal('waiting'),
    problem: ConnectionProblem,
    detail: z.string(),
    /** When the next try starts; null where only the user can help (wrong password, refused certificate). */
    retryAt: z.number().nullable(),
    certificate: Certificate.nullable()
  })
])
export type ConnectionState = z.infer<typeof ConnectionState>

/** How the stream is secured: STARTTLS (RFC 6120), TLS from the start (XEP-0368), or WebSocket (RFC 7395). */
export const Security = z.enum(['starttls', 'direct-tls', 'websocket'])

/** socks5://[user:password@]host:port, or http://... */
export const Proxy = z
  .string()
  .max(500)
  .regex(/^(socks5|http):\/\/([^\s/@:]*(:[^\s/@]*)?@)?(\[[0-9a-f:.]+\]|[^\s/@:]+):\d{1,5}\/?$/i)
export type Security = z.infer<typeof Security>

export const AccountSettings = z.object({
  jid: Jid,
  password: z.string().min(1).max(1024),
  /** Host to connect to; null: the address's domain, by SRV record (RFC 6120 section 3.2.1) where there is one. */
  host: z.string().min(1).max(255).nullable(),
  port: z.number().int().min(1).max(65535).nullable(),
  security: Security,
  /** Through which everything goes, or null. */
  proxy: Proxy.nullable().default(null),
  /** A certificate that the user accepted although no authority vouches for it. */
  trustedFingerprint: Certificate.shape.fingerprint.nullable()
})
export type AccountSettings = z.infer<typeof AccountSettings>

/** A field of the form for a new account (XEP-0004). `picture`: a data: address of what is to be read (XEP-0158). */
export const AccountFormField = z.object({
  name: z.string(),
  kind: z.enum(['text', 'password', 'boolean', 'choice', 'lines', 'hidden', 'fixed']),
  label: z.string(),
  about: z.string(),
  required: z.boolean(),
  value: z.string(),
  options: z.array(z.object({ label: z.string(), value: z.string() })),
  picture: z.string().nullable()
})
export type AccountFormField = z.infer<typeof AccountFormField>
/** What a server wants to know of a new account (XEP-0077). `web`: accounts are made on that page; `isForm`: it asks by a data form. */
export const AccountForm = z.object({
  domain: z.string(),
  instructions: z.string(),
  web: z.string().nullable(),
  isForm: z.boolean(),
  fields: z.array(AccountFormField)
})
export type AccountForm = z.infer<typeof AccountForm>

/** How registration stands: a form to be filled in, or no connection. */
export const RegistrationState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('form'), form: AccountForm }),
  z.object({ status: z.literal('unreachable'), problem: ConnectionProblem, detail: z.string(), certificate: Certificate.nullable() })
])
export type RegistrationState = z.infer<typeof RegistrationState>

/** A server's invitation (XEP-0401): who opens it becomes a contact. `page`: the same for a browser; `until` in ms. */
export const ServerInvitation = z.object({ uri: z.string(), page: z.string().nullable(), until: z.number().int().nullable() })
export type ServerInvitation = z.infer<typeof ServerInvitation>

/** What a conversation takes of the disk. */
export const ConversationUsage = z.object({
  id: ConversationId,
  name: z.string(),
  jid: Jid,
  messages: z.number().int(),
  /** Files that lie here, and their bytes. */
  files: z.number().int(),
  bytes: z.number().int(),
  /** Of these, those that can be fetched again. */
  clearable: z.number().int()
})
export type ConversationUsage = z.infer<typeof ConversationUsage>

export const Usage = z.object({
  messages: z.number().int(),
  /** Of messages and their index. */
  databaseBytes: z.number().int(),
  mediaBytes: z.number().int(),
  /** Those that take most come first. */
  conversations: z.array(ConversationUsage)
})
export type Usage = z.infer<typeof Usage>

/** An archive whose older messages are still being fetched. */
export const MissingHistory = z.object({
  /** Whose. */
  account: Jid,
  /** The group's address, or the account's own. */
  jid: Jid,
  /** The group's name; empty for the account's own archive. */
  name: z.string(),
  /** It is whole from here on, ms; null: nobody knows yet. */
  since: z.number().int().nullable()
})
export type MissingHistory = z.infer<typeof MissingHistory>

/** What happened in a group beside its messages (XEP-0045). */
export const Notice = z.object({
  id: z.number().int(),
  kind: z.enum(['joined', 'left', 'kicked', 'banned', 'added', 'removed', 'renamed', 'subject']),
  /** Whom it concerns, or who did it, as the group calls them. */
  name: z.string(),
  /** The new subject, the new name, the reason. */
  text: z.string(),
  time: z.number().int()
})
export type Notice = z.infer<typeof Notice>

/** One of the texts that a message had, and since when, ms. */
export const TextVersion = z.object({ text: z.string(), time: z.number().int() })
export type TextVersion = z.infer<typeof TextVersion>

export const MessagePage = z.object({
  /** In order of history, oldest first. */
  messages: z.array(Message),
  hasOlder: z.boolean(),
  hasNewer: z.boolean(),
  /** What happened meanwhile, in order. */
  notices: z.array(Notice)
})
export type MessagePage = z.infer<typeof MessagePage>
