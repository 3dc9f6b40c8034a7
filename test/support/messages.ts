/** Incoming messages as the store takes them, and stored ones. */
import type { Jid, Message } from '../../src/contract/domain.ts'
import type { IncomingMessage } from '../../src/engine/store/types.ts'
import type { Store } from '../../src/engine/threads/store.ts'

export const ME = 'me@example.org' as Jid
export const BOB = 'bob@example.org' as Jid
export const ROOM = 'room@rooms.example.org' as Jid

/** Bob's message to me without any id, unless `more` says otherwise. */
export const incoming = (text: string, more: Partial<IncomingMessage> = {}): IncomingMessage => ({
  conversation: BOB,
  kind: 'direct',
  sender: BOB,
  outgoing: false,
  text,
  time: 1_700_000_000_000,
  stanzaId: null,
  originId: null,
  replayed: false,
  ...more
})

/** Place and sender of a group's message; our own nickname is 'me'. */
export const inGroup = (nick: string, group = ROOM): Partial<IncomingMessage> => ({
  conversation: group,
  kind: 'group',
  sender: `${group}/${nick}` as Jid,
  outgoing: nick === 'me'
})

/** Newest messages of a conversation, oldest first; none if it does not exist. */
export async function storedMessages(store: Store, jid: Jid = BOB, limit = 500): Promise<Message[]> {
  const conversation = await store.read.conversationByJid(jid)
  return conversation === null ? [] : (await store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit })).messages
}
