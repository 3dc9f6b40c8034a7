/** Types that cross the border of the writer's thread. */
import type {
  ChangeKind,
  Conversation,
  ConversationId,
  ConversationKind,
  Jid,
  LinkMetadata,
  Message,
  MessageId,
  Notice,
  Unreadable
} from '../../contract/domain.ts'
import type { ContentPlace, Sealed } from '../xmpp/omemo/sealed.ts'
import type { Version } from '../xmpp/omemo/version.ts'
import type { PackedRows } from './import-rows.ts'
import type { ArchiveHole } from './tables/archive.ts'
import type { AttachmentRow, NewAttachment } from './tables/attachment.ts'

/** Our own occupant id in a group that gives none. */
export const SELF = 'self'

/** Message as the sync hands it over: verified, not yet known to be new. */
export interface IncomingMessage {
  conversation: Jid
  kind: ConversationKind
  sender: Jid
  /** Author in a group under any nickname: occupant id (XEP-0421), or the real address if the group shows it at that time. */
  occupant?: string | null
  outgoing: boolean
  text: string
  /** Time, ms; the archive's stamp if there is one. */
  time: number
  stanzaId: string | null
  originId: string | null
  /** Stanza id if it differs from the origin id. */
  messageId?: string | null
  /** XEP-0461: an id of the message that this one answers. */
  replyTo?: string | null
  files?: readonly Omit<NewAttachment, 'stored'>[]
  link?: LinkMetadata | null
  /** Mentions us explicitly. */
  mentioned?: boolean
  /** Text without message styling. */
  unstyled?: boolean
  /** End-to-end encrypted. */
  encrypted?: boolean
  /** Sent by a device that the user has verified. */
  /** Its author's time of encryption does not match `time`. */
  misdated?: boolean
  verified?: boolean
  /** Ciphertext for this device, decrypted when it is stored; the text is empty until then. */
  sealed?: Sealed | null
  /** Reason why an encrypted message cannot be read. */
  unreadable?: Unreadable | null
  /** Stanza that was not fully understood. */
  raw?: { stanza: string; decoder: number } | null
  /** Change to the message with the id `target`, with `text` as its content; not a message of its own. */
  change?: { kind: ChangeKind; target: string } | null
  /** Correction of a message that is missing or not provably of the same author; shown until that message arrives, whose id is `messageId`. */
  standIn?: boolean
  /** Origin ids of own messages under way: a group that changes ids may be reflecting one of them. */
  onTheWay?: readonly string[]
  /** Held back by our server, or replayed by its group, and stamped by them (XEP-0160, XEP-0045 section 7.2.15): may be older than stored messages. */
  replayed: boolean
  /** Number of the replay: how often we have entered the group. A replay has each message once. */
  replay?: number
  /** Offset of the server's clock, which stamped `time`, to this computer's, ms. */
  ahead?: number
}

/** Content of an encrypted message's envelope (XEP-0420). */
export interface Content extends Required<Pick<IncomingMessage, 'text' | 'replyTo' | 'files' | 'link' | 'mentioned' | 'unstyled' | 'change'>> {
  /** Ids of messages acknowledged as delivered, or as read. */
  delivered: string | null
  displayed: string | null
  /** Time of encryption, ms, as the author says; null: none. */
  written: number | null
  /** True if there is more than receipts and markers. */
  says: boolean
}

/** Parses an envelope; null: invalid, or meant for another place. The store itself knows no XMPP. */
export type ContentReader = (envelope: string, place: ContentPlace) => Content | null

/** Receipt or marker: a message was delivered, or read together with all before it. */
export interface Acknowledgement {
  kind: 'delivered' | 'displayed'
  conversation: Jid
  /** Id given by its sender or archive. */
  id: string
  /** Sent by another device of ours. */
  own: boolean
  /** Reader in a group. */
  nick: string | null
}

/** Result of a newer decoder for a message that was not fully understood. */
export interface DecodedAgain {
  id: MessageId
  decoder: number
  /** Parts are still not understood. */
  unknown: boolean
  text: string
  replyTo: string | null
  files: readonly Omit<NewAttachment, 'stored'>[]
  link: LinkMetadata | null
  mentioned: boolean
  unstyled: boolean
  encrypted: boolean
  unreadable: Unreadable | null
}

/** Message that the user has just written. */
export interface OutgoingMessage {
  conversation: ConversationId
  text: string
  originId: string
  sender: Jid
  /** Time, ms. */
  time: number
  /** Answered message. */
  reply?: MessageId | null
  link?: LinkMetadata | null
  /** Sent end-to-end encrypted, or not at all. */
  encrypted?: boolean
  /** Files in the media folder. */
  attachments?: readonly NewAttachment[]
}

export interface RecordBatch {
  messages: IncomingMessage[]
  /** Receipts and markers among these messages, for these and other messages; applied once all are stored. */
  acknowledgements?: readonly Acknowledgement[]
  /** Receiving account; undefined: the owner of the conversations, or the first account. */
  account?: Jid
  /** Archive position after these messages; stored in the same transaction. */
  archive: {
    jid: Jid
    /** Last archive id read and stored. */
    lastId?: string
    /** Archive id after which this page was requested. */
    after?: string
    /** Conversation of the message `lastId`, if that is not the last of these. */
    lastOf?: Jid
    hole?: ArchiveHole | null
  } | null
  /** The archive no longer has the last message that we read: all messages missing here are newer. */
  missed?: boolean
  /** 'live' and 'forward' stand after all stored messages of their conversation; 'backward' is older history. */
  order: 'live' | 'forward' | 'backward'
}

export interface StoreChanges {
  conversations: Conversation[]
  removedConversations: ConversationId[]
  messages: Message[]
  removed: { conversation: ConversationId; id: MessageId }[]
  /** Number of new messages. */
  added: number
  /** Conversations with more changes than listed here, to be read again. */
  reread?: ConversationId[]
  /** True for older history, which is no news. */
  old?: boolean
  /** Actions due after decryption; `old`: in older history. */
  encryption?: EncryptionEffects & { old: boolean }
  /** New group events. */
  notices?: (Notice & { conversation: ConversationId })[]
}

export interface ImportBatch {
  jid: Jid
  name: string
  rows: PackedRows
  /** Format of the imported file. */
  format?: string
  /** Sender that is the user. */
  self: string | null
}

/** File in the media folder. */
export type KeptFile = Pick<AttachmentRow, 'bytes' | 'width' | 'height'> & { stored: string }

export interface ImportChanges extends StoreChanges {
  /** Ids of the messages, as a column. */
  ids: Float64Array
}

/** Device of a person. */
export interface DeviceAddress {
  jid: Jid
  device: number
}

/** Device together with the version of its sessions. */
export interface SessionAddress extends DeviceAddress {
  version: Version
}

/** Actions due after decryption. */
export interface EncryptionEffects {
  account: Jid
  /** Sessions started by others, to be completed with an empty message. */
  begun: SessionAddress[]
  /** Broken sessions, to be started again. */
  broken: SessionAddress[]
  /** True if the bundles have changed. */
  bundle: boolean
}
