/** What crosses the border of the writer's thread. */
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

/** As what we ourselves are known in a group that gives us no occupant-id. */
export const SELF = 'self'

/** A message as sync hands it over: verified, not yet known to be new. */
export interface IncomingMessage {
  conversation: Jid
  kind: ConversationKind
  sender: Jid
  /** Who in a group it is, whatever the nickname: by XEP-0421, or as the group shows who is there while it is said. */
  occupant?: string | null
  outgoing: boolean
  text: string
  /** ms; the archive's stamp where there is one */
  time: number
  stanzaId: string | null
  originId: string | null
  /** The stanza's id where it is not the origin-id. */
  messageId?: string | null
  /** XEP-0461: an id of the message that this one answers. */
  replyTo?: string | null
  files?: readonly Omit<NewAttachment, 'stored'>[]
  link?: LinkMetadata | null
  /** It says that it speaks to us. */
  mentioned?: boolean
  /** Shown as it is written. */
  unstyled?: boolean
  /** It is encrypted end to end. */
  encrypted?: boolean
  /** By a device of its author that the user has compared. */
  verified?: boolean
  /** What of it is for this device, to be opened when it is stored; the text is empty until then. */
  sealed?: Sealed | null
  /** It is encrypted end to end and cannot be read, and why. */
  unreadable?: Unreadable | null
  /** The stanza, where not all of it was understood. */
  raw?: { stanza: string; decoder: number } | null
  /** It is no message of its own: it changes the one that has the id `target`, as `text` says. */
  change?: { kind: ChangeKind; target: string } | null
  /** It corrects a message that is not here, or not its author's as far as one can tell, and stands for itself until that one comes; `messageId` is that one's. */
  standIn?: boolean
  /** Own messages that are on their way, by origin-id: this may be one of them, told by a group that gives messages other ids. */
  onTheWay?: readonly string[]
  /** Held back by our server, or told again by its group, and stamped by them (XEP-0160, XEP-0045 section 7.2.15): it may be older than what is here. */
  replayed: boolean
  /** Of what a group tells again: how often we have entered it. In one telling each message comes once. */
  telling?: number
  /** By how much the server's clock, of which `time` is, is ahead of this computer's, ms. */
  ahead?: number
}

/** What the envelope of an encrypted message says (XEP-0420). */
export interface Content extends Required<Pick<IncomingMessage, 'text' | 'replyTo' | 'files' | 'link' | 'mentioned' | 'unstyled' | 'change'>> {
  /** The ids of messages that it says have come, or were read. */
  delivered: string | null
  displayed: string | null
  /** There is more in it than signs of other messages. */
  says: boolean
}

/** Reads an envelope; null: it is none, or belongs elsewhere. The store itself knows no XMPP. */
export type ContentReader = (envelope: string, place: ContentPlace) => Content | null

/** What somebody says of a message: it came to them, or they have read all up to it. */
export interface MessageSign {
  kind: 'delivered' | 'displayed'
  conversation: Jid
  /** Its sender's or its archive's. */
  id: string
  /** Another device of ours says it. */
  own: boolean
  /** Who in a group has read it. */
  nick: string | null
}

/** What a newer decoder makes of a message that was not understood. */
export interface DecodedAgain {
  id: MessageId
  decoder: number
  /** Still not all of it is understood. */
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

/** A message that the user has just written. */
export interface OutgoingMessage {
  conversation: ConversationId
  text: string
  originId: string
  sender: Jid
  /** ms */
  time: number
  /** The message that it answers. */
  reply?: MessageId | null
  link?: LinkMetadata | null
  /** It goes out encrypted end to end, or not at all. */
  encrypted?: boolean
  /** In the media folder. */
  attachments?: readonly NewAttachment[]
}

export interface RecordBatch {
  messages: IncomingMessage[]
  /** What is said among these messages of them and others; it counts when all of them are stored. */
  signs?: readonly MessageSign[]
  /** Who received them; where it is not given, whoever has their conversations, or the first account. */
  account?: Jid
  /** What storing these messages says of the archive they came from; stored in the same transaction. */
  archive: {
    jid: Jid
    /** Read and stored up to here. */
    lastId?: string
    /** What these messages come after in their archive, as it was asked for. */
    after?: string
    /** Whose message that is, where it is not the last one of these. */
    lastOf?: Jid
    hole?: ArchiveHole | null
  } | null
  /** The archive no longer has what we read last: all of this that is not here came since. */
  missed?: boolean
  /** 'live' and 'forward' stand after all that is stored of their conversation; 'backward' is older history. */
  order: 'live' | 'forward' | 'backward'
}

export interface StoreChanges {
  conversations: Conversation[]
  removedConversations: ConversationId[]
  messages: Message[]
  removed: { conversation: ConversationId; id: MessageId }[]
  /** Messages that were new, of those given. */
  added: number
  /** Conversations of which more has changed than is listed. */
  reread?: ConversationId[]
  /** Older history, which is no news. */
  old?: boolean
  /** What is to be done after encrypted messages were opened; `old`: in older history. */
  encryption?: EncryptionEffects & { old: boolean }
  /** What else happened in groups. */
  notices?: (Notice & { conversation: ConversationId })[]
}

export interface ImportBatch {
  jid: Jid
  name: string
  rows: PackedRows
  /** Of the file that they come from. */
  format?: string
  /** The sender that is oneself. */
  self: string | null
}

/** A file that lies in the media folder. */
export type KeptFile = Pick<AttachmentRow, 'bytes' | 'width' | 'height'> & { stored: string }

export interface ImportChanges extends StoreChanges {
  /** Of the messages, as columns are. */
  ids: Float64Array
}

/** A device of somebody. */
export interface DeviceAddress {
  jid: Jid
  device: number
}

/** A device in the version in which there are sessions with it. */
export interface SessionAddress extends DeviceAddress {
  version: Version
}

/** What is to be done after messages were opened. */
export interface EncryptionEffects {
  account: Jid
  /** Sessions that others have begun: an empty message completes them. */
  begun: SessionAddress[]
  /** Sessions that opened nothing: they are begun anew. */
  broken: SessionAddress[]
  /** The bundles have changed. */
  bundle: boolean
}
