/** Demo: a history to search, and people to chat with on a private server, all on this machine. */
import { join } from 'node:path'
import type { AccountSettings, Jid } from '../contract/domain.ts'
import type { Engine } from '../engine/engine.ts'
import { address, CAST, GROUPS, room, YOU } from './cast.ts'
import { generateHistory, unreadFrom } from './history.ts'
import { invitePeople, PASSWORD, settingsFor } from './people.ts'
import { hasProsody, startProsody } from './prosody.ts'

export const HISTORY = 20_000
const BATCH = 1000
const own = address(YOU.user) as Jid

export interface Demo {
  /** True if there is a server to chat through. */
  live: boolean
  /** Address of the user. */
  own: Jid
  account: AccountSettings | null
  stop(): Promise<void>
}

/** Fills the store on its first run and starts the server if available. `offline`: starts no server. */
export async function startDemo(folder: string, engine: Engine, offline = false): Promise<Demo> {
  await seed(engine)
  if (offline || !hasProsody()) return { live: false, own, account: null, stop: () => Promise.resolve() }
  const everyone = Object.fromEntries(CAST.map(({ user, name }) => [address(user), name]))
  const people = [{ ...YOU, roster: everyone }, ...CAST.map(({ user }) => ({ user, password: PASSWORD, roster: { [address(YOU.user)]: 'You' } }))]
  // members know each other's addresses, so that a person has one picture and one colour everywhere
  const server = await startProsody(join(folder, 'prosody'), people, { groupSettings: 'muc_room_default_public_jids = true' })
  const dismiss = await invitePeople(server)
  return {
    live: true,
    own,
    account: settingsFor(server, YOU.user, YOU.password),
    async stop() {
      await dismiss()
      await server.stop()
    }
  }
}

async function seed(engine: Engine): Promise<void> {
  const { store } = engine
  if ((await store.read.conversations()).some((conversation) => conversation.last !== null)) return
  await store.write.saveContacts({
    account: own,
    contacts: CAST.map(({ user, name }) => ({ jid: address(user), name, subscription: 'both' as const })),
    complete: false
  })
  for (const group of GROUPS)
    await store.write.ensureConversation({ account: own, jid: room(group.user) as Jid, kind: 'group', name: group.name, nick: YOU.user })
  const history = generateHistory(HISTORY, Date.now())
  for (let at = 0; at < history.length; at += BATCH)
    await store.write.record({ account: own, messages: history.slice(at, at + BATCH), archive: null, order: 'live' })
  // most of it was read long ago
  const from = unreadFrom(history)
  for (const conversation of await store.read.conversations()) {
    const page = await store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 30 })
    const read = page.messages.findLast((message) => message.outgoing || message.time < (from.get(conversation.jid) ?? Infinity))
    if (read !== undefined) await store.write.markRead({ conversation: conversation.id, upTo: read.id })
  }
}
