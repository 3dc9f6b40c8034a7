/** History files: messages read per second and memory, by format, compared with npm's parsers. */
import { execFileSync } from 'node:child_process'
import { createWriteStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { once } from 'node:events'
import { corpus, ROOT, temporaryFolder } from '../test/support/files.ts'
import { bundled, THREADS } from '../test/support/workers.ts'
import { perSecond, table } from './table.ts'

const CHILD = fileURLToPath(new URL('import-of.ts', import.meta.url))
const FIRST = Date.UTC(2020, 0, 1)
/** Time between messages, ms */
const STEP = 60_000

interface Row {
  index: number
  sender: string
  text: string
  time: number
  /** Time format, such as '2020-01-01 00:00:00'. */
  clock: string
}
interface Written {
  name: string
  file: string
  /** npm readers to compare with. */
  peers: string[]
  before?: string
  line(row: Row): string
  after?: string
}

const json = JSON.stringify
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
const FILES: Written[] = [
  {
    name: 'WhatsApp',
    file: 'WhatsApp Chat with Group.txt',
    peers: ['whatsapp-chat-parser'],
    line: ({ clock, sender, text }) => `${clock.slice(8, 10)}/${clock.slice(5, 7)}/${clock.slice(0, 4)}, ${clock.slice(11, 16)} - ${sender}: ${text}\n`
  },
  {
    name: 'Telegram',
    file: 'result.json',
    peers: ['stream-json', 'JSON.parse'],
    before: '{"name":"Group","type":"private_group","id":1,"messages":[\n',
    line: ({ index, sender, text, time }) =>
      `${index === 0 ? '' : ',\n'}${json({ id: index, type: 'message', date: new Date(time).toISOString().slice(0, 19), date_unixtime: String(time / 1000), from: sender, from_id: `user${sender}`, text, text_entities: [{ type: 'plain', text }] })}`,
    after: ']}'
  },
  {
    name: 'Discord',
    file: 'discord.json',
    peers: ['stream-json', 'JSON.parse'],
    before: '{"guild":{"id":"1","name":"G"},"channel":{"id":"2","type":"GuildTextChat","name":"c"},"messages":[\n',
    line: ({ index, sender, text, time }) =>
      `${index === 0 ? '' : ',\n'}${json({ id: String(index), type: 'Default', timestamp: new Date(time).toISOString(), timestampEdited: null, isPinned: false, content: text, author: { id: sender, name: sender, nickname: sender }, attachments: [], embeds: [], reactions: [] })}`,
    after: ']}'
  },
  {
    name: 'Messenger',
    file: 'message_1.json',
    peers: ['stream-json', 'JSON.parse'],
    before: '{"participants":[{"name":"a"}],"messages":[\n',
    line: ({ index, sender, text, time }) =>
      `${index === 0 ? '' : ',\n'}${json({ sender_name: sender, timestamp_ms: time, content: Buffer.from(text).toString('latin1') })}`,
    after: '],"title":"Group","thread_path":"inbox/g"}'
  },
  {
    name: 'table (CSV)',
    file: 'table.csv',
    peers: ['papaparse'],
    before: 'time,sender,text\n',
    line: ({ clock, sender, text }) => `${clock},${sender},${quoted(text)}\n`
  },
  {
    name: 'WeChat (MemoTrace)',
    file: 'friend_utf8.csv',
    peers: ['papaparse'],
    before: 'localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\n',
    line: ({ index, clock, sender, text, time }) => `${index},1,1,0,${index % 2},${time / 1000},0,${quoted(text)},${clock},${sender},${sender},${sender}\n`
  },
  {
    name: 'QQ',
    file: 'qq.txt',
    peers: [],
    before: '消息记录（此消息记录为文本格式，不支持重新导入）\n\n消息对象:群\n\n',
    line: ({ clock, sender, text }) => `${clock} ${sender}(1${sender.replace(/\D/g, '').padStart(5, '0')})\n${text}\n\n`
  },
  {
    name: 'LINE',
    file: 'line.txt',
    peers: [],
    before: '[LINE] Chat history with Group\nSaved on: 2024/01/01 10:00\n\n',
    line: ({ index, clock, sender, text }) =>
      `${index % 100 === 0 ? `${clock.slice(0, 10).replaceAll('-', '/')}(Fri)\n` : ''}${clock.slice(11, 16)}\t${sender}\t${text}\n`
  },
  {
    name: 'KakaoTalk',
    file: 'kakao.txt',
    peers: [],
    before: 'Group with KakaoTalk Chats\nDate Saved : 2024-01-01 10:00:00\n\n',
    line: ({ index, clock, sender, text }) =>
      `${index % 100 === 0 ? `--------------- ${clock.slice(0, 4)}년 ${Number(clock.slice(5, 7))}월 ${Number(clock.slice(8, 10))}일 금요일 ---------------\n` : ''}[${sender}] [오후 ${(Number(clock.slice(11, 13)) % 12) + 1}:${clock.slice(14, 16)}] ${text}\n`
  },
  {
    name: 'IRC (weechat)',
    file: 'irc.net.#c.weechatlog',
    peers: [],
    before: '2019-12-31 00:00:00\t-->\ta joined\n',
    line: ({ clock, sender, text }) => `${clock}\t${sender}\t${text}\n`
  }
]

async function write(path: string, { before = '', line, after = '' }: Written, rows: Iterable<{ sender: string; text: string }>): Promise<void> {
  const stream = createWriteStream(path)
  stream.write(before)
  let index = 0
  for (const { sender, text } of rows) {
    const time = FIRST + index * STEP
    const row = { index, sender: `p${sender}`, text: text.replace(/\s+/g, ' '), time, clock: new Date(time).toISOString().slice(0, 19).replace('T', ' ') }
    if (!stream.write(line(row))) await once(stream, 'drain')
    index++
  }
  stream.end(after)
  await once(stream, 'close')
}

interface Measured {
  messages: number
  ms: number
  /** Memory at its most above what the process had before. */
  mb: number
}
const measure = (reader: string, path: string): Measured =>
  JSON.parse(
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, reader, path], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
      maxBuffer: 1e7
    })
  ) as Measured

/** Prints a table by format: Mnemo's reading, the same into the encrypted, indexed store, and npm's readers. */
export async function imports(): Promise<void> {
  const rows = corpus()
  const lines: string[][] = []
  for (const written of FILES) {
    using folder = temporaryFolder()
    const path = join(folder.path, written.file)
    await write(path, written, rows)
    const size = `${Math.round(statSync(path).size / 1e6)}`
    for (const reader of ['mnemo', ...written.peers, 'mnemo, stored']) {
      const { messages, ms, mb } = measure(reader, path)
      lines.push([`${written.name}: ${reader}`, size, messages.toLocaleString('en'), perSecond(messages, ms), String(Math.round(mb))])
    }
  }
  table(
    'History files: read (Mnemo twice, as an import does), and read into the encrypted store',
    ['', 'file MB', 'messages', 'messages/s', 'memory on top, MB'],
    lines
  )
}

/** Messages of one conversation in a large file: by a second each, so that they fit between 2020 and now. */
function* repeated(rows: readonly { sender: string; text: string }[], count: number): Iterable<{ sender: string; text: string }> {
  for (let index = 0; index < count; index++) {
    const row = rows[index % rows.length]
    if (row !== undefined) yield { sender: row.sender, text: `${row.text} ${index}` }
  }
}

/** Prints a table: a Telegram result.json of so many GB ($MNEMO_BENCH_LARGE, otherwise 2), previewed, imported and imported again by the built engine (bar: 400 MB of the whole process). */
export async function largeImport(): Promise<void> {
  const bytes = Number(process.env['MNEMO_BENCH_LARGE'] ?? 2) * 1e9
  const telegram = FILES.find(({ name }) => name === 'Telegram')
  if (telegram === undefined) return
  using folder = temporaryFolder()
  const path = join(folder.path, telegram.file)
  const rows = corpus()
  const sample = join(folder.path, 'sample.json')
  await write(sample, telegram, repeated(rows, rows.length))
  const count = Math.ceil(bytes / (statSync(sample).size / rows.length))
  const seconds: Written = { ...telegram, line: (row) => telegram.line({ ...row, time: FIRST + row.index * 20_000 }) }
  await write(path, seconds, repeated(rows, count))
  const { folder: built, remove } = await bundled({ ...THREADS, 'large-import-of': fileURLToPath(new URL('large-import-of.ts', import.meta.url)) })
  const lines = ['preview', 'import', 'again'].map((task) => {
    const profile = join(folder.path, task === 'preview' ? 'preview' : 'import')
    const said = execFileSync(process.execPath, [join(built, 'large-import-of.mjs'), task, path, profile, ROOT], { encoding: 'utf8' })
    const { messages, ms, before, peak } = JSON.parse(said) as { messages: number; ms: number; before: number; peak: number }
    const memory = [before, peak].map((mb) => String(Math.round(mb)))
    return [
      task === 'again' ? 'the same again' : task,
      String(Math.round(statSync(path).size / 1e6)),
      messages.toLocaleString('en'),
      perSecond(messages, ms),
      ...memory
    ]
  })
  remove()
  table(
    'A large history file, and the memory of the whole process before it and at its most (bar: 400 MB)',
    ['', 'file MB', 'messages', 'messages/s', 'before, MB', 'at most, MB'],
    lines
  )
}
