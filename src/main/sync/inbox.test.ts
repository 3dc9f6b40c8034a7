import { expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import type { Store } from '../store/store.ts'
import type { IncomingMessage, RecordBatch } from '../store/types.ts'
import { Inbox } from './inbox.ts'

const ROOM = 'room@rooms.example.org' as Jid
const OTHER = 'other@rooms.example.org' as Jid
const message = (conversation: Jid, n: number): IncomingMessage => ({ conversation, kind: 'group', sender: `${conversation}/a` as Jid, outgoing: false, text: String(n), time: n, stanzaId: `s${n}`, originId: null, replayed: false })

test('what could not be stored holds back all that follows it of its archive, until that was read again', async () => {
  const stored: string[] = []
  let full = false
  const record = (batch: RecordBatch): Promise<unknown> => {
    if (full && batch.archive?.jid === ROOM) return Promise.reject(new Error('database or disk is full'))
    stored.push(...batch.messages.map(({ conversation, text }) => `${conversation === ROOM ? '' : 'other '}${text}`))
    return Promise.resolve({})
  }
  const failed: Jid[] = []
  const inbox = new Inbox({ write: { record } } as unknown as Store, 'me@example.org' as Jid, () => undefined, (archive) => failed.push(archive))
  inbox.add(ROOM, message(ROOM, 1))
  await inbox.idle()
  full = true
  inbox.add(ROOM, message(ROOM, 2))
  inbox.add(OTHER, message(OTHER, 1))
  inbox.add(ROOM, message(ROOM, 3))
  await inbox.idle()
  expect(failed).toEqual([ROOM])
  // there is room again, but the archive was not read yet
  full = false
  inbox.add(ROOM, message(ROOM, 4))
  inbox.add(OTHER, message(OTHER, 2))
  await inbox.idle()
  expect(stored).toEqual(['1', 'other 1', 'other 2'])
  inbox.release(ROOM)
  await inbox.idle()
  expect(stored).toEqual(['1', 'other 1', 'other 2', '2', '3', '4'])
})
