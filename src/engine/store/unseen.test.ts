/** Unread mentions, own messages with new reactions, and real addresses of group occupants. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Conversation, Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import { incoming, inGroup, ROOM } from '../../../test/support/messages.ts'
import type { Store } from '../threads/store.ts'
import type { IncomingMessage, RecordBatch } from './types.ts'

let folder: ReturnType<typeof temporaryFolder>
let store: Store
let clock = 1_700_000_000_000

beforeEach(async () => {
  folder = temporaryFolder()
  store = await openStore(folder.path)
  await store.write.ensureConversation({ jid: ROOM, kind: 'group', name: 'room', nick: 'me' })
})
afterEach(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

const message = (text: string, id: string, nick = 'carol', more: Partial<IncomingMessage> = {}): IncomingMessage =>
  incoming(text, { ...inGroup(nick), time: (clock += 1000), stanzaId: `archive-${id}`, originId: id, ...more })
const reaction = (target: string, text: string, id: string, nick = 'carol'): IncomingMessage =>
  message(text, id, nick, { change: { kind: 'reactions', target } })
const record = (messages: IncomingMessage[], order: RecordBatch['order'] = 'live') => store.write.record({ messages, archive: null, order })
async function room(): Promise<Conversation> {
  const conversation = await store.read.conversationByJid(ROOM)
  if (conversation === null) throw new Error('no room')
  return conversation
}
const unseen = async () => store.read.unseen((await room()).id)

test('mentions count until they are read; a retracted one no longer counts', async () => {
  await record([
    message('@me look', 'a'),
    message('nothing', 'b'),
    message('me too', 'c', 'carol', { occupant: 'occ-carol' }),
    message('to all', 'd', 'carol', { mentioned: true })
  ])
  expect(await room()).toMatchObject({ unread: 4, mentions: 3 })
  const { mentions } = await unseen()
  expect(await Promise.all(mentions.map(async (id) => (await store.read.message(id))?.text))).toEqual(['@me look', 'me too', 'to all'])
  await record([message('', 'e', 'carol', { occupant: 'occ-carol', change: { kind: 'retraction', target: 'archive-c' } })])
  expect((await unseen()).mentions).toEqual([mentions[0], mentions[2]])
  await store.write.markRead({ conversation: (await room()).id, upTo: mentions[0]! })
  expect((await unseen()).mentions).toEqual([mentions[2]])
  await store.write.markRead({ conversation: (await room()).id, upTo: mentions[2]! })
  expect(await room()).toMatchObject({ mentions: 0 })
})

test('a reaction to an own message is new until it is seen or retracted; reactions from old history or to others are not', async () => {
  await record([message('mine', 'm', 'me'), message('hers', 'h')])
  await record([reaction('archive-h', '👍', 'r1', 'dave'), reaction('archive-m', '🎉', 'r2', 'me')])
  expect(await room()).toMatchObject({ reactions: 0 })
  await record([reaction('archive-m', '👍', 'r3')])
  expect(await room()).toMatchObject({ reactions: 1 })
  const [id] = (await unseen()).reactions
  expect((await store.read.message(id!))?.text).toBe('mine')
  await record([reaction('archive-m', '', 'r4')])
  expect((await unseen()).reactions).toEqual([])
  await record([reaction('archive-m', '❤️', 'r5')])
  // reading further down does not mark it as seen
  await store.write.markRead({ conversation: (await room()).id, upTo: id!, seen: { from: id! + 1, to: id! + 9 } })
  expect(await room()).toMatchObject({ reactions: 1 })
  await store.write.markRead({ conversation: (await room()).id, upTo: id!, seen: { from: id!, to: id! } })
  expect(await room()).toMatchObject({ reactions: 0 })
  await record([reaction('archive-m', '', 'r5b'), reaction('archive-m', '🎈', 'r5c')])
  await store.write.markRead({ conversation: (await room()).id, upTo: id! })
  expect(await room()).toMatchObject({ reactions: 0 })
  await record([reaction('archive-m', '👀', 'r6', 'dave')], 'backward')
  expect(await room()).toMatchObject({ reactions: 0 })
  // the reaction disappears with its message
  await record([reaction('archive-m', '👍', 'r7', 'erin')])
  expect(await room()).toMatchObject({ reactions: 1 })
  await store.write.remove([id!])
  expect(await room()).toMatchObject({ reactions: 0 })
})

test('a group occupant has the roster name, by nickname or occupant id; a nickname used by two people has none', async () => {
  const bob = 'bob@example.org' as Jid
  await store.write.saveContacts({ contacts: [{ jid: bob, name: 'Robert', subscription: 'both' }], complete: true })
  await record([
    message('hi', 'a', 'bobby'),
    message('mine', 'm', 'me'),
    message('stamped', 's', 'other', { occupant: 'occ-1' }),
    message('answer', 'q', 'carol', { replyTo: 'archive-a' })
  ])
  await record([reaction('archive-m', '👍', 'r1', 'bobby')])
  const all = async () => (await store.read.page({ conversation: (await room()).id, anchor: { kind: 'newest' }, limit: 10 })).messages
  expect((await all()).map(({ senderName, person }) => [senderName, person])).toEqual([
    ['bobby', null],
    ['me', null],
    ['other', null],
    ['carol', null]
  ])
  const changes = await store.write.meetOccupants({
    group: ROOM,
    people: [
      { nick: 'bobby', occupant: null, jid: bob },
      { nick: 'x', occupant: 'occ-1', jid: bob }
    ]
  })
  expect(changes.reread).toEqual([(await room()).id])
  expect((await all()).map(({ senderName, person }) => [senderName, person])).toEqual([
    ['Robert', bob],
    ['me', null],
    ['Robert', bob],
    ['carol', null]
  ])
  expect((await all())[1]?.reactions).toMatchObject([{ names: ['Robert'] }])
  expect((await all())[3]?.reply).toMatchObject({ senderName: 'Robert', person: bob })
  expect((await store.find.search({ query: 'from:robert', limit: 5 })).hits.map(({ message: { text } }) => text)).toEqual(['hi'])
  // repeated data changes nothing
  expect((await store.write.meetOccupants({ group: ROOM, people: [{ nick: 'bobby', occupant: null, jid: bob }] })).reread).toBeUndefined()
  await store.write.meetOccupants({ group: ROOM, people: [{ nick: 'bobby', occupant: null, jid: 'mallory@example.org' as Jid }] })
  expect((await all())[0]).toMatchObject({ senderName: 'bobby', person: null })
  expect((await all())[2]).toMatchObject({ senderName: 'Robert' })
})

test('messages read on another device are read here, wherever own messages stood before the archive was read', async () => {
  const own = fc.record({ own: fc.constant(true), typed: fc.nat(20) })
  const theirs = fc.record({ own: fc.constant(false), live: fc.boolean() })
  let round = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(own, theirs), { minLength: 2, maxLength: 14 }), fc.nat(14), async (archive, read) => {
      const jid = `room${round++}@rooms.example.org` as Jid
      const { id } = await store.write.ensureConversation({ jid, kind: 'group', name: 'room', nick: 'me' })
      const name = (i: number): string => `${jid}-${i}`
      const told = (i: number): IncomingMessage => ({
        ...message(name(i), name(i), archive[i]!.own ? 'me' : 'carol'),
        conversation: jid,
        sender: `${jid}/${archive[i]!.own ? 'me' : 'carol'}` as Jid
      })
      // own messages in their typing order, while some of the others arrived live and were read
      const typed = archive.flatMap((one, i) => (one.own ? [{ at: one.typed, i }] : [])).sort((a, b) => a.at - b.at)
      const live = archive.flatMap((one, i) => (!one.own && one.live ? [i] : []))
      for (let step = 0; step <= 20; step++) {
        for (const { at, i } of typed)
          if (at === step)
            await store.write.queueMessage({ conversation: id, text: name(i), originId: name(i), sender: `${jid}/me` as Jid, time: (clock += 1000) })
        const next = step % 2 === 0 ? live.shift() : undefined
        if (next !== undefined) await record([told(next)])
        const last = step === read ? (await store.read.conversation(id))?.last : null
        if (last) await store.write.markRead({ conversation: id, upTo: last.id })
      }
      const newest = archive.findLastIndex((one) => !one.own)
      await store.write.record({ messages: archive.map((_, i) => told(i)), archive: null, order: 'forward' })
      if (newest < 0) return
      const mark = { kind: 'displayed', conversation: jid, id: `archive-${name(newest)}`, own: true, nick: null } as const
      await store.write.record({ messages: [], acknowledgements: [mark], archive: null, order: 'live' })
      expect((await store.read.conversation(id))?.unread).toBe(0)
    }),
    { numRuns: 60 }
  )
})
