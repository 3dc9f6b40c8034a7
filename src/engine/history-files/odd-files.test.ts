/** Irregular files: truncated, edited by hand, nested, of several apps at once. Their contents are read, and everything else is reported. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/files.ts'
import { wholeHistory, type WholeHistory } from '../../../test/support/whole-history.ts'
import { ImportError } from './history.ts'

let folder: ReturnType<typeof temporaryFolder>
let count = 0
beforeEach(() => (folder = temporaryFolder()))
afterEach(() => folder[Symbol.dispose]())

function put(name: string, content: string | Buffer): string {
  const path = join(folder.path, String(count++), name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

interface Entry {
  name: string | Buffer
  data: string | Buffer
  flags?: number
  method?: number
  mode?: number
  localName?: string
}
/** Hand-made .zip, as no packer would write it. */
function zipped(entries: readonly Entry[], { before = '', after = '' } = {}): Buffer {
  const parts: Buffer[] = [Buffer.from(before)]
  const listed: Buffer[] = []
  let at = 0
  for (const { name, data, flags = 0, method = 8, mode = 0o100644, localName } of entries) {
    const [called, bytes] = [Buffer.from(name as string), Buffer.from(data as string)]
    const local = localName === undefined ? called : Buffer.from(localName)
    const packed = method === 8 ? deflateRawSync(bytes) : bytes
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(flags, 6)
    head.writeUInt16LE(method, 8)
    head.writeUInt16LE(local.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(0x31e, 4)
    entry.writeUInt16LE(flags, 8)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(crc32(bytes), 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(bytes.length, 24)
    entry.writeUInt16LE(called.length, 28)
    entry.writeUInt32LE((mode << 16) >>> 0, 38)
    entry.writeUInt32LE(at, 42)
    parts.push(head, local, packed)
    listed.push(entry, called)
    at += head.length + local.length + packed.length
  }
  const list = Buffer.concat(listed)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, list, end, Buffer.from(after)])
}

const texts = ({ conversations }: WholeHistory): Record<string, string[]> =>
  Object.fromEntries(Object.entries(conversations).map(([name, messages]) => [name, messages.map(({ sender, text }) => `${sender}: ${text}`)]))
const kinds = ({ unread }: WholeHistory): string[] => unread.map((line) => line.split(':', 1)[0] ?? '')

const OBJECTS = [
  { time: '2024-05-31 09:30:00', sender: 'Ann', text: 'hi' },
  { time: '2024-05-31 09:31:00', sender: 'Bob', text: 'ho' },
  { time: '2024-05-31 09:32:00', sender: 'Ann', text: 'hu' }
]
const [ONE, TWO, THREE] = OBJECTS.map((one) => JSON.stringify(one)) as [string, string, string]
const LIST = JSON.stringify(OBJECTS)
const ALL = ['Ann: hi', 'Bob: ho', 'Ann: hu']
const column = (key: 'time' | 'sender' | 'text'): string[] => OBJECTS.map((one) => one[key])
const numbered = (list: readonly unknown[]): object => Object.fromEntries(list.map((value, at) => [String(at), value]))

test.each<[string, string | Buffer, string[], string[]?]>([
  ['a list that is cut', LIST.slice(0, -20), ['Ann: hi', 'Bob: ho'], ['cut']],
  ['a list that is cut within an escape', `${LIST.slice(0, -1)},{"time":"2024-05-31 09:33:00","text":"a\\`, ALL, ['cut']],
  ['a list without its last bracket', LIST.slice(0, -1), ALL, ['cut']],
  ['commas too many', LIST.replace(']', ',,]').replace('},{', '},,{'), ALL],
  ['commas too few', LIST.replaceAll('},{', '} {').replaceAll('","', '" "'), ALL],
  ['comments', `// made by hand\n[/* the first */${LIST.slice(1, -1)}# the last\n]`, ALL],
  ['values of other languages', LIST.replace('"hu"', '"hu","x":NaN,"y":-Infinity,"z":undefined,"n":None,"t":True'), ALL],
  ['quotes of one stroke', LIST.replaceAll('"', "'"), ALL],
  ['keys without quotes', LIST.replace(/"(time|sender|text)":/g, '$1:'), ALL],
  ['the shell of a database', LIST.replace('"2024-05-31 09:30:00"', 'ISODate("2024-05-31 09:30:00")'), ALL],
  ['raw line breaks and tabs in a text', LIST.replace('"hi"', '"h\n\ti"'), ['Ann: h\n\ti', 'Bob: ho', 'Ann: hu']],
  ['zero bytes', `${LIST.replace('hi', 'h\0i')}${'\0'.repeat(5000)}`, ALL],
  ['marks of byte order in the middle', `\ufeff${LIST.replace('},{', '},\ufeff{')}`, ALL],
  ['halves of characters', LIST.replace('"hi"', '"\\ud83dhi\\udc00"'), ['Ann: \ufffdhi\ufffd', 'Bob: ho', 'Ann: hu']],
  ['a name that it is given', `window.YTD.part0 = ${LIST};`, ALL],
  ['what it is called with', `callback(${LIST});`, ALL],
  ['what follows behind it', `${LIST}\n<!-- 3 rows -->`, ALL],
  ['one object alone', ONE, ['Ann: hi']],
  ['objects one after the other', `${ONE}${TWO}\n\n${THREE}`, ALL],
  ['objects of several lines', OBJECTS.map((one) => JSON.stringify(one, null, 2)).join('\n'), ALL],
  ['records with separators (RFC 7464)', [ONE, TWO, THREE].map((one) => `\u001e${one}\n`).join(''), ALL],
  ['lines with commas', [ONE, TWO, THREE].join(',\n'), ALL],
  ['lines that end as on old Macs', [ONE, TWO, THREE].join('\r'), ALL],
  ['lines of which one is broken', [ONE, '{"time": "2024', THREE].join('\n'), ['Ann: hi', 'Ann: hu'], ['line']],
  ['lines of which the first is broken', ['{"time": "2024', TWO, THREE].join('\n'), ['Bob: ho', 'Ann: hu'], ['line']],
  ['lines of which the last is cut', [ONE, TWO, THREE].join('\n').slice(0, -9), ['Ann: hi', 'Bob: ho'], ['line']],
  ['a table by columns', JSON.stringify({ time: numbered(column('time')), sender: numbered(column('sender')), text: numbered(column('text')) }), ALL],
  ['a table by columns that are lists', JSON.stringify({ time: column('time'), sender: column('sender'), text: column('text') }), ALL],
  ['a table split', JSON.stringify({ columns: ['time', 'sender', 'text'], index: [0, 1, 2], data: OBJECTS.map((one) => Object.values(one)) }), ALL],
  ['objects by number', JSON.stringify(numbered(OBJECTS)), ALL],
  ['rows with a heading', JSON.stringify([['time', 'sender', 'text'], ...OBJECTS.map((one) => Object.values(one))]), ALL],
  ['an answer of a service', JSON.stringify({ code: 0, msg: 'ok', data: { messages: OBJECTS } }), ALL],
  ['100,000 levels in one value', LIST.replace('"hi"', `"hi","x":${'['.repeat(100_000)}${']'.repeat(100_000)}`), ALL],
  ['100,000 levels as a message', `[${ONE},${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)},${TWO},${THREE}]`, ALL, ['object']],
  ['UTF-16', iconv.encode(LIST, 'utf-16le'), ALL]
])('JSON: %s', async (_, content, lines, unread = []) => {
  const whole = await wholeHistory(put('chat.json', content))
  expect(texts(whole)).toEqual({ chat: lines })
  expect(kinds(whole)).toEqual(unread)
})

const TELEGRAM = JSON.stringify(
  {
    name: 'Ann',
    type: 'personal_chat',
    id: 1,
    messages: Array.from({ length: 20 }, (_, at) => ({
      id: at,
      type: 'message',
      date: '2024-05-31T09:30:00',
      date_unixtime: String(1717147800 + at),
      from: 'Ann',
      from_id: 'user1',
      text: `hello ${at}`,
      text_entities: []
    }))
  },
  null,
  1
)
test('a truncated export is read up to its end, wherever that is', async () => {
  for (let end = TELEGRAM.length - 1; end > 700; end -= 331) {
    const whole = await wholeHistory(put('result.json', TELEGRAM.slice(0, end)))
    const complete = TELEGRAM.slice(0, end).split(/\n {2}\}/).length - 1
    expect(texts(whole)['Ann'], `cut at ${end}`).toHaveLength(complete)
    expect(kinds(whole)).toEqual(['cut'])
  }
})

test('a text of hundreds of megabytes takes no memory, and is reported', async () => {
  const path = put('result.json', TELEGRAM.slice(0, TELEGRAM.lastIndexOf('hello 19')))
  for (let i = 0; i < 15; i++) writeFileSync(path, 'x'.repeat(10_000_000), { flag: 'a' })
  const whole = await wholeHistory(path)
  expect(texts(whole)['Ann']).toHaveLength(19)
  expect(kinds(whole)).toEqual(['broken', 'cut'])
  expect(whole.unread[0]).toContain('longer than any message')
})

test('messages after a text of hundreds of megabytes are read', async () => {
  const at = TELEGRAM.indexOf('hello 9"')
  const path = put('result.json', TELEGRAM.slice(0, at))
  const piece = `\\"\\u4f60${'x'.repeat(10_000_000)}`
  for (let i = 0; i < 15; i++) writeFileSync(path, piece, { flag: 'a' })
  writeFileSync(path, TELEGRAM.slice(at), { flag: 'a' })
  const whole = await wholeHistory(path)
  // the message stays, without a text
  expect(texts(whole)['Ann']).toEqual(Array.from({ length: 20 }, (_, i) => (i === 9 ? 'Ann: ' : `Ann: hello ${i}`)))
  expect(whole.unread).toEqual([expect.stringContaining('longer than any message')])
})

const CHAT = '2024/5/31 09:30 - Ann: hi\n2024/5/31 09:31 - Bob: ho\n2024/5/31 09:32 - Ann: hu\n'
test.each<[string, string | Buffer, string[], string[]?]>([
  ['lines that end as on old Macs', CHAT.replaceAll('\n', '\r'), ALL],
  ['a line of somebody’s own above', `Saved on Friday.\n${CHAT}`, ALL, ['line']],
  ['zero bytes at its end', `${CHAT}${'\0'.repeat(5000)}`, ALL],
  ['two marks of byte order', `\ufeff\ufeff${CHAT}`, ALL],
  ['cut within a character', Buffer.from(`${CHAT}2024/5/31 09:33 - 李: 好`).subarray(0, -1), [...ALL, '李: \ufffd']],
  ['names of joined emoji', CHAT.replaceAll('Ann', '👩‍👩‍👧'), ['👩‍👩‍👧: hi', 'Bob: ho', '👩‍👩‍👧: hu']]
])('a chat: %s', async (_, content, lines, unread = []) => {
  const whole = await wholeHistory(put('WhatsApp Chat with Ann.txt', content))
  expect(texts(whole)).toEqual({ Ann: lines })
  expect(kinds(whole)).toEqual(unread)
})

const ROWS = 'time,sender,text\n2024-05-31 09:30:00,Ann,hi\n2024-05-31 09:31:00,Bob,ho\n2024-05-31 09:32:00,Ann,hu\n'
test.each<[string, string, string[], string[]?]>([
  ['carets', ROWS.replaceAll(',', '^'), ALL],
  ['wide signs', ROWS.replaceAll(',', '，').replace('hi', '“hi，you”'), ['Ann: hi，you', 'Bob: ho', 'Ann: hu']],
  ['quotes of one stroke', ROWS.replace(/[^,\n]+/g, "'$&'").replace("'hi'", "'hi, you'"), ['Ann: hi, you', 'Bob: ho', 'Ann: hu']],
  ['a word on the separator', `sep=;\r\n${ROWS.replaceAll(',', ';')}`, ALL],
  ['a quote that nobody closes', ROWS.replace('hi', '"hi'), ['Ann: "hi', 'Bob: ho', 'Ann: hu']],
  ['two quotes that nobody closes', ROWS.replace('hi', '"hi').replace('ho', '"ho'), ['Ann: "hi', 'Bob: "ho', 'Ann: hu']],
  ['a text of lines within quotes', ROWS.replace('hi', '"h\n\ni, ""you"""'), ['Ann: h\n\ni, "you"', 'Bob: ho', 'Ann: hu']],
  ['inches', ROWS.replace('hi', '5" wide'), ['Ann: 5" wide', 'Bob: ho', 'Ann: hu']],
  ['an exponent for a time', ROWS.replace(/2024-\S+ \S+?,/g, '1.7171478E+12,'), ALL],
  ['times as C prints them', ROWS.replace(/2024-05-31 (\S+?),/g, 'Fri May 31 $1 2024,'), ALL],
  ['times as JavaScript prints them', ROWS.replace(/2024-05-31 (\S+?),/g, 'Fri May 31 2024 $1 GMT+0200 (CEST),'), ALL],
  ['times without signs', ROWS.replace(/2024-05-31 (\d\d):(\d\d):(\d\d)/g, '20240531T$1$2$3Z'), ALL]
])('a table: %s', async (_, content, lines, unread = []) => {
  const whole = await wholeHistory(put('chat.csv', content))
  expect(texts(whole)).toEqual({ chat: lines })
  expect(kinds(whole)).toEqual(unread)
  expect(
    Object.values(whole.conversations)
      .flat()
      .every(({ time }) => time !== null && time > Date.UTC(2024, 4, 30) && time < Date.UTC(2024, 5, 2))
  ).toBe(true)
})

test.each([
  ['ns since 1970', '1717147800000000000'],
  ['ns since 2001 (Apple)', '738840600000000000'],
  ['µs since 1970', '1717147800000000'],
  ['µs since 1601 (WebKit)', '13361621400000000'],
  ['100 ns since 1601 (Windows)', '133616214000000000'],
  ['100 ns since the year 1 (.NET)', '638527446000000000']
])('a table: times in %s', async (_, time) => {
  const whole = await wholeHistory(put('chat.csv', `time,sender,text\n${time},Ann,hi\n`))
  expect(whole.conversations['chat']?.[0]?.time).toBe(1717147800000)
})

test.each<[string, () => Buffer, Record<string, string[]>, string[]?]>([
  ['an archive within it', () => zipped([{ name: 'WhatsApp Chat - Ann.zip', data: zipped([{ name: '_chat.txt', data: CHAT }]) }]), { Ann: ALL }],
  [
    'several archives within it',
    () =>
      zipped([
        { name: 'WhatsApp Chat - Ann.zip', data: zipped([{ name: '_chat.txt', data: CHAT }]) },
        { name: 'WhatsApp Chat - Bob.zip', data: zipped([{ name: '_chat.txt', data: CHAT.replaceAll('Ann', 'Zoe') }]) }
      ]),
    { Ann: ALL, Bob: ALL.map((line) => line.replace('Ann', 'Zoe')) }
  ],
  ['a packed file within it', () => zipped([{ name: 'chat.json.gz', data: gzipSync(LIST) }]), { chat: ALL }],
  ['bytes before and behind it', () => zipped([{ name: 'WhatsApp Chat with Ann.txt', data: CHAT }], { before: 'MZ, a program', after: 'more' }), { Ann: ALL }],
  ['another name in front of the file', () => zipped([{ name: 'WhatsApp Chat with Ann.txt', localName: 'x.bin', data: CHAT }]), { Ann: ALL }],
  ['names of Windows', () => zipped([{ name: 'C:\\a\\WhatsApp Chat with Ann.txt', data: CHAT }]), { Ann: ALL }],
  ['names in GBK', () => zipped([{ name: iconv.encode('与小明的聊天.txt', 'gbk'), data: CHAT }]), { 与小明的聊天: ALL }],
  ['names in Shift_JIS', () => zipped([{ name: iconv.encode('田中とのトーク.txt', 'shift_jis'), data: CHAT }]), { 田中とのトーク: ALL }],
  ['names in UTF-8 that nothing says', () => zipped([{ name: '与小明的聊天.txt', data: CHAT }]), { 与小明的聊天: ALL }],
  [
    'names that lead out of it',
    () =>
      zipped([
        { name: '../../evil.txt', data: CHAT },
        { name: 'WhatsApp Chat with Ann.txt', data: CHAT }
      ]),
    { Ann: ALL },
    ['file']
  ],
  [
    'links',
    () =>
      zipped([
        { name: 'passwd.txt', data: '/etc/passwd', mode: 0o120777 },
        { name: 'WhatsApp Chat with Ann.txt', data: CHAT }
      ]),
    { Ann: ALL },
    ['file']
  ],
  [
    'one that is encrypted and one that is packed otherwise',
    () =>
      zipped([
        { name: 'a.txt', data: CHAT, flags: 1 },
        { name: 'b.txt', data: CHAT, method: 93 },
        { name: 'WhatsApp Chat with Ann.txt', data: CHAT }
      ]),
    { Ann: ALL },
    ['file', 'file']
  ],
  [
    'exports of several apps',
    () =>
      zipped([
        { name: 'WhatsApp Chat with Tom.txt', data: CHAT },
        { name: 'telegram/result.json', data: TELEGRAM },
        { name: 'table.csv', data: ROWS },
        { name: 'list.json', data: LIST },
        { name: 'slack/channels.json', data: '[{"id":"C1","name":"general"}]' },
        { name: 'slack/users.json', data: '[{"id":"U1","name":"ann"}]' },
        { name: 'slack/general/2024-05-31.json', data: '[{"type":"message","user":"U1","text":"yo","ts":"1717147810.0001"}]' }
      ]),
    { Tom: ALL, Ann: Array.from({ length: 20 }, (_, at) => `Ann: hello ${at}`), table: ALL, list: ALL, '#general': ['ann: yo'] }
  ],
  [
    'several of one app',
    () =>
      zipped([
        { name: '1/result.json', data: TELEGRAM },
        { name: '2/result.json', data: TELEGRAM.replace('"id": 1,', '"id": 7,').replace('"Ann"', '"Zoe"') }
      ]),
    { Ann: Array.from({ length: 20 }, (_, at) => `Ann: hello ${at}`), Zoe: Array.from({ length: 20 }, (_, at) => `Ann: hello ${at}`) }
  ]
])('an archive: %s', async (_, make, conversations, unread = []) => {
  const whole = await wholeHistory(put('backup.zip', make()))
  expect(texts(whole)).toEqual(conversations)
  expect(kinds(whole)).toEqual(unread)
})

test.each<[string, string, string | Buffer, RegExp]>([
  ['an archive that is cut', 'a.zip', zipped([{ name: '_chat.txt', data: CHAT }]).subarray(0, -30), /cut off or damaged/],
  ['an archive all of which is encrypted', 'a.zip', zipped([{ name: '_chat.txt', data: CHAT, flags: 1 }]), /it is encrypted/],
  ['an archive of another kind', 'a.rar', Buffer.from('526172211a0700cf90730000', 'hex'), /unpacked first/],
  ['a picture', 'a.txt', Buffer.from('ffd8ffe000104a464946', 'hex'), /picture/],
  ['noise', 'a.dat', Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 7919 + at * at * 31) % 256)), /no text/],
  ['nothing but zeros', 'a.txt', Buffer.alloc(10_000), /nothing in it/],
  ['blanks', 'a.txt', '\n\n  \n', /nothing in it/],
  ['a page of the web', 'a.html', '<!doctype html><html><body>hi</body></html>', /a page, or XML, of no app/],
  ['notes with a time above them', 'notes.txt', 'Meeting notes 2024-05-31 09:30\nwe met\n\nand left', /which of its columns|other-format|not clear/],
  ['a list of calls', 'calls.xml', '<?xml version="1.0" ?>\n<calls count="1"><call number="1" date="1717147800000" /></calls>', /a page, or XML, of no app/],
  ['a word of JSON', 'a.json', '"hello"', /no messages/]
])('%s is refused with a sentence', async (_, name, content, message) => {
  const attempt = wholeHistory(put(name, content))
  await expect(attempt).rejects.toThrow(ImportError)
  await expect(attempt).rejects.toThrow(message)
})

test('a folder with a circular link is read to its end, and links are not followed', async () => {
  const path = put('chats/WhatsApp Chat with Ann.txt', CHAT)
  symlinkSync(dirname(path), join(dirname(path), 'again'))
  symlinkSync('/etc/passwd', join(dirname(path), 'people.txt'))
  const whole = await wholeHistory(dirname(path))
  expect(texts(whole)).toEqual({ Ann: ALL })
  expect(kinds(whole)).toEqual(['file'])
})

test('attachments are found in any case and normal form of their names', async () => {
  const chat = `${CHAT}2024/5/31 09:35 - Ann: IMG-1.JPG (file attached)\n2024/5/31 09:36 - Ann: café.png (file attached)\n`
  const path = put('WhatsApp Chat with Ann.txt', chat)
  writeFileSync(join(dirname(path), 'img-1.jpg'), 'one')
  writeFileSync(join(dirname(path), 'cafe\u0301.png'), 'two')
  expect(Object.values((await wholeHistory(path)).files)).toEqual(['one', 'two'])
  const archive = put(
    'chat.zip',
    zipped([
      { name: 'WhatsApp Chat with Ann.txt', data: chat },
      { name: 'img-1.jpg', data: 'one' },
      { name: 'cafe\u0301.png', data: 'two', flags: 0x800 }
    ])
  )
  expect(Object.values((await wholeHistory(archive)).files)).toEqual(['one', 'two'])
})

test('a truncated compressed chat is read up to its end, and reported', async () => {
  const long = Array.from({ length: 5000 }, (_, at) => `2024/5/31 09:30 - Ann: message ${at} ${(at * 7919) % 104729}\n`).join('')
  const packed = gzipSync(long)
  const whole = await wholeHistory(put('chat.txt.gz', packed.subarray(0, packed.length / 2)))
  expect(whole.conversations['chat']?.length).toBeGreaterThan(1000)
  expect(kinds(whole)).toEqual(['cut'])
})

test('a database is read with the log that lies beside it, also in an archive', async () => {
  const path = put('logs.db', '')
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.exec(`CREATE TABLE jids (jid_id INTEGER PRIMARY KEY, jid TEXT, type INTEGER);
    CREATE TABLE logs (log_line_id INTEGER PRIMARY KEY, account_id INT, jid_id INTEGER, contact_name TEXT, time INTEGER, kind INTEGER, show INTEGER, message TEXT, error TEXT, subject TEXT, additional_data TEXT, stanza_id TEXT, encryption TEXT, encryption_state TEXT, marker INTEGER);
    INSERT INTO jids VALUES (1, 'ann@example.org', 0); INSERT INTO logs (jid_id, contact_name, time, kind, message) VALUES (1, 'ann', 1717147800, 4, 'hi')`)
  const [bytes, log] = [readFileSync(path), readFileSync(`${path}-wal`)]
  db.close()
  const alone = put('logs.db', bytes)
  writeFileSync(`${alone}-wal`, log)
  const archive = put(
    'gajim.zip',
    zipped([
      { name: 'logs.db', data: bytes },
      { name: 'logs.db-wal', data: log }
    ])
  )
  for (const one of [alone, archive]) expect(texts(await wholeHistory(one))).toEqual({ 'ann@example.org': ['ann: hi'] })
})
