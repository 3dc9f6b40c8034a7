import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import type { Store } from '../../threads/store.ts'
import type { IncomingMessage, RecordBatch } from '../../store/types.ts'
import { Inbox } from './inbox.ts'

const ROOM = 'room@rooms.example.org' as Jid
const OTHER = 'other@rooms.example.org' as Jid
const message = (conversation: Jid, n: number): IncomingMessage => ({
  conversation,
  kind: 'group',
  sender: `${conversation}/a` as Jid,
  outgoing: false,
  text: String(n),
  time: n,
  stanzaId: `s${n}`,
  originId: null,
  replayed: false
})

test('a message that could not be stored holds back all later ones of its archive, until that was read again', async () => {
  const stored: string[] = []
  let full = false
  const record = (batch: RecordBatch): Promise<unknown> => {
    if (full && batch.archive?.jid === ROOM) return Promise.reject(new Error('database or disk is full'))
    stored.push(...batch.messages.map(({ conversation, text }) => `${conversation === ROOM ? '' : 'other '}${text}`))
    return Promise.resolve({})
  }
  const failed: Jid[] = []
  const inbox = new Inbox({ write: { record } } as unknown as Store, 'me@example.org' as Jid, () => undefined)
  inbox.on('failed', (archive) => failed.push(archive))
  inbox.add(ROOM, message(ROOM, 1))
  await inbox.idle()
  full = true
  inbox.add(ROOM, message(ROOM, 2))
  inbox.add(OTHER, message(OTHER, 1))
  inbox.add(ROOM, message(ROOM, 3))
  await inbox.idle()
  expect(failed).toEqual([ROOM])
  // there is space again, but the archive was not read yet
  full = false
  inbox.add(ROOM, message(ROOM, 4))
  inbox.add(OTHER, message(OTHER, 2))
  await inbox.idle()
  expect(stored).toEqual(['1', 'other 1', 'other 2'])
  inbox.release(ROOM)
  await inbox.idle()
  expect(stored).toEqual(['1', 'other 1', 'other 2', '2', '3', '4'])
})

test('receipts and markers follow their messages: at once, and again after held-back ones', async () => {
  const stored: string[] = []
  const record = ({ messages, acknowledgements = [] }: RecordBatch): Promise<unknown> =>
    Promise.resolve(stored.push([...messages.map(({ text }) => text), ...acknowledgements.map(({ id }) => `read ${id}`)].join()))
  const inbox = new Inbox({ write: { record } } as unknown as Store, 'me@example.org' as Jid, () => undefined)
  const read = (id: string): void => inbox.acknowledge(ROOM, { kind: 'displayed', conversation: ROOM, id, own: true, nick: null })
  inbox.add(ROOM, message(ROOM, 1))
  read('s1')
  await inbox.idle()
  inbox.park(ROOM)
  inbox.add(ROOM, message(ROOM, 2))
  read('s2')
  await inbox.idle()
  inbox.release(ROOM)
  await inbox.idle()
  expect(stored).toEqual(['1,read s1', 'read s2', '2,read s2'])
})

test('a receipt is sent only after the message is stored, and once, even if storing failed at first', async () => {
  const happened: string[] = []
  let full = true
  const record = (batch: RecordBatch): Promise<unknown> =>
    full ? Promise.reject(new Error('database or disk is full')) : Promise.resolve(happened.push(`stored ${batch.messages.map(({ text }) => text).join()}`))
  const inbox = new Inbox({ write: { record } } as unknown as Store, 'me@example.org' as Jid, () => undefined)
  for (const n of [1, 2]) inbox.add(ROOM, message(ROOM, n), () => happened.push(`told of ${n}`))
  await inbox.idle()
  expect(happened).toEqual([])
  full = false
  inbox.release(ROOM)
  await inbox.idle()
  expect(happened).toEqual(['stored 1,2', 'told of 1', 'told of 2'])
})

test('the position of a group’s archive does not advance to what is told before we have entered the group', async () => {
  const room = 'room@rooms.example.org' as Jid
  const marks: (string | undefined)[] = []
  const record = ({ archive }: RecordBatch): Promise<unknown> => {
    marks.push(archive?.lastId)
    return Promise.resolve({})
  }
  let isIn = false
  const inbox = new Inbox(
    { write: { record } } as unknown as Store,
    'me@example.org' as Jid,
    () => undefined,
    () => isIn
  )
  const told = (stanzaId: string): void => inbox.add(room, { conversation: room, kind: 'group', stanzaId } as IncomingMessage)
  told('late')
  // entered before it is stored
  isIn = true
  await inbox.idle()
  told('next')
  await inbox.idle()
  expect(marks).toEqual([undefined, 'next'])
})

test('an archive that is read without end holds back a limited number of messages; its position does not pass them', async () => {
  const stored: string[] = []
  const marks = new Set<string | undefined>()
  const record = ({ messages, archive }: RecordBatch): Promise<unknown> => {
    stored.push(...messages.map(({ text }) => text))
    marks.add(archive?.lastId)
    return Promise.resolve({})
  }
  const inbox = new Inbox({ write: { record } } as unknown as Store, 'me@example.org' as Jid, () => undefined)
  inbox.park(ROOM)
  for (let n = 1; n <= 5000; n++) inbox.add(ROOM, message(ROOM, n))
  await inbox.idle()
  expect(stored).toEqual([])
  for (let n = 5001; n <= 6000; n++) inbox.add(ROOM, message(ROOM, n))
  await inbox.idle()
  expect(stored).toEqual(Array.from({ length: 6000 }, (_, i) => String(i + 1)))
  expect([...marks]).toEqual([undefined])
  expect(inbox.unreadArchives).toEqual([ROOM])
  inbox.release(ROOM)
  inbox.add(ROOM, message(ROOM, 6001))
  await inbox.idle()
  expect([...marks]).toEqual([undefined, 's6001'])
})
