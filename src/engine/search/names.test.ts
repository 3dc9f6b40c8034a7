import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, storeFiles, temporaryFolder } from '../../../test/support/files.ts'
import { openReadable, type ReadableDB } from '../store/database.ts'
import type { Store } from '../threads/store.ts'
import { createNames } from './names.ts'

const folder = temporaryFolder()
let store: Store
let db: ReadableDB
let names: ReturnType<typeof createNames>['names']

const people = [
  '重庆小面',
  '欧阳娜娜',
  '李雷',
  '韩梅梅',
  '曾志伟',
  '单田芳',
  'Müller',
  'Jean-Luc Picard',
  '西安交通大学',
  '王小明 (Ming)',
  '産品組',
  '先生',
  'Alexandra'
]

beforeAll(async () => {
  store = await openStore(folder.path)
  for (const [i, name] of people.entries()) await store.write.ensureConversation({ jid: `p${i}@example.org` as Jid, kind: 'group', name, nick: null })
  db = openReadable(storeFiles(folder.path))
  ;({ names } = createNames(db))
})
afterAll(async () => {
  db.close()
  await store.close()
  folder[Symbol.dispose]()
})
const first = (text: string): string | undefined => names({ text, limit: 5 })[0]?.name

test.each([
  ['cq', '重庆小面'],
  ['zq', '重庆小面'],
  ['chongqing', '重庆小面'],
  ['zhongqing', '重庆小面'],
  ['chongq', '重庆小面'],
  ['重q', '重庆小面'],
  ['cqxm', '重庆小面'],
  ['xiaomian', '重庆小面'],
  ['oynn', '欧阳娜娜'],
  ['ouyang', '欧阳娜娜'],
  ['欧阳', '欧阳娜娜'],
  ['lilei', '李雷'],
  ['ll', '李雷'],
  ['han mei', '韩梅梅'],
  ['zengzhi', '曾志伟'],
  ['stf', '单田芳'],
  ['dtf', '单田芳'],
  ['xianjiao', '西安交通大学'],
  ['xajt', '西安交通大学'],
  ['xians', '先生'],
  ['muller', 'Müller'],
  ['picard', 'Jean-Luc Picard'],
  ['ming', '王小明 (Ming)'],
  ['wxm', '王小明 (Ming)'],
  ['产品', '産品組'],
  ['cpz', '産品組'],
  ['xandr', 'Alexandra'],
  ['p3@', '韩梅梅']
])('%s finds %s', (typed, name) => {
  expect(first(typed)).toBe(name)
})

test('only matching names are offered, and the ranges mark the match', () => {
  expect(names({ text: 'hongqing', limit: 5 })).toEqual([])
  expect(names({ text: 'qqq', limit: 5 })).toEqual([])
  expect(names({ text: '小面', limit: 5 })[0]?.ranges).toEqual([[2, 4]])
  expect(names({ text: 'nn', limit: 5 })[0]).toMatchObject({ name: '欧阳娜娜', ranges: [[2, 4]] })
})

test('among equal matches the most used comes first', async () => {
  await store.write.ensureConversation({ jid: 'll2@example.org' as Jid, kind: 'direct', name: '刘琳', nick: null })
  const { id } = (await store.read.conversationByJid('ll2@example.org'))!
  for (let i = 0; i < 3; i++) await store.write.used({ conversation: id, time: Date.now() })
  expect(first('ll')).toBe('刘琳')
  expect(first('')).toBe('刘琳')
})

test('senders of a group are found by any part of their names, without ourselves', async () => {
  const room = 'mentions@rooms.example.org' as Jid
  const { id } = await store.write.ensureConversation({ jid: room, kind: 'group', name: '', nick: 'me' })
  const said = ['王小明', 'Anna Schmidt', 'me', '重庆森林'].map((nick, i) => ({
    conversation: room,
    kind: 'group' as const,
    sender: `${room}/${nick}` as Jid,
    outgoing: nick === 'me',
    text: 'hi',
    time: 1000 * i,
    stanzaId: `s${i}`,
    originId: null,
    replayed: false
  }))
  await store.write.record({ messages: said, archive: null, order: 'live' })
  const found = async (text: string): Promise<string[]> => (await store.find.occupants({ conversation: id, text, limit: 5 })).map(({ nick }) => nick)
  expect(await found('')).toEqual(['重庆森林', 'Anna Schmidt', '王小明'])
  expect(await found('wxm')).toEqual(['王小明'])
  expect(await found('schm')).toEqual(['Anna Schmidt'])
  expect(await found('cqsl')).toEqual(['重庆森林'])
  expect(await found('me')).toEqual([])
  expect(await store.find.occupants({ conversation: 99_999 as never, text: '', limit: 5 })).toEqual([])
})
