import { expect, test } from 'vitest'
import type { GroupMember, GroupReader, Jid, MessageId } from '../../contract/domain.ts'
import { groupReaders, MOST_READERS, parted } from './group-readers.ts'

const member = (name: string, change: Partial<GroupMember> = {}): GroupMember => ({
  nick: name,
  name,
  jid: `${name}@x.org` as Jid,
  role: 'participant',
  affiliation: 'member',
  own: false,
  here: true,
  ...change
})
const seen = (nick: string, upTo: number, person: string | null = `${nick}@x.org`): GroupReader => ({
  nick,
  name: nick,
  person: person as Jid | null,
  upTo: upTo as MessageId
})
const at = (id: number) => id as MessageId

test('members are counted by address, also if absent or renamed; the user and banned people are not counted', () => {
  const readers = groupReaders(
    'room@x.org',
    [
      member('bob'),
      member('carol', { nick: null, here: false }),
      member('dave', { nick: 'd2' }),
      member('me', { own: true }),
      member('eve', { affiliation: 'outcast' })
    ],
    [seen('bob', 5), seen('carol', 7), seen('dave', 3), seen('eve', 9)]
  )
  expect(readers?.map(({ name, upTo }) => `${name} ${upTo}`)).toEqual(['bob 5', 'carol 7', 'dave 3'])
  expect(parted(readers ?? [], at(5))).toMatchObject({ read: [{ name: 'bob' }, { name: 'carol' }], unread: [{ name: 'dave' }] })
})

test("without addresses, members are counted by nickname, but not by one that was another person's", () => {
  const hidden = groupReaders('room@x.org', [member('bob', { jid: null })], [seen('bob', 5, null)])
  expect(hidden).toEqual([{ name: 'bob', address: 'room@x.org/bob', upTo: 5 }])
  expect(groupReaders('room@x.org', [member('bob')], [seen('bob', 5, 'mallory@x.org')])?.[0]?.upTo).toBe(0)
})

test('readers are unknown in a large group, or if nobody sends read markers', () => {
  expect(
    groupReaders(
      'room@x.org',
      Array.from({ length: MOST_READERS + 1 }, (_, i) => member(`p${i}`)),
      [seen('p1', 1)]
    )
  ).toBeNull()
  expect(groupReaders('room@x.org', [member('bob')], [])).toBeNull()
  expect(groupReaders('room@x.org', [member('me', { own: true })], [seen('bob', 1)])).toBeNull()
})
