/** Histories in an app's own storage: databases, encrypted backups, and .tar archives. */
import Database from 'better-sqlite3'
import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test/support/files.ts'
import { wholeHistory } from '../../../../test/support/whole-history.ts'
import { ImportError, type ParsedMessage } from '../history.ts'
import { openTar } from '../tar.ts'
import { backupHeader } from './conversations.ts'
import { attributedText } from './imessage-database.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => (folder = temporaryFolder()))
afterEach(() => folder[Symbol.dispose]())
const at = (name: string): string => {
  const path = join(folder.path, name)
  mkdirSync(dirname(path), { recursive: true })
  return path
}
const told = (messages: readonly ParsedMessage[] = []): string[] =>
  messages.map(({ sender, text, time, outgoing, edited, files = [], reactions = [], replyTo }) =>
    [
      time === null ? '?' : new Date(time).toISOString().slice(0, 19),
      `${outgoing === true ? '>' : '<'}${sender}: ${text}`,
      ...files.map(({ kind, name, source }) => `[${kind} ${name}${source === null ? '' : ' here'}]`),
      edited === true ? '(edited)' : '',
      replyTo === undefined ? '' : `(re ${replyTo})`,
      ...reactions.map(({ sender: by, emoji }) => `(${emoji} by ${by})`)
    ]
      .filter((part) => part !== '')
      .join(' ')
  )

/** NSAttributedString as macOS stores it. */
function attributed(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  const length =
    bytes.length < 0x81
      ? Buffer.from([bytes.length])
      : bytes.length < 0x10000
        ? Buffer.from([0x81, bytes.length & 255, bytes.length >> 8])
        : Buffer.concat([Buffer.from([0x82]), Buffer.from(new Uint32Array([bytes.length]).buffer)])
  return Buffer.concat([
    Buffer.from(
      '\u0004\u000bstreamtyped\u0081\u00e8\u0003\u0084\u0001@\u0084\u0084\u0084\u0012NSAttributedString\u0000\u0084\u0084\u0008NSObject\u0000\u0085\u0092\u0084\u0084\u0084\u0008NSString\u0001\u0094\u0084\u0001+',
      'latin1'
    ),
    length,
    bytes,
    Buffer.from('\u0086\u0084\u0002iI\u0001', 'latin1')
  ])
}

const NS = 1_000_000_000n
/** Nanoseconds since 2001 of a time in UTC. */
const apple = (time: string): bigint => BigInt(Date.parse(time) / 1000 - 978_307_200) * NS

function chatDb(path: string, seconds = false): void {
  const db = new Database(path)
  db.exec(`
    CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, service TEXT);
    CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, guid TEXT, chat_identifier TEXT, display_name TEXT, style INTEGER);
    CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER);
    CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, attributedBody BLOB, handle_id INTEGER, date INTEGER, is_from_me INTEGER, associated_message_guid TEXT, associated_message_type INTEGER DEFAULT 0, associated_message_emoji TEXT, date_edited INTEGER DEFAULT 0, date_retracted INTEGER DEFAULT 0, item_type INTEGER DEFAULT 0, balloon_bundle_id TEXT, thread_originator_guid TEXT);
    CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER);
    CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY, guid TEXT, filename TEXT, transfer_name TEXT, mime_type TEXT, total_bytes INTEGER);
    CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER);
    INSERT INTO handle VALUES (1, '+8613800138000', 'iMessage'), (2, 'zoe@example.org', 'iMessage');
    INSERT INTO chat VALUES (1, 'iMessage;-;+8613800138000', '+8613800138000', '', 45), (2, 'iMessage;+;chat99', 'chat99', '周末', 43), (3, 'iMessage;+;chat7', 'chat7', NULL, 43);
    INSERT INTO chat_handle_join VALUES (1, 1), (2, 1), (2, 2), (3, 1), (3, 2);
  `)
  const message = db.prepare(
    'INSERT INTO message (ROWID, guid, text, attributedBody, handle_id, date, is_from_me, associated_message_guid, associated_message_type, associated_message_emoji, date_edited, date_retracted, item_type, balloon_bundle_id, thread_originator_guid) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
  )
  const add = (
    id: number,
    chat: number,
    time: string,
    own: 0 | 1,
    handle: number,
    text: string | null,
    more: Partial<Record<'body' | 'target' | 'type' | 'emoji' | 'edited' | 'retracted' | 'item' | 'balloon' | 'answers', unknown>> = {}
  ): void => {
    message.run(
      id,
      `G-${id}`,
      text,
      more.body ?? null,
      handle,
      seconds ? apple(time) / NS : apple(time),
      own,
      more.target ?? null,
      more.type ?? 0,
      more.emoji ?? null,
      more.edited ?? 0,
      more.retracted ?? 0,
      more.item ?? 0,
      more.balloon ?? null,
      more.answers ?? null
    )
    db.prepare('INSERT INTO chat_message_join VALUES (?, ?)').run(chat, id)
  }
  add(1, 1, '2024-05-31T09:30:00Z', 0, 1, '明天见')
  add(2, 1, '2024-05-31T09:31:00Z', 1, 0, null, { body: attributed('好的 👍🏽 see you') })
  add(3, 1, '2024-05-31T09:32:00Z', 0, 1, '\ufffc海边的照片', { edited: 1n })
  add(4, 1, '2024-05-31T09:33:00Z', 0, 1, 'Liked “好的”', { target: 'p:0/G-2', type: 2001 })
  add(5, 1, '2024-05-31T09:33:10Z', 0, 1, null, { target: 'p:0/G-2', type: 2006, emoji: '🎉' })
  add(6, 1, '2024-05-31T09:33:20Z', 1, 0, null, { target: 'bp:G-1', type: 2000 })
  add(7, 1, '2024-05-31T09:33:30Z', 1, 0, null, { target: 'bp:G-1', type: 3000 })
  add(8, 1, '2024-05-31T09:34:00Z', 1, 0, null, { body: attributed('长'.repeat(40_000)), answers: 'G-1' })
  add(9, 1, '2024-05-31T09:35:00Z', 0, 1, null, { retracted: 1n })
  add(10, 1, '2024-05-31T09:36:00Z', 0, 1, null, { balloon: 'com.apple.PassbookUIService.PeerPaymentMessagesExtension' })
  add(11, 2, '2024-06-01T10:00:00Z', 0, 2, '爬山吗')
  add(12, 2, '2024-06-01T10:00:01Z', 0, 2, null, { item: 1 })
  add(13, 3, '2024-06-01T11:00:00Z', 1, 0, 'hi all')
  db.exec(
    "INSERT INTO attachment VALUES (1, 'a1', '~/Library/Messages/Attachments/0a/10/IMG_2041.HEIC', 'IMG_2041.HEIC', 'image/heic', 1234); INSERT INTO message_attachment_join VALUES (3, 1)"
  )
  db.close()
}

test.each([
  ['nanoseconds', false],
  ['seconds, as before macOS 10.13', true]
])("Apple's chat.db, its times in %s", async (_, seconds) => {
  chatDb(at('Messages/chat.db'), seconds)
  writeFileSync(at('Messages/Attachments/0a/10/IMG_2041.HEIC'), 'picture')
  const { format, conversations, ids, notices, unread, files } = await wholeHistory(at('Messages/chat.db'))
  expect(format).toBe('imessage')
  expect(Object.keys(conversations)).toEqual(['+8613800138000', '周末', '+8613800138000, zoe@example.org'])
  expect(ids).toEqual(['imessage:iMessage;-;+8613800138000', 'imessage:iMessage;+;chat99', 'imessage:iMessage;+;chat7'])
  expect(told(conversations['+8613800138000']).map((line) => line.replace(/长+/, '长…'))).toEqual([
    '2024-05-31T09:30:00 <+8613800138000: 明天见',
    '2024-05-31T09:31:00 >Me: 好的 👍🏽 see you (🎉 by +8613800138000)',
    '2024-05-31T09:32:00 <+8613800138000: 海边的照片 [image IMG_2041.HEIC here] (edited)',
    '2024-05-31T09:34:00 >Me: 长… (re G-1)'
  ])
  expect(told(conversations['周末'])).toEqual(['2024-06-01T10:00:00 <zoe@example.org: 爬山吗'])
  expect([notices, unread]).toEqual([2, ['app: com.apple.PassbookUIService.PeerPaymentMessagesExtension']])
  expect(files).toEqual({ 'Attachments/0a/10/IMG_2041.HEIC': 'picture' })
})

test('a typedstream of any bytes is a text or nothing, and a written text is read back', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void attributedText(Buffer.from(bytes))))
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => void expect(attributedText(attributed(text))).toBe(text)))
  fc.assert(fc.property(fc.nat(80), (cut) => void attributedText(attributed('hello').subarray(0, cut))))
})

test.each([
  [
    '5 and later',
    `CREATE TABLE message_history (message_history_id INTEGER PRIMARY KEY, account_id INTEGER, message TEXT, timestamp DATETIME, actual_from TEXT, messageid TEXT, messageType TEXT, sent BOOL, buddy_name TEXT, inbound BOOL, stanzaid TEXT, retracted BOOL);
     INSERT INTO message_history VALUES (1, 1, '早', '2024-05-31 09:30:00', NULL, 'm1', 'Text', 1, 'ann@example.org', 1, 's1', 0), (2, 1, 'https://up.example.org/x/%E5%9B%BE.jpg?k=1', '2024-05-31 09:31:00', NULL, 'm2', 'Filetransfer', 1, 'ann@example.org', 0, NULL, 0), (3, 1, 'hi', '2024-05-31 09:32:00', 'Zoë', 'm3', 'Text', 1, 'room@muc.example.org', 1, NULL, 0), (4, 1, 'gone', '2024-05-31 09:33:00', NULL, 'm4', 'Text', 1, 'ann@example.org', 1, NULL, 1)`
  ],
  [
    'before 5',
    `CREATE TABLE message_history (message_history_id INTEGER PRIMARY KEY, account_id INTEGER, message_from TEXT, message_to TEXT, message TEXT, timestamp DATETIME, actual_from TEXT, messageid TEXT, messageType TEXT);
     INSERT INTO message_history VALUES (1, 1, 'ann@example.org', 'me@example.org', '早', '2024-05-31 09:30:00', NULL, 'm1', 'Text'), (2, 1, 'me@example.org', 'ann@example.org', 'https://up.example.org/x/%E5%9B%BE.jpg?k=1', '2024-05-31 09:31:00', NULL, 'm2', 'Image'), (3, 1, 'room@muc.example.org', 'me@example.org', 'hi', '2024-05-31 09:32:00', 'Zoë', 'm3', 'Text')`
  ]
])("Monal's store of version %s", async (_, sql) => {
  const db = new Database(at('sworim.sqlite'))
  db.exec(
    "CREATE TABLE account (account_id INTEGER PRIMARY KEY, username TEXT, domain TEXT); INSERT INTO account VALUES (1, 'me', 'example.org'); CREATE TABLE buddylist (buddy_id INTEGER, account_id INTEGER, buddy_name TEXT, full_name TEXT, nick_name TEXT); INSERT INTO buddylist VALUES (1, 1, 'ann@example.org', 'Ann Lee', '')"
  )
  db.exec(sql)
  db.close()
  const { format, conversations, ids } = await wholeHistory(at('sworim.sqlite'))
  expect(format).toBe('monal')
  expect(told(conversations['Ann Lee'])).toEqual(['2024-05-31T09:30:00 <Ann Lee: 早', '2024-05-31T09:31:00 >Me:  [image 图.jpg]'])
  expect(told(conversations['room@muc.example.org'])).toEqual(['2024-05-31T09:32:00 <Zoë: hi'])
  expect(ids).toEqual(['xmpp:ann@example.org', 'xmpp:room@muc.example.org'])
})

/** .ceb backup as Conversations writes it. */
function backup(version: 1 | 2, content: string, password = 'secret'): Buffer {
  const utf = (text: string): Buffer => {
    const bytes = Buffer.from(text)
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
  }
  const head = Buffer.alloc(4)
  head.writeInt32BE(version)
  const time = Buffer.alloc(8)
  time.writeBigInt64BE(BigInt(Date.UTC(2024, 5, 1)))
  const [iv, salt] = [randomBytes(12), randomBytes(16)]
  const cipher = createCipheriv('aes-128-gcm', pbkdf2Sync(password, salt, 1024, 16, 'sha1'), iv)
  return Buffer.concat([
    head,
    utf('Conversations'),
    utf('me@example.org'),
    time,
    iv,
    salt,
    cipher.update(gzipSync(content)),
    cipher.final(),
    cipher.getAuthTag()
  ])
}
const CONVERSATIONS = [
  { uuid: 'c1', accountUuid: 'a', name: 'Ann', contactJid: 'ann@example.org', mode: '0' },
  { uuid: 'c2', accountUuid: 'a', name: null, contactJid: 'room@muc.example.org', mode: '1' }
]
const T = Date.UTC(2024, 4, 31, 9, 30)
const MESSAGES = [
  {
    uuid: 'u1',
    conversationUuid: 'c1',
    timeSent: T,
    counterpart: 'ann@example.org/phone',
    body: "it's 9:30; 你好\nsecond line",
    status: 0,
    type: 0,
    relativeFilePath: null,
    remoteMsgId: 'r1',
    edited: null,
    oob: 0,
    reactions: '[{"reaction":"👍","received":false,"from":"me@example.org"}]'
  },
  {
    uuid: 'u2',
    conversationUuid: 'c1',
    timeSent: T + 60_000,
    counterpart: 'ann@example.org',
    body: 'https://up.example.org/a/photo.jpg|12345|640|480',
    status: 8,
    type: 2,
    relativeFilePath: 'Conversations/photo.jpg',
    remoteMsgId: null,
    edited: '[{"editedId":"x","serverMsgId":"y"}]',
    oob: 1,
    reactions: null
  },
  {
    uuid: 'u3',
    conversationUuid: 'c2',
    timeSent: T + 120_000,
    counterpart: 'room@muc.example.org/Zoë',
    body: 'hi',
    status: 0,
    type: 0,
    relativeFilePath: null,
    remoteMsgId: 'r3',
    edited: '0',
    oob: 0,
    reactions: '[{"reaction":"🎉","received":true,"from":"room@muc.example.org/Bo"}]'
  },
  {
    uuid: 'u4',
    conversationUuid: 'c2',
    timeSent: T + 180_000,
    counterpart: null,
    body: 'joined',
    status: 0,
    type: 3,
    relativeFilePath: null,
    remoteMsgId: null,
    edited: null,
    oob: 0,
    reactions: null
  }
]
const asJson = (): string =>
  JSON.stringify([
    { table: 'accounts', values: { uuid: 'a', username: 'me', server: 'example.org' } },
    ...CONVERSATIONS.map((values) => ({ table: 'conversations', values })),
    ...MESSAGES.map((values) => ({ table: 'messages', values })),
    { table: 'prekeys', values: { account: 'a', id: '1', key: 'x' } }
  ])
const sqlOf = (value: unknown): string =>
  value === null || value === undefined ? 'NULL' : typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`
const insert = (table: string, rows: readonly object[]): string =>
  `INSERT INTO ${table}(${Object.keys(rows[0] ?? {}).join(',')}) VALUES${rows.map((row) => `(${Object.values(row).map(sqlOf).join(',')})`).join(',')};\n`

test.each([
  ['2, JSON', (): Buffer => backup(2, asJson())],
  [
    '1, SQL',
    (): Buffer =>
      backup(1, [insert('accounts', [{ uuid: 'a' }]), ...CONVERSATIONS.map((one) => insert('conversations', [one])), insert('messages', MESSAGES)].join(''))
  ]
])('a backup of Conversations, version %s, opens with its password alone', async (_, make) => {
  const path = at('me@example.org.2024-06-01.ceb')
  writeFileSync(path, make())
  await expect(wholeHistory(path)).rejects.toMatchObject({ reason: 'password' })
  await expect(wholeHistory(path, 'wrong')).rejects.toMatchObject({ reason: 'wrong-password' })
  const { format, self, conversations, ids, notices } = await wholeHistory(path, 'secret')
  expect([format, self, ids, notices]).toEqual(['conversations', 'me@example.org', ['xmpp:ann@example.org', 'xmpp:room@muc.example.org'], 1])
  expect(told(conversations['Ann'])).toEqual([
    "2024-05-31T09:30:00 <ann@example.org: it's 9:30; 你好\nsecond line (👍 by me@example.org)",
    '2024-05-31T09:31:00 >me@example.org:  [image photo.jpg] (edited)'
  ])
  expect(told(conversations['room@muc.example.org'])).toEqual(['2024-05-31T09:32:00 <Zoë: hi (🎉 by Bo)'])
})

test('texts with semicolons at the ends of lines, quotes and brackets stay whole in SQL, wherever the pieces of the file end', async () => {
  const texts = [';\n', "';\n'", "INSERT INTO messages(uuid) VALUES('x');\n", 'a;\n'.repeat(50_000), ');', "it''s;\n"]
  const rows = texts.map((body, at) => ({ uuid: `u${at}`, conversationUuid: 'c1', timeSent: T + at, status: 0, type: 0, body }))
  const path = at('texts.ceb')
  writeFileSync(path, backup(1, [insert('conversations', CONVERSATIONS), ...rows.map((row) => insert('messages', [row]))].join('')))
  const { conversations } = await wholeHistory(path, 'secret')
  expect(conversations['Ann']?.map(({ text }) => text)).toEqual(texts)
})

test('a backup that was cut off or changed is refused, wherever', async () => {
  const whole = backup(2, asJson())
  const path = at('x.ceb')
  for (const cut of [90, whole.length - 40, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, cut))
    await expect(wholeHistory(path, 'secret'), String(cut)).rejects.toBeInstanceOf(ImportError)
  }
  const changed = Buffer.from(whole)
  changed[whole.length - 60] = (changed[whole.length - 60] ?? 0) ^ 1
  writeFileSync(path, changed)
  await expect(wholeHistory(path, 'secret')).rejects.toMatchObject({ reason: 'broken' })
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void backupHeader(Buffer.from(bytes))))
})

test('a .tar as Microsoft gives it for Skype and Teams: messages.json and the files beside it, long names too', async () => {
  const long = `media/${'很长的名字'.repeat(12)}.jpg`
  const content = {
    userId: '8:live:me',
    exportDate: '2024-06-01T00:00',
    conversations: [
      {
        id: '19:abc@thread.v2',
        displayName: '项目',
        MessageList: [
          {
            id: '2',
            displayName: 'Ann',
            originalarrivaltime: '2024-05-31T09:31:00.5Z',
            messagetype: 'RichText/Html',
            content: '<p>会议在 <b>3 点</b></p>',
            from: '8:orgid:ann'
          },
          { id: '1', displayName: null, originalarrivaltime: '2024-05-31T09:30:00Z', messagetype: 'Text', content: '好', from: '8:live:me' }
        ]
      }
    ]
  }
  writeFileSync(at('export/messages.json'), JSON.stringify(content))
  writeFileSync(at(`export/${long}`), 'x'.repeat(2000))
  writeFileSync(at('export/empty.txt'), '')
  for (const format of ['gnu', 'pax', 'ustar'] as const) {
    const tar = at(`${format}.tar`)
    execFileSync('tar', [`--format=${format === 'ustar' ? 'gnu' : format}`, '-cf', tar, '-C', at('export'), '.'])
    const { format: name, conversations } = await wholeHistory(tar)
    expect(name).toBe('skype')
    expect(told(conversations['项目']).sort()).toEqual(['2024-05-31T09:30:00 >live:me: 好', '2024-05-31T09:31:00 <Ann: 会议在 3 点'])
    const archive = openTar(tar)
    expect([...archive.entries].sort()).toEqual(
      [
        ['empty.txt', 0],
        [long, 2000],
        ['messages.json', readFileSync(at('export/messages.json')).length]
      ].sort()
    )
    expect((await archive.read(long)).toString()).toBe('x'.repeat(2000))
  }
})

test('a .tar whose sizes lead nowhere or back is refused', () => {
  writeFileSync(at('export/a.txt'), 'x')
  const tar = at('sizes.tar')
  execFileSync('tar', ['--format=gnu', '-cf', tar, '-C', at('export'), 'a.txt'])
  for (const size of ['-0000001000', 'no number!!']) {
    const bytes = readFileSync(tar)
    bytes.write(size, 124, 11, 'latin1')
    bytes.fill(' ', 148, 156)
    bytes.write(
      `${bytes
        .subarray(0, 512)
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      8,
      'latin1'
    )
    writeFileSync(tar, bytes)
    expect(() => openTar(tar)).toThrow(/no size/)
  }
})
