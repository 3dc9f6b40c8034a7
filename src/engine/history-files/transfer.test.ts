/** Import of other messengers' files, written here after their published formats, and export. */
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import iconv from 'iconv-lite'
import { ZipFile } from 'yazl'
import { corpus, hasCorpus, temporaryFolder } from '../../../test/support/files.ts'
import { IN_PROCESS, openEngine } from '../../../test/support/server.ts'
import type { Engine } from '../engine.ts'
import type { ImportTask } from './import.ts'

let folder: ReturnType<typeof temporaryFolder>
let engine: Engine
beforeEach(async () => {
  folder = temporaryFolder()
  engine = await openEngine(join(folder.path, 'profile'), undefined, false, IN_PROCESS)
})
afterEach(async () => {
  await engine.close()
  folder[Symbol.dispose]()
})

const at = (name: string): string => join(folder.path, name)
function file(name: string, content: string | object): string {
  mkdirSync(dirname(at(name)), { recursive: true })
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content))
  return at(name)
}
async function zip(name: string, entries: Record<string, string | Buffer>): Promise<string> {
  const archive = new ZipFile()
  for (const [path, content] of Object.entries(entries)) archive.addBuffer(Buffer.from(content), path)
  archive.end()
  await pipeline(archive.outputStream, createWriteStream(at(name)))
  return at(name)
}
const bring = (path: string, change: Partial<ImportTask> = {}) =>
  engine.transfer.import({ path, format: null, self: null, names: {}, conversation: null, ...change })
/** 'sender: text' of a conversation, oldest first. */
async function stored(name: string): Promise<string[]> {
  const conversation = (await engine.store.read.conversations()).find((one) => one.name === name)
  if (conversation === undefined) return []
  const { messages } = await engine.store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 200 })
  return messages.map(
    (message) =>
      `${message.outgoing ? '*' : ''}${message.senderName}: ${[...message.attachments.map((one) => `[${one.kind} ${one.name}${one.where === 'here' ? '' : ' missing'}]`), message.text].filter((part) => part !== '').join(' ')}${message.edited ? ' (edited)' : ''}`
  )
}
const times = async (name: string): Promise<string[]> => {
  const conversation = (await engine.store.read.conversations()).find((one) => one.name === name)!
  return (await engine.store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 200 })).messages.map((message) =>
    new Date(message.time).toString().slice(4, 24)
  )
}
const count = async (query: string): Promise<number | null> => (await engine.store.find.search({ query, limit: 0, total: true })).total
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

test.each([
  [
    '12 hours, American',
    '12/31/23, 9:15\u202fPM - Alice: Happy new year\n1/1/24, 12:05\u202fAM - Bob: you too',
    ['Dec 31 2023 21:15:00', 'Jan 01 2024 00:05:00']
  ],
  ['24 hours, European', '31/12/2023, 21:15 - Alice: Happy new year\n01/01/2024, 00:05 - Bob: you too', ['Dec 31 2023 21:15:00', 'Jan 01 2024 00:05:00']],
  ['iPhone', '\u200e[31/12/2023, 21:15:03] Alice: Happy new year\n[01/01/2024, 00:05:59] Bob: you too', ['Dec 31 2023 21:15:03', 'Jan 01 2024 00:05:59']],
  ['iPhone, 12 hours', '[12/31/23, 9:15:03 PM] Alice: Happy new year\n[1/1/24, 12:05:59 AM] Bob: you too', ['Dec 31 2023 21:15:03', 'Jan 01 2024 00:05:59']],
  ['German', '31.12.23, 21:15 - Alice: Happy new year\n01.01.24, 00:05 - Bob: you too', ['Dec 31 2023 21:15:00', 'Jan 01 2024 00:05:00']],
  ['Chinese', '2023/12/31 下午9:15 - Alice: Happy new year\n2024/1/1 上午12:05 - Bob: you too', ['Dec 31 2023 21:15:00', 'Jan 01 2024 00:05:00']],
  ['Chinese iPhone', '[2023/12/31 下午9:15:03] Alice: Happy new year\n[2024/1/1 凌晨12:05:59] Bob: you too', ['Dec 31 2023 21:15:03', 'Jan 01 2024 00:05:59']],
  ['Chinese, in words', '2023年12月31日 晚上9:15 - Alice: Happy new year\n2024年1月1日 0:05 - Bob: you too', ['Dec 31 2023 21:15:00', 'Jan 01 2024 00:05:00']],
  [
    'order of day and month seen by time running forwards',
    '3/4/24, 10:00 - Alice: Happy new year\n4/4/24, 09:00 - Bob: you too',
    ['Apr 03 2024 10:00:00', 'Apr 04 2024 09:00:00']
  ]
])('WhatsApp, %s', async (_, text, expected) => {
  expect(await bring(file('WhatsApp Chat with Team.txt', text))).toMatchObject({ added: 2, known: 0 })
  expect(await stored('Team')).toEqual(['Alice: Happy new year', 'Bob: you too'])
  expect(await times('Team')).toEqual(expected)
})

test.each([
  ['<Media omitted>', '<Media omitted>'],
  ['\u200eimage omitted', '\u200edocument omitted'],
  ['<媒体文件已省略>', '<媒体文件已省略>'],
  ['图像已忽略', '文件已忽略']
])('files that come with a later export stand in for %s; nothing doubles, whichever comes first', async (picture, paper) => {
  const line = (minute: number, text: string): string => `2024/5/31 09:${minute} - 李四: ${text}`
  const without = [line(30, '看'), line(31, picture), line(31, picture), line(32, `${paper}\n报价`), line(33, '好')].join('\n')
  const withMedia = [
    line(30, '看'),
    line(31, 'IMG-20240531-WA0001.jpg (文件附件)'),
    line(31, 'IMG-20240531-WA0002.jpg (文件附件)'),
    line(32, 'a.pdf (文件附件)\n报价'),
    line(33, '好')
  ].join('\n')
  const files = { 'IMG-20240531-WA0001.jpg': PIXEL, 'IMG-20240531-WA0002.jpg': PIXEL, 'a.pdf': '%PDF' }
  const bare = file('与李四的 WhatsApp 聊天.txt', without)
  const full = await zip('与李四的 WhatsApp 聊天.zip', { '与李四的 WhatsApp 聊天.txt': withMedia, ...files })
  const named = file('names/与李四的 WhatsApp 聊天.txt', withMedia)
  const all = ['看', '[image IMG-20240531-WA0001.jpg]', '[image IMG-20240531-WA0002.jpg]', '[file a.pdf] 报价', '好'].map((text) => `李四: ${text}`)
  expect(await bring(bare)).toMatchObject({ added: 5, filled: 0 })
  expect(await count('has:file OR has:image')).toBe(3)
  expect(await count(`"${picture.replace(/[<>\u200e]/gu, '')}"`)).toBe(picture === paper ? 3 : 2)
  expect(await bring(full)).toMatchObject({ added: 0, known: 5, filled: 3 })
  expect(await stored('李四')).toEqual(all)
  expect(await count('报价')).toBe(1)
  expect(await count(`file:a.pdf`)).toBe(1)
  for (const path of [bare, full, named]) expect(await bring(path)).toMatchObject({ added: 0, known: 5, filled: 0 })
  expect(await stored('李四')).toEqual(all)
})

test('files that Telegram left out come with a later export, the other words of another phone add nothing', async () => {
  const GONE = '(File not included. Change data exporting settings to download.)'
  const telegram = (...files: object[]): object => ({
    name: 'Vera',
    type: 'personal_chat',
    id: 1,
    messages: files.map((one, index) => ({
      id: index,
      type: 'message',
      date_unixtime: String(1_717_147_800 + index),
      from: 'Vera',
      from_id: 'user1',
      text: '',
      ...one
    }))
  })
  await bring(file('bare/result.json', telegram({ photo: GONE }, { file: GONE, media_type: 'voice_message' }, { text: 'hi' })))
  expect(await stored('Vera')).toEqual(['Vera: [image Photo missing]', 'Vera: [voice Voice message missing]', 'Vera: hi'])
  expect([await count('has:image'), await count('has:voice')]).toEqual([1, 1])
  file('full/photos/photo_1.jpg', 'a picture')
  file('full/voice_messages/audio_1.ogg', 'a voice')
  const full = telegram({ photo: 'photos/photo_1.jpg' }, { file: 'voice_messages/audio_1.ogg', media_type: 'voice_message' }, { text: 'hi' })
  expect(await bring(file('full/result.json', full))).toMatchObject({ added: 0, known: 3, filled: 2 })
  expect(await stored('Vera')).toEqual(['Vera: [image photo_1.jpg]', 'Vera: [voice audio_1.ogg]', 'Vera: hi'])
  const line = (words: string): string => `31/05/2024, 09:30 - Ann: ${words}\n31/05/2024, 09:31 - Bo: hi\n31/05/2024, 09:31 - Ann: ho\n`
  await bring(file('WhatsApp Chat with Ann.txt', line('<Media omitted>')))
  expect(await bring(file('WhatsApp Chat mit Ann.txt', line('<Medien ausgeschlossen>')))).toMatchObject({ added: 0, known: 3, filled: 0 })
})

test('a later export under new names continues the conversation; another chat of the same people is another one', async () => {
  const chat = (name: string, texts: readonly string[], day = 31): string =>
    texts.map((text, index) => `${day}/05/2024, 09:${30 + index} - ${index % 2 === 0 ? name : 'Me'}: ${text}\n`).join('')
  const old = ['shall we go to Rome', 'yes in autumn', 'by train?', 'through the Alps', 'I book it', 'great']
  await bring(file('WhatsApp Chat with Ann.txt', chat('Ann', old)))
  expect(await bring(file('WhatsApp Chat with Anna Lee.txt', chat('Anna Lee', [...old, 'booked', 'wow'])))).toMatchObject({ added: 2, known: 6 })
  expect((await stored('Ann')).slice(-3)).toEqual(['*Me: great', 'Anna Lee: booked', '*Me: wow'])
  expect(await bring(file('WhatsApp Chat with Bea.txt', chat('Bea', ['hi', 'ho', 'x', 'y', 'z', 'a'])))).toMatchObject({ added: 6, known: 0 })
})

test('files missing in one export are added by a later one', async () => {
  const chat = '2024/5/31 09:31 - 李四: IMG-20240531-WA0001.jpg (文件附件)\n海边\n2024/5/31 09:32 - 李四: 好'
  await bring(file('与李四的 WhatsApp 聊天.txt', chat))
  expect(await stored('李四')).toEqual(['李四: [image IMG-20240531-WA0001.jpg missing] 海边', '李四: 好'])
  expect(await bring(await zip('与李四的 WhatsApp 聊天.zip', { '与李四的 WhatsApp 聊天.txt': chat, 'IMG-20240531-WA0001.jpg': PIXEL }))).toMatchObject({
    added: 0,
    known: 2,
    filled: 1
  })
  expect(await stored('李四')).toEqual(['李四: [image IMG-20240531-WA0001.jpg] 海边', '李四: 好'])
})

test('WhatsApp with media: lines, notices, edits, files; found by their names; not twice', async () => {
  const chat = [
    '2024/5/31 09:30 - 消息和通话已进行端到端加密。',
    '2024/5/31 09:30 - 张三: 第一行',
    '第二行: 有冒号',
    '',
    '2024/5/31 09:31 - 李四: IMG-20240531-WA0001.jpg (文件附件)',
    '海边的照片',
    '2024/5/31 09:32 - 张三: 报价单_final.pdf (file attached)',
    '2024/5/31 09:33 - 李四: 改过的话 <此消息已编辑>',
    '2024/5/31 09:33 - 李四: 好',
    '2024/5/31 09:33 - 李四: 好'
  ].join('\r\n')
  const path = await zip('与家人的 WhatsApp 聊天.zip', { '与家人的 WhatsApp 聊天.txt': chat, 'IMG-20240531-WA0001.jpg': PIXEL })
  const preview = await engine.transfer.preview(path, null)
  expect(preview).toMatchObject({
    format: 'whatsapp',
    notices: 1,
    people: [
      { name: '李四', messages: 4 },
      { name: '张三', messages: 2 }
    ],
    conversations: [{ name: '家人', messages: 6, files: 2 }]
  })
  expect(await engine.store.read.conversations()).toEqual([])
  expect(await bring(path, { self: '张三', names: { 李四: '四哥' } })).toMatchObject({ added: 6, notices: 1 })
  const messages = [
    '*张三: 第一行\n第二行: 有冒号',
    '四哥: [image IMG-20240531-WA0001.jpg] 海边的照片',
    '*张三: [file 报价单_final.pdf missing]',
    '四哥: 改过的话 (edited)',
    '四哥: 好',
    '四哥: 好'
  ]
  expect(await stored('家人')).toEqual(messages)
  expect(await count('报价单')).toBe(1)
  expect(await count('file:wa0001 has:image')).toBe(1)
  const [kept] = readdirSync(engine.transfer.media)
  expect(readFileSync(join(engine.transfer.media, kept ?? ''))).toEqual(PIXEL)
  expect(await bring(path, { self: '张三', names: { 李四: '四哥' } })).toMatchObject({ added: 0, known: 6 })
  expect(await stored('家人')).toEqual(messages)
})

test('Telegram: one chat or all, texts in pieces, media beside it', async () => {
  const message = { id: 1, type: 'message', date: '2024-05-31T09:30:00', date_unixtime: '1717119000', from: 'Anna', from_id: 'user1', text: '' }
  const chat = {
    name: 'Anna',
    type: 'personal_chat',
    id: 1,
    messages: [
      { ...message, text: ['see ', { type: 'link', text: 'https://example.org' }, ' and ', { type: 'bold', text: '粗体' }] },
      { id: 2, type: 'service', date: '2024-05-31T09:31:00', actor: 'Anna', action: 'phone_call', text: '' },
      { ...message, id: 3, date_unixtime: '1717119060', from: 'Me Myself', photo: 'photos/photo_1.png', text: 'look' },
      {
        ...message,
        id: 4,
        date_unixtime: '1717119120',
        file: '(File not included. Change data exporting settings to download.)',
        file_name: 'plan.docx',
        file_size: 1234,
        text: '',
        edited: '2024-05-31T10:00:00'
      },
      { ...message, id: 5, date_unixtime: '1717119180', file: 'voice_messages/audio_1.ogg', media_type: 'voice_message', text: '' }
    ]
  }
  const all = await zip('telegram.zip', {
    'ChatExport/result.json': JSON.stringify({
      personal_information: { first_name: 'Me', last_name: 'Myself' },
      chats: { list: [chat, { ...chat, name: '群', id: 2, messages: [{ ...message, from: null }] }] }
    }),
    'ChatExport/photos/photo_1.png': PIXEL
  })
  expect(await engine.transfer.preview(all, null)).toMatchObject({ format: 'telegram', self: 'Me Myself', notices: 1 })
  expect(await bring(all)).toMatchObject({ added: 5, conversations: 2 })
  expect(await stored('Anna')).toEqual([
    'Anna: see https://example.org and 粗体',
    '*Me Myself: [image photo_1.png] look',
    'Anna: [file plan.docx missing] (edited)',
    'Anna: [voice audio_1.ogg missing]'
  ])
  expect(await count('has:link')).toBe(1)
  expect(await bring(file('result.json', chat))).toMatchObject({ added: 0, known: 4 })
})

test('Slack: users, marks and days of an archive', async () => {
  const path = await zip('workspace.zip', {
    'users.json': JSON.stringify([
      { id: 'U1', name: 'wei', profile: { display_name: '小伟' } },
      { id: 'U2', name: 'ann', real_name: 'Ann Lee', profile: { display_name: '' } }
    ]),
    'channels.json': JSON.stringify([
      { id: 'C1', name: 'general' },
      { id: 'C2', name: 'empty' }
    ]),
    'general/2024-05-31.json': JSON.stringify([
      { type: 'message', user: 'U1', ts: '1717119000.000100', text: 'hi <@U2>, see <https://example.org|the page> &amp; <#C2|>' },
      { type: 'message', subtype: 'channel_join', user: 'U2', ts: '1717119001.000100', text: '<@U2> has joined' },
      {
        type: 'message',
        user: 'U2',
        ts: '1717119002.000100',
        text: 'done',
        edited: { ts: '1' },
        files: [{ name: 'notes.pdf', mimetype: 'application/pdf', size: 10 }]
      }
    ]),
    'general/2024-06-01.json': JSON.stringify([{ type: 'message', subtype: 'bot_message', username: 'CI', ts: '1717205400.0', text: 'green' }])
  })
  expect(await bring(path)).toMatchObject({ added: 3, notices: 1 })
  expect(await stored('#general')).toEqual([
    '小伟: hi @Ann Lee, see the page (https://example.org) & #empty',
    'Ann Lee: [file notes.pdf missing] done (edited)',
    'CI: green'
  ])
})

test('CSV, TSV and JSON lines, with and without a row of names', async () => {
  await bring(file('a.csv', '时间,发送者,内容,会话\n2024-05-31 09:30,张三,"你好, ""世界""\n第二行",同事\n2024-05-31 09:31,Bob,"x",同事\n'))
  expect(await stored('同事')).toEqual(['张三: 你好, "世界"\n第二行', 'Bob: x'])
  await bring(file('b.csv', 'Alice;2024-05-31T09:30:00Z;one; two\n'))
  expect(await stored('b')).toEqual(['Alice: one; two'])
  await bring(file('c.tsv', 'text\ttime\tfrom\nhello\t1717119000\tBob\n'))
  expect(await stored('c')).toEqual(['Bob: hello'])
  await bring(
    file(
      'd.jsonl',
      '{"sender":"Bob","time":"2024-05-31T09:30:00Z","text":"hi","conversation":"Bob"}\n\n{"sender":"Bob","time":1717149000000,"text":"","files":["x.png"],"conversation":"Bob"}\n'
    )
  )
  expect(await stored('Bob')).toEqual(['Bob: hi', 'Bob: [image x.png missing]'])
})

test.each([
  ['bad.jsonl', '{"text":"ok","ti\n{oops\n', /bad\.jsonl: 1: \{"text":"ok","ti/],
  ['bad.json', '{"messages": [\n1,\n}', /bad\.json: 0: 1/],
  ['bare.csv', 'time,sender,text\n', /no messages in it/],
  ['other.json', '{"something": 1}', /not a Telegram export/],
  ['half.json', JSON.stringify({ name: 'x', messages: [{ type: 'message', date: 'never', text: 'a' }] }), /times in it cannot be read/],
  ['bank.csv', 'account,amount,booked\nA,12,3\nB,13,4\n', /columns/],
  ['bad.zip', 'PK\u0003\u0004 but no archive', /cannot be read/]
])('%s is refused with its place, and changes nothing', async (name, content, message) => {
  await expect(bring(file(name, content))).rejects.toThrow(message)
  expect(await engine.store.read.conversations()).toEqual([])
})

/** Times in ISO format, by sender and text. */
async function history(path: string, change: Partial<ImportTask> = {}): Promise<string[]> {
  await bring(path, change)
  await engine.transfer.export({ path: at('out.jsonl'), format: 'jsonl', query: null, conversation: null, language: 'en' })
  return readFileSync(at('out.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { sender: string; time: string; text: string })
    .map(({ sender, time, text }) => `${new Date(time).toString().slice(4, 24)} ${sender}: ${text}`)
}

test.each([
  [
    'Korean',
    '2023년 12월 31일 오후 9:15, 지우 : 안녕\n2024년 1월 1일 오전 12:05, 하준 : 응',
    '2023. 12. 31. 오후 9:15 - 지우: 안녕\n2024. 1. 1. 오전 12:05 - 하준: 응'
  ],
  ['Arabic digits', '', '٣١/١٢/٢٠٢٣، ٩:١٥ م - ريم: مرحبا\n٠١/٠١/٢٠٢٤، ١٢:٠٥ ص - نور: أهلا'],
  ['Persian digits', '', '۳۱/۱۲/۲۰۲۳،‏ ۲۱:۱۵ - سارا: سلام\n۰۱/۰۱/۲۰۲۴،‏ ۰۰:۰۵ - مینا: خوبی'],
  ['Spanish', '', '31/12/23, 9:15\u00a0p.\u00a0m. - Lucía: hola\n1/1/24, 12:05\u00a0a.\u00a0m. - Mateo: feliz'],
  ['Japanese', '', '2023/12/31 午後9:15 - 花子: こんばんは\n2024/01/01 午前0:05 - 太郎: おめでとう'],
  ['Finnish', '', '31.12.2023 klo 21.15 - Aino: hei\n1.1.2024 klo 0.05 - Eero: moi'],
  ['Hindi', '', '31/12/23, 9:15 pm - मीरा: नमस्ते\n01/01/24, 12:05 am - रवि: हाँ'],
  ['old iPhones', '', '31/12/2023 21:15:00: Kit: hello\n01/01/2024 00:05:00: Lou: yes']
])('WhatsApp of other phones: %s', async (_, __, text) => {
  const lines = await history(file('WhatsApp Chat with Group of ours.txt', text))
  expect(lines.map((line) => line.slice(0, 17)).sort()).toEqual(['Dec 31 2023 21:15', 'Jan 01 2024 00:05'])
})

test.each([
  [
    'gb18030',
    iconv.encode('时间,发送者,内容\n2024-05-31 09:30,李雷,明天下午在办公室见面，别忘了带电脑\n', 'gb18030'),
    '李雷: 明天下午在办公室见面，别忘了带电脑'
  ],
  ['utf-16le without its mark', Buffer.from('time,sender,text\n2024-05-31 09:30,Ann,明天下午见\n', 'utf16le'), 'Ann: 明天下午见'],
  ['utf-16le', Buffer.from('\ufefftime,sender,text\n2024-05-31 09:30,Ann,明天见\n', 'utf16le'), 'Ann: 明天见'],
  ['utf-8 with its mark', Buffer.from('\ufefftime,sender,text\n2024-05-31 09:30,Ann,明天见\n'), 'Ann: 明天见']
])('a table in %s', async (_, bytes, expected) => {
  writeFileSync(at('t.csv'), bytes)
  expect(await history(at('t.csv'))).toEqual([`May 31 2024 09:30:00 ${expected}`])
})

test.each([
  [
    'day before month, by another row',
    'time,sender,text\n05/06/2024 09:00,Bo,b\n31/05/2024 21:15,Ann,a\n',
    ['May 31 2024 21:15:00 Ann: a', 'Jun 05 2024 09:00:00 Bo: b']
  ],
  [
    'points',
    'Datum;Absender;Nachricht\n03.04.2024 10:00;Ute;eins\n25.12.2024 11:00;Jan;zwei\n',
    ['Apr 03 2024 10:00:00 Ute: eins', 'Dec 25 2024 11:00:00 Jan: zwei']
  ],
  [
    'date and time apart',
    'date,time,sender,text\n2024-05-31,21:15,Ann,a\n2024-05-31,08:00,Bo,b\n',
    ['May 31 2024 08:00:00 Bo: b', 'May 31 2024 21:15:00 Ann: a']
  ],
  ['words', 'sender,time,text\nAnn,"31 May 2024, 9:15 PM",a\n', ['May 31 2024 21:15:00 Ann: a']],
  ['Chinese', '发送时间,昵称,消息内容\n2024年5月31日 下午9:15,小明,你好\n', ['May 31 2024 21:15:00 小明: 你好']],
  ['a line sep=', 'sep=;\ntime;sender;text\n2024-05-31 09:30;Ann;"a; b"\n', ['May 31 2024 09:30:00 Ann: a; b']],
  ['an array of objects', '[{"time":"2024-05-31T09:30","sender":"Ann","text":"a"},{"time":1717140660,"from":"Bo","message":"b"}]', null]
])('times and shapes of tables: %s', async (_, content, expected) => {
  const lines = await history(file(content.startsWith('[') ? 't.json' : 't.csv', content))
  if (expected === null) expect(lines).toHaveLength(2)
  else expect(lines).toEqual(expected)
})

test('an odd message never affects the rest, and skipped content is reported', async () => {
  const message = { id: 1, type: 'message', date_unixtime: '1717119000', from: 'Anna', from_id: 'user1', text: 'fine' }
  const path = file('result.json', {
    name: 'Anna',
    type: 'personal_chat',
    id: 9,
    messages: [
      message,
      7,
      { ...message, id: 2, text: { strange: true } },
      { ...message, id: 3, type: 'novel' },
      {
        ...message,
        id: 4,
        date_unixtime: '1717119060',
        file: null,
        photo: null,
        text: null,
        poll: { question: 'Where?', answers: [{ text: 'Ramen', voters: 2 }] }
      }
    ]
  })
  expect(await engine.transfer.preview(path, null)).toMatchObject({
    unread: [
      { kind: 'message', count: 1 },
      { kind: 'text', count: 1 },
      { kind: 'novel', count: 1 }
    ]
  })
  expect(await bring(path)).toMatchObject({ added: 2, unread: [{ count: 1 }, { count: 1 }, { count: 1 }] })
  expect(await count('ramen')).toBe(1)
  expect(await bring(file('bad.tsv', 'a\t2024-01-01\tok\nno tabs\n'))).toMatchObject({ added: 1, unread: [{ kind: 'row', count: 1 }] })
})

test('people may have names that every object inherits', async () => {
  const people = ['constructor', '__proto__', 'toString', 'valueOf']
  const path = file('inherited.csv', `time,sender,text\n${people.map((person, at) => `2024-05-31 09:3${at},${person},hello ${at}`).join('\n')}\n`)
  expect(await bring(path)).toMatchObject({ added: people.length })
  expect(await stored('inherited')).toEqual(people.map((person, at) => `${person}: hello ${at}`))
  // and may be renamed
  const other = file('renamed.csv', 'time,sender,text\n2024-05-31 10:00,__proto__,hi\n2024-05-31 10:01,constructor,ho\n')
  await bring(other, {
    names: Object.fromEntries([
      ['__proto__', 'Ann'],
      ['constructor', 'Bo']
    ])
  })
  expect(await stored('renamed')).toEqual(['Ann: hi', 'Bo: ho'])
})

test('an export of Mnemo read again is the same history, to the last flag', async () => {
  const line = (more: object): object => ({ conversation: 'Tea', sender: 'Ann', outgoing: false, time: '2024-05-31T09:30:00.000Z', text: 'hi', ...more })
  const lines = [
    line({}),
    line({ time: '2024-05-31T09:31:00.000Z', sender: 'Me', outgoing: true, text: 'own', edited: true }),
    line({ time: '2024-05-31T09:32:00.000Z', text: 'kept', pinned: true, starred: true }),
    line({ time: '2024-05-31T09:33:00.000Z', text: '@Me look', mention: true }),
    line({ time: '2024-05-31T09:34:00.000Z', text: '', retracted: true }),
    line({
      time: '2024-05-31T09:35:00.000Z',
      text: 'first',
      id: '1',
      reactions: [
        { sender: 'Bo', emoji: '👍' },
        { sender: 'Me', emoji: '❤️' }
      ]
    }),
    line({ time: '2024-05-31T09:36:00.000Z', sender: 'Bo', text: 'answer', replyTo: '1' }),
    line({ time: '2024-05-31T09:37:00.000Z', text: '', files: [{ name: 'a.pdf', kind: 'file', bytes: 3 }] }),
    { ...line({ conversationId: 'a' }), conversation: 'Bo', text: 'one Bo' },
    { ...line({ conversationId: 'b' }), conversation: 'Bo', text: 'another Bo' }
  ]
  const text = (list: readonly object[]): string => list.map((one) => `${JSON.stringify(one)}\n`).join('')
  await bring(file('all.jsonl', text(lines)))
  const out = async (name: string): Promise<string> => {
    await engine.transfer.export({ path: at(name), format: 'jsonl', query: null, conversation: null, language: 'en' })
    return readFileSync(at(name), 'utf8')
  }
  const told = await out('first.jsonl')
  const parsed = told
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one) as Record<string, unknown>)
  // ids are Mnemo's own
  const plain = (one: Record<string, unknown>): unknown => ({
    ...one,
    ...('id' in one ? { id: '1' } : {}),
    ...('replyTo' in one ? { replyTo: '1' } : {}),
    ...('conversationId' in one ? { conversationId: '' } : {})
  })
  const sorted = (list: readonly unknown[]): string[] =>
    list.map((one) => JSON.stringify(Object.entries(one as object).sort(([a], [b]) => (a < b ? -1 : 1)))).sort()
  expect(sorted(parsed.map(plain))).toEqual(sorted(lines.map((one) => plain(one as Record<string, unknown>))))
  expect(parsed.find(({ text: said }) => said === 'answer')?.['replyTo']).toBe(parsed.find(({ text: said }) => said === 'first')?.['id'])
  // repeating the import adds nothing, and in another profile the result is the same
  expect(await bring(at('first.jsonl'))).toMatchObject({ added: 0, known: lines.length })
  expect(await out('second.jsonl')).toBe(told)
  expect([await count('is:starred'), await count('is:edited'), await count('is:mention')]).toEqual([1, 1, 1])
})

test('an invalid time is guessed from the previous one, or skipped, as the user chooses, and never becomes 1970', async () => {
  const path = file('WhatsApp Chat with Times.txt', '31/12/2023, 21:15 - A: first\n31/13/2023, 21:16 - B: no such month\n31/12/2023, 21:17 - A: last\n')
  expect(await engine.transfer.preview(path, null)).toMatchObject({ badTimes: { count: 1, lines: [expect.stringContaining('no such month')] } })
  const options = { encoding: null, order: null, columns: null }
  expect(await bring(path, { options: { ...options, badTimes: 'skip' } })).toMatchObject({ added: 2, unread: [{ kind: 'time', count: 1 }] })
  expect(await bring(path, { options: { ...options, badTimes: 'near' } })).toMatchObject({ added: 1, known: 2 })
  expect(await stored('Times')).toEqual(['A: first', 'B: no such month', 'A: last'])
})

test('times to come, and times before the app existed, are asked about', async () => {
  // a year of Nepal's calendar, and a two-digit year of a Japanese era
  const path = file(
    'WhatsApp Chat with Calendars.txt',
    '2023/12/31, 21:15 - A: first\n२०८१/०१/२१, २१:१६ - B: in 57 years\n2023/12/31, 21:17 - A: last\n2006/05/03, 21:17 - A: too early\n'
  )
  const lines = ['2081-01-21 21:16 B: in 57 years', '2006-05-03 21:17 A: too early']
  expect(await engine.transfer.preview(path, null)).toMatchObject({ badTimes: { count: 2, lines } })
  expect(await bring(path, { options: { encoding: null, order: null, columns: null, badTimes: 'skip' } })).toMatchObject({
    added: 2,
    unread: [{ kind: 'time', count: 2 }]
  })
  const whole = file('WhatsApp Chat with Nepal.txt', '२०८१/०१/२१, २१:१६ - A: one\n२०८१/०१/२२, २१:१६ - B: two\n')
  await expect(bring(whole)).rejects.toMatchObject({ reason: 'times' })
})

test('two chats of one name stay two, the same export twice stays one, and a longer export continues it', async () => {
  mkdirSync(at('WhatsApp Chat - Bo'))
  mkdirSync(at('WhatsApp Chat - Cy'))
  const chat = (who: string, more = ''): string => `[31/12/2023, 21:15:03] ${who}: hello from ${who}\n[31/12/2023, 21:16:03] Me: hello ${who}\n${more}`
  await bring(file('WhatsApp Chat - Bo/_chat.txt', chat('Bo')))
  await bring(file('WhatsApp Chat - Cy/_chat.txt', chat('Cy')))
  expect((await engine.store.read.conversations()).map(({ name }) => name).sort()).toEqual(['Bo', 'Cy'])
  expect(await bring(file('renamed.txt', chat('Bo', '[01/01/2024, 00:05:59] Bo: and a good year\n')))).toMatchObject({ added: 1, known: 2 })
  expect(await stored('Bo')).toHaveLength(3)
})

test('unknown columns are asked for, and used as the user chooses', async () => {
  const path = file('odd.csv', 'A,B,C,D\nhello,Ann,x,2024-05-31 09:30\nthere,Bo,y,2024-05-31 09:31\n')
  const { columns } = await engine.transfer.preview(path, null)
  expect(columns).toMatchObject({
    sure: false,
    heading: ['A', 'B', 'C', 'D'],
    rows: [
      ['hello', 'Ann', 'x', '2024-05-31 09:30'],
      ['there', 'Bo', 'y', '2024-05-31 09:31']
    ]
  })
  await expect(bring(path)).rejects.toThrow(/columns/)
  const options = {
    encoding: null,
    order: null,
    badTimes: null,
    columns: { time: 3, clock: null, sender: 1, text: 0, conversation: null, direction: null, files: null }
  }
  expect(await bring(path, { options })).toMatchObject({ added: 2 })
  expect(await stored('odd')).toEqual(['Ann: hello', 'Bo: there'])
  // the next file with this heading is read the same way, unless its times are in another column
  const next = file('next.csv', 'A,B,C,D\nagain,Ann,x,2024-06-01 09:30\n')
  expect(await engine.transfer.preview(next, null)).toMatchObject({
    columns: { sure: true, remembered: true, found: options.columns },
    samples: [{ sender: 'Ann', text: 'again' }]
  })
  expect(await bring(next)).toMatchObject({ added: 1 })
  expect(await stored('next')).toEqual(['Ann: again'])
  const other = file('other.csv', 'A,B,C,D\n2024-06-01 09:30,Ann,x,again\n')
  expect((await engine.transfer.preview(other, null)).columns).toMatchObject({ sure: false, remembered: false })
  expect((await engine.transfer.preview(file('wide.csv', 'A,B,C,E\nagain,Ann,x,2024-06-01 09:30\n'), null)).columns).toMatchObject({ sure: false })
})

test('the order of the file counts where its clock goes back by less than an hour', async () => {
  await bring(
    file('clock.tsv', ['a\t2024-10-27 02:50\tfirst', 'b\t2024-10-27 02:10\tsecond', 'a\t2024-10-27 02:20\tthird', 'b\t2024-10-27 04:00\tfourth'].join('\n'))
  )
  expect(await stored('clock')).toEqual(['a: first', 'b: second', 'a: third', 'b: fourth'])
  await bring(file('back.tsv', ['a\t2024-10-27 04:00\tlast', 'b\t2024-10-26 02:10\tmiddle', 'a\t2024-10-25 02:20\tfirst'].join('\n')))
  expect(await stored('back')).toEqual(['a: first', 'b: middle', 'a: last'])
})

test('a cancelled import leaves nothing behind', async () => {
  const path = file('long.tsv', Array.from({ length: 45_000 }, (_, i) => `a\t${1_600_000_000_000 + i * 1000}\tnumber ${i}`).join('\n'))
  const cancel = new AbortController()
  const seen: number[] = []
  const running = engine.transfer.import(
    { path, format: null, self: null, names: {}, conversation: null },
    {
      signal: cancel.signal,
      onProgress: (done) => {
        seen.push(done)
        cancel.abort()
      }
    }
  )
  await expect(running).rejects.toMatchObject({ code: 'cancelled' })
  expect(seen[0]).toBeGreaterThan(0)
  expect(await engine.store.read.conversations()).toEqual([])
  expect(await count('number')).toBe(0)
  await engine.store.write.checkIndex()
})

test.skipIf(!hasCorpus)('an export is imported unchanged: all, a conversation, or the hits of a query', async () => {
  const rows = corpus().slice(0, 4000)
  await bring(file('first.tsv', rows.map(({ sender, text }, i) => `${sender}\t${1_600_000_000_000 + i * 1000}\t${text}`).join('\n')))
  await bring(file('second.tsv', 'Bob\t1700000000000\t只有一条 <b>&</b>'))
  const progress: number[] = []
  const all = await engine.transfer.export(
    { path: at('all.jsonl'), format: 'jsonl', query: null, conversation: null, language: 'en' },
    { onProgress: (done) => progress.push(done) }
  )
  expect(all.messages).toBe(4001)
  expect(progress).toEqual([2000, 4000])
  expect(await bring(at('all.jsonl'))).toMatchObject({ added: 0, known: 4001 })
  const found = await count('手机')
  const some = await engine.transfer.export({ path: at('some.txt'), format: 'txt', query: '手机', conversation: null, language: 'en' })
  expect(some.messages).toBe(found)
  expect(readFileSync(at('some.txt'), 'utf8').match(/^\[\d{4}-/gm)).toHaveLength(found ?? -1)
  const conversation = (await engine.store.read.conversations()).find(({ name }) => name === 'second')!.id
  await engine.transfer.export({ path: at('second.html'), format: 'html', query: null, conversation, language: 'zh-CN' })
  expect(readFileSync(at('second.html'), 'utf8')).toContain('<p dir="auto">只有一条 &lt;b&gt;&amp;&lt;/b&gt;</p>')
})

test('a page has its images beside it, and a cancelled export leaves no file', async () => {
  await bring(
    await zip('chat.zip', {
      '_chat.txt': '[31/12/2023, 21:15:03] Alice: \u200e<attached: 1-PHOTO.png>\n[31/12/2023, 21:16:03] Alice: 看图',
      '1-PHOTO.png': PIXEL
    })
  )
  const { files } = await engine.transfer.export({ path: at('page.html'), format: 'html', query: null, conversation: null, language: 'en' })
  expect(files).toBe(1)
  const source = /<img src="([^"]+)"/.exec(readFileSync(at('page.html'), 'utf8'))?.[1] ?? ''
  expect(readFileSync(join(folder.path, decodeURIComponent(source)))).toEqual(PIXEL)
  const cancel = new AbortController()
  cancel.abort()
  await expect(
    engine.transfer.export({ path: at('gone.jsonl'), format: 'jsonl', query: null, conversation: null, language: 'en' }, { signal: cancel.signal })
  ).rejects.toMatchObject({ code: 'cancelled' })
  expect(existsSync(at('gone.jsonl')) || existsSync(at('gone.jsonl.part'))).toBe(false)
  await expect(engine.transfer.export({ path: '/nowhere/at/all.txt', format: 'txt', query: null, conversation: null, language: 'en' })).rejects.toMatchObject({
    code: 'io'
  })
})

test('an export, whatever its outcome, changes no other files', async () => {
  await bring(
    await zip('chat.zip', {
      '_chat.txt': '[31/12/2023, 21:15:03] Alice: \u200e<attached: 1-PHOTO.png>\n[31/12/2023, 21:16:03] Alice: 看图',
      '1-PHOTO.png': PIXEL
    })
  )
  const others = { 'page-files/my-thesis.docx': 'thesis', 'page-files/page.html.part': 'x', 'page.html.part': 'notes', 'page-files-2': 'a file of this name' }
  mkdirSync(at('page-files'))
  for (const [name, text] of Object.entries(others)) file(name, text)
  file('page.html', 'the page of last year')
  const untouched = (): void => {
    for (const [name, text] of Object.entries(others)) expect(readFileSync(at(name), 'utf8')).toBe(text)
  }
  const before = readdirSync(folder.path)
  const html = { path: at('page.html'), format: 'html', query: null, conversation: null, language: 'en' } as const
  const cancel = new AbortController()
  cancel.abort()
  await expect(engine.transfer.export(html, { signal: cancel.signal })).rejects.toMatchObject({ code: 'cancelled' })
  expect(readdirSync(folder.path)).toEqual(before)
  expect(readFileSync(at('page.html'), 'utf8')).toBe('the page of last year')
  // a file cannot replace a folder
  mkdirSync(at('taken.html'))
  await expect(engine.transfer.export({ ...html, path: at('taken.html') })).rejects.toMatchObject({ code: 'io' })
  expect(readdirSync(folder.path).sort()).toEqual([...before, 'taken.html'].sort())
  untouched()
  const { files } = await engine.transfer.export(html)
  expect(files).toBe(1)
  untouched()
  const source = /<img src="([^"]+)"/.exec(readFileSync(at('page.html'), 'utf8'))?.[1] ?? ''
  expect(decodeURIComponent(source)).toMatch(/^page-files-3\//)
  expect(readFileSync(join(folder.path, decodeURIComponent(source)))).toEqual(PIXEL)
})
