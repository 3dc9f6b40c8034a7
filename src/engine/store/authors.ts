/** Authors of messages and of their changes, and the proof that they are the same. Pure. */
import { bare } from '../../contract/address.ts'
import type { Conversation } from '../../contract/domain.ts'
import type { MessageRow } from './tables/message-row.ts'
import { SELF, type IncomingMessage } from './types.ts'

export type Author = Pick<MessageRow, 'sender' | 'occupant' | 'outgoing'>
/** True if two items have one author: by the occupant ids of the group, else by the address, which in a group is a nickname. */
export const isSame = (a: Author, b: Author): boolean =>
  a.outgoing === b.outgoing && (a.outgoing === 1 || (a.occupant !== null && b.occupant !== null ? a.occupant === b.occupant : a.sender === b.sender))

/**
 * True if a change provably comes from the message's author. A nickname proves nothing: in a group both need the same occupant id, or the group has to show
 * that it is one person (`occupant`).
 */
export function isProven(message: Author, change: Author, conversation: Pick<Conversation, 'jid' | 'kind'>): boolean {
  if (message.outgoing !== change.outgoing) return false
  if (conversation.kind === 'direct' && (message.outgoing === 1 || bare(conversation.jid) === conversation.jid)) return true
  if (message.outgoing === 1) return change.occupant !== null && (message.occupant === null || change.occupant === SELF || message.occupant === change.occupant)
  return message.occupant !== null && message.occupant === change.occupant
}
export const authorOf = ({ sender, occupant = null, outgoing }: IncomingMessage): Author => ({ sender, occupant, outgoing: outgoing ? 1 : 0 })
export const idsIn = ({ originId, messageId = null, stanzaId }: IncomingMessage): (string | null)[] =>
  [originId, messageId, stanzaId].filter((id) => id !== null)
export const isChange = ({ change }: IncomingMessage): boolean => change !== undefined && change !== null
