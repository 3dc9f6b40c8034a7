/** Exports of many files, as archives and folders, and database exports. */
import Database from 'better-sqlite3'
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { temporaryFolder } from '../../../../test/support/files.ts'
import { wholeHistory } from '../../../../test/support/whole-history.ts'
import { PAGE_HISTORIES } from '../../../../test/support/histories/pages.ts'
import { FOUND, type ParsedFile, type ParsedMessage } from '../history.ts'
import { readHistory } from '../read.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => (folder = temporaryFolder()))
afterEach(() => folder[Symbol.dispose]())

type Files = Record<string, string | object>
const textOf = (content: string | object): string => (typeof content === 'string' ? content : JSON.stringify(content))
async function zipped(files: Files): Promise<string> {
  const archive = new ZipFile()
  for (const [path, content] of Object.entries(files)) archive.addBuffer(Buffer.from(textOf(content)), path)
  archive.end()
  const path = join(folder.path, 'export.zip')
  await pipeline(archive.outputStream, createWriteStream(path))
  return path
}
function inFolder(files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder.path, 'export', path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, textOf(content))
  }
  return join(folder.path, 'export')
}
const told = (messages: readonly ParsedMessage[] | undefined): string[] =>
  (messages ?? []).map(({ sender, text, outgoing, edited, files = [] }) =>
    [
      `${outgoing === undefined ? '' : outgoing ? '>' : '<'}${sender}: ${text}`,
      ...files.map(({ name, source }) => `[${name}${source === null ? '' : ` at ${source}`}]`),
      edited === true ? '(edited)' : ''
    ]
      .filter((part) => part !== '')
      .join(' ')
  )

const thread = (title: string, ...messages: [string, number][]): object => ({
  participants: [{ name: title }, { name: 'Zoë' }],
  messages: messages.map(([content, timestamp_ms]) => ({ sender_name: title, timestamp_ms, content })),
  title,
  thread_path: `inbox/${title}`
})

test.each([
  ['an archive', zipped],
  ['a folder', (files: Files) => Promise.resolve(inFolder(files))]
] as const)('threads of Messenger in %s are all read, their parts in order, of one that is cut what comes before', async (_, make) => {
  const root = 'your_activity_across_facebook/messages/inbox'
  const path = await make({
    [`${root}/ann/message_1.json`]: thread('Ann', ['newest', 3000000000000]),
    [`${root}/ann/message_2.json`]: thread('Ann', ['second', 2000000000000]),
    [`${root}/ann/message_10.json`]: thread('Ann', ['oldest', 1500000000000]),
    [`${root}/bo/message_1.json`]: {
      ...thread('Bo', ['hi', 1500000000000]),
      messages: [{ sender_name: 'Bo', timestamp_ms: 1500000000000, photos: [{ uri: `${root}/bo/photos/1.jpg` }] }]
    },
    [`${root}/bo/photos/1.jpg`]: 'jpg',
    [`${root}/cy/message_1.json`]: `${JSON.stringify(thread('Cy', ['cut', 1500000000000])).slice(0, -30)}`,
    'your_activity_across_facebook/other.json': { something: 1 }
  })
  const { format, conversations, ids, unread } = await wholeHistory(path)
  expect(format).toBe('messenger')
  expect(told(conversations['Ann'])).toEqual(['Ann: newest', 'Ann: second', 'Ann: oldest'])
  expect(told(conversations['Bo'])).toEqual([`Bo:  [1.jpg at ${root}/bo/photos/1.jpg]`])
  expect(told(conversations['Cy'])).toEqual(['Cy: cut'])
  expect(new Set(ids)).toEqual(new Set(['messenger:inbox/Ann', 'messenger:inbox/Bo', null]))
  expect(unread).toEqual([
    expect.stringMatching(/^cut: .*cy\/message_1\.json, 1: the file ends in the middle/),
    expect.stringMatching(/^other: .*\/other\.json$/)
  ])
})

test("Slack's export lies within folders, a day that is broken does not refuse the others, and a file of old is a file", async () => {
  const message = { type: 'message', user: 'U1', ts: '1717147800.000100', text: 'hi' }
  const { format, conversations, unread } = await wholeHistory(
    await zipped({
      'team/export/users.json': [{ id: 'U1', name: 'ann' }],
      'team/export/channels.json': [{ id: 'C1', name: 'tea' }],
      'team/export/tea/2024-05-30.json': '[{"type":',
      'team/export/tea/2024-05-31.json': [message, { ...message, subtype: 'file_share', text: '', file: { name: 'a.png', mimetype: 'image/png' } }]
    })
  )
  expect(format).toBe('slack')
  expect(told(conversations['#tea'])).toEqual(['ann: hi', 'ann:  [a.png]'])
  expect(unread).toEqual([expect.stringMatching(/^file: .*2024-05-30\.json/)])
})

test('several WhatsApp chats in one archive are several; a chat that a message has attached is none of them', async () => {
  const chat = (text: string): string => `31/05/2024, 09:30 - Ann: ${text}\n`
  const all = await wholeHistory(
    await zipped({
      'WhatsApp Chat with Bo.txt': chat('to Bo'),
      'WhatsApp Chat with Cy.txt': chat('to Cy'),
      'WhatsApp Chat - Di/_chat.txt': '[31/05/2024, 09:30:00] Ann: to Di\n',
      'WhatsApp Chat - Ed/_chat.txt': '[31/05/2024, 09:30:00] Ann: to Ed\n'
    })
  )
  expect(Object.fromEntries(Object.entries(all.conversations).map(([name, messages]) => [name, told(messages)]))).toEqual({
    Bo: ['Ann: to Bo'],
    Cy: ['Ann: to Cy'],
    Di: ['Ann: to Di'],
    Ed: ['Ann: to Ed']
  })
  const one = await wholeHistory(await zipped({ 'export.txt': chat('notes.txt (file attached)'), 'notes.txt': chat('attached') }))
  expect(Object.values(one.conversations).flatMap(told)).toEqual(['Ann:  [notes.txt at notes.txt]'])
  expect(one.unread).toEqual([])
})

test('days of ZNC are one conversation per folder; of one chat in several formats only one is read', async () => {
  const path = inFolder({
    'net/#tea/2024-05-31.log': '[09:30:00] <ann> one\n',
    'net/#tea/2024-06-01.log': '[09:30:00] <ann> two\n',
    'net/#oil/2024-06-01.log': '[09:30:00] <bo> three\n',
    '美美/美美.txt': '2024-05-31 09:30:00 美美\n吃了吗\n\n2024-05-31 09:31:00 阿强\n还没\n\n',
    '美美/美美_utf8.csv': 'localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime\n1,2,1,0,0,1717147800,0,吃了吗,2024-05-31 17:30:00\n'
  })
  const { conversations } = await wholeHistory(path)
  expect(told(conversations['#tea'])).toEqual(['ann: one', 'ann: two'])
  expect(told(conversations['#oil'])).toEqual(['bo: three'])
  expect(conversations['美美']?.filter(({ text }) => text === '吃了吗')).toHaveLength(1)
})

test('Google Chat’s spaces have the names that stand beside them, and Zulip’s people', async () => {
  const message = (name: string, text: string): object => ({
    messages: [
      {
        creator: { name, email: `${name}@example.org` },
        created_date: 'Friday, May 31, 2024 at 9:30:00 AM UTC',
        text,
        attached_files: [{ original_name: 'a.txt', export_name: 'File-a.txt' }]
      }
    ]
  })
  const chats = await wholeHistory(
    await zipped({
      'Takeout/Google Chat/Groups/Space AAA/messages.json': message('Ann', 'hi'),
      'Takeout/Google Chat/Groups/Space AAA/group_info.json': { name: 'Garden', members: [] },
      'Takeout/Google Chat/Groups/Space AAA/File-a.txt': 'x',
      'Takeout/Google Chat/Groups/DM BBB/messages.json': message('Bo', 'yo'),
      'Takeout/Google Chat/Groups/DM BBB/group_info.json': { members: [] }
    })
  )
  expect(told(chats.conversations['Garden'])).toEqual(['Ann: hi [a.txt at Takeout/Google Chat/Groups/Space AAA/File-a.txt]'])
  expect(chats.ids).toEqual(['google-chat:BBB', 'google-chat:AAA'])
  const zulip = await wholeHistory(
    inFolder({
      'realm.json': {
        zerver_userprofile: [{ id: 9, full_name: 'Iago' }],
        zerver_stream: [{ id: 1, name: 'design' }],
        zerver_recipient: [{ id: 3, type: 2, type_id: 1 }]
      },
      'messages-000001.json': { zerver_message: [{ id: 5, sender: 9, recipient: 3, subject: 'plans', content: 'shall we?', date_sent: 1717147800 }] }
    })
  )
  expect(told(zulip.conversations['#design > plans'])).toEqual(['Iago: shall we?'])
})

function database(name: string, sql: string): string {
  const path = join(folder.path, name)
  const db = new Database(path)
  db.exec(sql)
  db.close()
  return path
}

test("Gajim's logs.db", async () => {
  const path = database(
    'logs.db',
    `CREATE TABLE jids(jid_id INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, jid TEXT UNIQUE, type INTEGER);
     CREATE TABLE logs(log_line_id INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, account_id INTEGER, jid_id INTEGER, contact_name TEXT, time INTEGER, kind INTEGER, show INTEGER, message TEXT, subject TEXT, stanza_id TEXT);
     INSERT INTO jids VALUES (1, 'ann@example.org', 0), (2, 'room@conference.example.org', 1);
     INSERT INTO logs VALUES (1, 1, 1, NULL, 1717147800.5, 4, NULL, 'hi', NULL, 's1'), (2, 1, 1, NULL, 1717147860, 6, NULL, 'hello', NULL, NULL),
       (3, 1, 2, 'Bo', 1717147870, 2, NULL, 'all', NULL, NULL), (4, 1, 2, 'Bo', 1717147880, 1, 1, NULL, NULL, NULL)`
  )
  const { format, conversations, ids } = await wholeHistory(path)
  expect(format).toBe('gajim')
  expect(told(conversations['ann@example.org'])).toEqual(['<ann@example.org: hi', '>Me: hello'])
  expect(conversations['ann@example.org']?.[0]?.time).toBe(1717147800500)
  expect(told(conversations['room@conference.example.org'])).toEqual(['Bo: all'])
  expect(ids).toEqual(['xmpp:ann@example.org', 'xmpp:room@conference.example.org'])
})

test("Gajim's archive", async () => {
  const path = database(
    'archive.db',
    `CREATE TABLE remote(pk INTEGER PRIMARY KEY, jid TEXT); CREATE TABLE occupant(pk INTEGER PRIMARY KEY, nickname TEXT); CREATE TABLE reply(pk INTEGER PRIMARY KEY, id TEXT);
     CREATE TABLE message(pk INTEGER PRIMARY KEY, fk_account_pk INTEGER, fk_remote_pk INTEGER, resource TEXT, type INTEGER, direction INTEGER, timestamp REAL, text TEXT, id TEXT, fk_occupant_pk INTEGER, fk_reply_pk INTEGER, correction_id TEXT);
     INSERT INTO remote VALUES (1, 'ann@example.org'); INSERT INTO occupant VALUES (1, 'Bo'); INSERT INTO reply VALUES (1, 'a');
     INSERT INTO message VALUES (1, 1, 1, 'x', 1, 1, 1717147800, 'hi', 'a', NULL, NULL, NULL), (2, 1, 1, NULL, 1, 2, 1717147860, 'hello', 'b', NULL, 1, NULL), (3, 1, 1, NULL, 2, 1, 1717147861, 'all', 'c', 1, NULL, NULL)`
  )
  const { conversations } = await wholeHistory(path)
  expect(told(conversations['ann@example.org'])).toEqual(['<ann@example.org: hi', '>Me: hello', '<Bo: all'])
  expect(conversations['ann@example.org']?.[1]).toMatchObject({ replyTo: 'a', time: 1717147860000 })
})

test("Dino's dino.db", async () => {
  const path = database(
    'dino.db',
    `CREATE TABLE account(id INTEGER PRIMARY KEY, bare_jid TEXT, alias TEXT); CREATE TABLE jid(id INTEGER PRIMARY KEY, bare_jid TEXT); CREATE TABLE conversation(id INTEGER PRIMARY KEY);
     CREATE TABLE roster(account_id INTEGER, jid TEXT, name TEXT);
     CREATE TABLE message(id INTEGER PRIMARY KEY, stanza_id TEXT, server_id TEXT, account_id INTEGER, counterpart_id INTEGER, counterpart_resource TEXT, our_resource TEXT, direction BOOLEAN, type INTEGER, time INTEGER, local_time INTEGER, body TEXT);
     CREATE TABLE message_correction(id INTEGER PRIMARY KEY, message_id INTEGER, to_stanza_id TEXT);
     CREATE TABLE reply(id INTEGER PRIMARY KEY, message_id INTEGER, quoted_message_stanza_id TEXT);
     CREATE TABLE file_transfer(id INTEGER PRIMARY KEY, account_id INTEGER, counterpart_id INTEGER, counterpart_resource TEXT, direction BOOLEAN, time INTEGER, file_name TEXT, size INTEGER);
     INSERT INTO account VALUES (1, 'me@example.org', 'Zoë'); INSERT INTO jid VALUES (1, 'ann@example.org'), (2, 'room@muc.example.org'); INSERT INTO roster VALUES (1, 'ann@example.org', 'Ann');
     INSERT INTO message VALUES (1, 'a', NULL, 1, 1, 'x', NULL, 0, 1, 1717147800, 0, 'hi'), (2, 'b', NULL, 1, 1, NULL, NULL, 1, 1, 1717147860, 0, 'helo'), (3, 'c', NULL, 1, 1, NULL, NULL, 1, 1, 1717147861, 0, 'hello'),
       (4, 'd', NULL, 1, 2, 'Bo', 'zoe', 0, 2, 1717147870, 0, 'all');
     INSERT INTO message_correction VALUES (1, 3, 'b'); INSERT INTO reply VALUES (1, 2, 'a'); INSERT INTO file_transfer VALUES (1, 1, 1, NULL, 0, 1717147900, 'cat.jpg', 7)`
  )
  const { format, self, conversations } = await wholeHistory(path)
  expect([format, self]).toEqual(['dino', 'Zoë'])
  expect(told(conversations['Ann'])).toEqual(['<Ann: hi', '>Zoë: hello (edited)', '<Ann:  [cat.jpg]'])
  expect(conversations['Ann']?.[1]).toMatchObject({ replyTo: 'a', id: 'b' })
  expect(told(conversations['room@muc.example.org'])).toEqual(['<Bo: all'])
})

test('a database of anything else is refused with a sentence', async () => {
  await expect(wholeHistory(database('x.db', 'CREATE TABLE t(a)'))).rejects.toThrow(/not one of Gajim, Dino, Monal or Messages/)
})

test("pictures are extracted from QQ's web archive", async () => {
  const mht = PAGE_HISTORIES.find(({ of }) => of === 'QQ, web archive')
  const path = join(folder.path, 'chat.mht')
  const picture = Buffer.from([0xff, 0xd8, 0xff, ...Array.from({ length: 5000 }, (_, index) => index % 251)])
  const lines = picture.toString('base64').replace(/.{76}/g, '$&\r\n')
  writeFileSync(path, textOf(mht?.content ?? '').replace('/9j/4AAQ', lines))
  const { history, open } = await readHistory(path, null, FOUND)
  const files: ParsedFile[] = []
  await history.read({
    conversation: () => undefined,
    message: (message) => void files.push(...(message.files ?? [])),
    notice: () => undefined,
    unread: () => undefined,
    rest: () => Promise.resolve()
  })
  const stream = await open(files[0]?.source ?? '')
  const chunks: Buffer[] = []
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks)).toEqual(picture)
  expect(await open('part:{none}.dat')).toBeNull()
})
