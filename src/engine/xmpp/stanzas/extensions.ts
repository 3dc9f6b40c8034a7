/** Message extensions that are read. A namespace in no list is not understood: such a message is stored as received (unknown.ts). */
import { LIST_NODES, NAMESPACES } from '../omemo/elements.ts'
import { NS } from './namespaces.ts'

/** Specification, and the features announced for it. */
export interface Extension {
  /** Number of the document: 'XEP-0280', 'RFC 6121'. */
  readonly id: string
  readonly name: string
  /** Features for XEP-0030; one that ends with '+notify' subscribes to a node of our contacts (XEP-0163 section 4.3.2). */
  readonly features?: readonly string[]
  /** Namespaces of message elements that it understands. */
  readonly understands?: readonly string[]
}

/** Extensions read by decodeMessage and decodeAcknowledgements. */
export const PAYLOADS: readonly Extension[] = [
  { id: 'RFC 6121', name: 'Instant Messaging and Presence' },
  { id: 'XEP-0045', name: 'Multi-User Chat', features: [NS.muc], understands: [NS.muc, NS.mucUser] },
  { id: 'XEP-0066', name: 'Out of Band Data', features: [NS.outOfBand], understands: [NS.outOfBand] },
  { id: 'XEP-0080', name: 'User Location', understands: [NS.geoloc] },
  { id: 'XEP-0085', name: 'Chat State Notifications', features: [NS.chatStates], understands: [NS.chatStates] },
  { id: 'XEP-0103', name: 'URL Address Information', understands: [NS.urlData] },
  { id: 'XEP-0172', name: 'User Nickname', features: [`${NS.nick}+notify`], understands: [NS.nick] },
  { id: 'XEP-0184', name: 'Message Delivery Receipts', features: [NS.receipts], understands: [NS.receipts] },
  { id: 'XEP-0203', name: 'Delayed Delivery', understands: [NS.delay] },
  { id: 'XEP-0249', name: 'Direct MUC Invitations', features: [NS.conference], understands: [NS.conference] },
  { id: 'XEP-0264', name: 'Jingle Content Thumbnails', understands: [NS.thumbnails] },
  { id: 'XEP-0300', name: 'Use of Cryptographic Hash Functions', understands: [NS.hashes] },
  { id: 'XEP-0308', name: 'Last Message Correction', features: [NS.correction], understands: [NS.correction] },
  { id: 'XEP-0333', name: 'Displayed Markers', features: [NS.chatMarkers], understands: [NS.chatMarkers] },
  { id: 'XEP-0334', name: 'Message Processing Hints', understands: [NS.hints] },
  { id: 'XEP-0359', name: 'Unique and Stable Stanza IDs', features: [NS.stableId], understands: [NS.stableId] },
  { id: 'XEP-0372', name: 'References', understands: [NS.references] },
  { id: 'XEP-0380', name: 'Explicit Message Encryption', understands: [NS.encryption] },
  { id: 'XEP-0384', name: 'OMEMO Encryption', features: Object.values(LIST_NODES).map((node) => `${node}+notify`), understands: Object.values(NAMESPACES) },
  { id: 'XEP-0393', name: 'Message Styling', understands: [NS.styling] },
  { id: 'XEP-0420', name: 'Stanza Content Encryption' },
  { id: 'XEP-0421', name: 'Occupant identifiers', understands: [NS.occupantId] },
  { id: 'XEP-0422', name: 'Message Fastening', understands: [NS.fasten] },
  { id: 'XEP-0424', name: 'Message Retraction', features: [NS.retraction, NS.oldRetraction], understands: [NS.retraction, NS.oldRetraction] },
  { id: 'XEP-0425', name: 'Moderated Message Retraction', understands: [NS.moderation, NS.oldModeration] },
  { id: 'XEP-0428', name: 'Fallback Indication', understands: [NS.fallback] },
  { id: 'XEP-0444', name: 'Message Reactions', features: [NS.reactions], understands: [NS.reactions] },
  { id: 'XEP-0446', name: 'File metadata element', understands: [NS.fileMetadata] },
  { id: 'XEP-0447', name: 'Stateless file sharing', features: [NS.fileSharing], understands: [NS.fileSharing] },
  { id: 'XEP-0461', name: 'Message Replies', features: [NS.replies], understands: [NS.replies] },
  { id: 'XEP-0511', name: 'Link Metadata', understands: [NS.openGraph, NS.rdf] }
]

/** Namespaces understood by all of them. */
export const understood = (extensions: readonly Extension[]): ReadonlySet<string> => new Set(extensions.flatMap(({ understands = [] }) => understands))
