/** Folders and archives with files of several chats and kinds: each is read, or named as left out. */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { temporaryFolder } from '../../../test/support/files.ts'
import { wholeHistory, type WholeHistory } from '../../../test/support/whole-history.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => (folder = temporaryFolder()))
afterEach(() => folder[Symbol.dispose]())

type Files = Record<string, string>
async function zipped(files: Files): Promise<string> {
  const archive = new ZipFile()
  for (const [path, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), path)
  archive.end()
  const path = join(folder.path, 'all.zip')
  await pipeline(archive.outputStream, createWriteStream(path))
  return path
}
function inFolder(files: Files): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder.path, 'all', path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, content)
  }
  return Promise.resolve(join(folder.path, 'all'))
}
const texts = ({ conversations }: WholeHistory): string[] =>
  Object.values(conversations)
    .flat()
    .map(({ text }) => text)
    .sort()

const iPhone = (name: string, text: string): string => `[31/12/2023, 21:15:10] ${name}: ${text}\n[31/12/2023, 21:16:00] Bo: ${text} too\n`
const telegram = (name: string, id: number, text: string): string =>
  JSON.stringify({
    name,
    type: 'personal_chat',
    id,
    messages: [{ id: 1, type: 'message', date: '2024-05-03T10:00:00', date_unixtime: '1714723200', from: name, from_id: `user${id}`, text }]
  })
const MEMOTRACE = `localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender
1,12,1,0,0,1714723200,,今天下班一起走吗,2024-05-03 16:00:00,赵六,zl,wxid_zl
2,12,1,0,1,1714723260,,走,2024-05-03 16:01:00,我,me,wxid_me
`
const chatlog = (name: string, ...said: [number, string][]): string =>
  JSON.stringify(
    said.map(([seconds, content]) => ({
      seq: seconds * 1000,
      time: new Date(seconds * 1000).toISOString(),
      talker: `wxid_${name}`,
      talkerName: name,
      isChatRoom: false,
      sender: `wxid_${name}`,
      senderName: name,
      isSelf: false,
      type: 1,
      subType: 0,
      content
    }))
  )

describe.each([
  ['a folder', inFolder],
  ['an archive', zipped]
])('in %s', (_, make) => {
  test('each chat beside _chat.txt is read', async () => {
    const whole = await wholeHistory(
      await make({ '_chat.txt': iPhone('Ann', 'one'), '_chat (1).txt': iPhone('Zed', 'two'), 'WhatsApp Chat with Cy.txt': iPhone('Cy', 'three') })
    )
    expect(texts(whole)).toEqual(['one', 'one too', 'three', 'three too', 'two', 'two too'])
    expect(Object.keys(whole.conversations)).not.toContain('_chat (1)')
    expect(whole.unread).toEqual([])
  })

  test.each([
    ['numbered', 'result (1).json', 'result2.json'],
    ['named by the user', 'Vera.json', 'sub/Kim.json'],
    ['beside the usual name', 'result.json', 'other.json']
  ])("Telegram's JSON is recognized by content: %s", async (__, one, other) => {
    const cut = telegram('Cut', 3, 'third').replace(/\]\}$/, ',{"id":2,"type":"mess')
    const whole = await wholeHistory(await make({ [one]: telegram('Vera', 1, 'first'), [other]: telegram('Kim', 2, 'second'), 'cut.json': cut }))
    expect(whole.format).toBe('telegram')
    expect(texts(whole)).toEqual(['first', 'second', 'third'])
    expect(whole.ids.toSorted()).toEqual(['telegram:1', 'telegram:2', 'telegram:3'])
    expect(whole.unread).toEqual([expect.stringMatching(/^cut: .*cut\.json/)])
  })

  test('chats of different people in two formats of one app are both read', async () => {
    const whole = await wholeHistory(await make({ '赵六.csv': MEMOTRACE, '韩梅梅.json': chatlog('韩梅梅', [1714723200, '你好'], [1714723300, '走']) }))
    expect(texts(whole)).toEqual(['今天下班一起走吗', '你好', '走', '走'].sort())
    expect(whole.unread).toEqual([])
  })

  test('of the same chat in two formats each message is read once, also those that only the second has', async () => {
    const whole = await wholeHistory(
      await make({ '赵六.csv': MEMOTRACE, '赵六-new.json': chatlog('赵六', [1714723200, '今天下班一起走吗'], [1714723260, '走'], [1714809600, '到家了']) })
    )
    expect(texts(whole)).toEqual(['今天下班一起走吗', '到家了', '走'].sort())
    expect(whole.unread).toEqual([expect.stringMatching(/^copy: .*赵六/)])
  })

  test('a table of the same name as a chat is read if its messages are others', async () => {
    const whole = await wholeHistory(await make({ 'Ann.txt': iPhone('Ann', 'one'), 'Ann.csv': 'time,sender,text\n2024-05-03 10:00:00,Ann,from a table\n' }))
    expect(texts(whole)).toEqual(['from a table', 'one', 'one too'])
  })

  test('files without chats and tables with unclear columns are named', async () => {
    const whole = await wholeHistory(
      await make({
        'Ann.txt': iPhone('Ann', 'IMG-1.pdf (file attached)'),
        'IMG-1.pdf': 'attached',
        'photo.jpg': 'a picture',
        'odd.csv': 'Datum;Xyz;Qrs\n13.05.2024 21:05;Ann;hi\n14.05.2024 21:05;Ann;ho\n',
        'notes.txt': 'we met and left\nand came back\n',
        'other.json': '{"something":1}',
        'heading.csv': 'time,sender,text\n',
        'tool.bin': '\0\x01\x02'
      })
    )
    expect(whole.unread.map((line) => line.replace(/all(?:\.zip)?\//, '')).sort()).toEqual([
      'columns: odd.csv',
      'other: heading.csv',
      'other: notes.txt',
      'other: other.json',
      'other: photo.jpg',
      'other: tool.bin'
    ])
  })

  test('tables with unclear columns alone are refused for their columns, not as no chats', async () => {
    const odd = 'Datum;Xyz;Qrs\n13.05.2024 21:05;Ann;hi\n14.05.2024 21:05;Ann;ho\n'
    await expect(wholeHistory(await make({ 'odd.csv': odd }))).rejects.toMatchObject({ reason: 'columns' })
    await expect(wholeHistory(await make({ 'odd.csv': odd, 'odd2.csv': odd }))).rejects.toMatchObject({ reason: 'columns' })
  })
})

test.each([
  ['WhatsApp Chat with Ann.txt', 'WhatsApp Chat with Ann (1).txt'],
  ['Ann.txt', 'Ann - Copy.txt'],
  ['Ann.txt', 'Ann 副本.txt']
])('of %s and %s, a later export of the same chat, each message is read once', async (early, late) => {
  const chat = (texts: readonly string[]): string =>
    texts.map((text, index) => `31/05/2024, 09:3${index} - ${index % 2 === 0 ? 'Ann' : 'Bo'}: ${text}\n`).join('')
  const whole = await wholeHistory(await inFolder({ [early]: chat(['hi', 'ho', 'hu']), [late]: chat(['hi', 'ho', 'hu', 'later']) }))
  expect(texts(whole)).toEqual(['hi', 'ho', 'hu', 'later'])
  expect(whole.unread).toMatchObject([expect.stringMatching(/^copy: /)])
})

test('pictures that no message names are named as left out, parts of pages are not', async () => {
  const whole = await wholeHistory(
    await inFolder({ 'Ann.txt': iPhone('Ann', 'one'), 'Media/deep/IMG-1.jpg': 'picture', 'images/back.png': 'x', 'photos/a_thumb.jpg': 'x' })
  )
  expect(whole.unread).toEqual([expect.stringMatching(/^other: .*Media\/deep\/IMG-1\.jpg$/)])
})
