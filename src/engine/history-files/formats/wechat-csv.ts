/** WeChat exports as tables: by MemoTrace (its database's columns), PyWxDump and chatlog. Other tables are read as general ones. */
import { beginning, ImportError, type ConversationHead, type ParsedMessage } from '../history.ts'
import { headOf, type TextFile } from '../source.ts'
import { csvRows, PLAIN_CSV } from './csv.ts'
import type { Format } from './format.ts'
import { HeadsByKey } from './json-history.ts'
import { instantOf } from './json-stream.ts'
import { weChatContent, weChatKind } from './wechat-content.ts'

type Row = Record<string, string>
/** Column names by content, lower case; the first non-empty one counts. */
const COLUMNS = {
  kind: ['type', 'type_name', '类型', '消息类型'],
  sub: ['subtype', 'sub_type'],
  own: ['issender', 'is_sender', 'issend', 'is_send', 'isself'],
  time: ['createtime', 'create_time', 'strtime', 'time', '时间'],
  text: ['strcontent', 'msg', 'content', '内容'],
  sender: ['remark', '备注', 'nickname', '昵称', 'sendername', '发送人', 'sender', 'talker'],
  place: ['talkername', 'room_name'],
  placeId: ['room_name', 'talker'],
  id: ['localid', 'msgsvrid', '消息id'],
  source: ['src']
} as const
/** Headings by which the tools' tables are recognized. */
const KNOWN = [
  ['localid', 'issender', 'strcontent'],
  ['type_name', 'is_sender', 'msg'],
  ['time', 'sendername', 'talkername', 'content'],
  ['消息id', '类型', '发送人', '时间', '内容']
]

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\ufeff/, '')
    .split(/[,;\t]/)
    .map((cell) => cell.trim().replace(/^"|"$/g, '').toLowerCase())
const isWeChat = (line: string): boolean => {
  const cells = cellsOf(line)
  return KNOWN.some((names) => names.every((name) => cells.includes(name)))
}

async function* rowsOf(file: TextFile, separator: string): AsyncIterable<Row> {
  let names: string[] | null = null
  for await (const { cells } of csvRows(file, { ...PLAIN_CSV, separator })) {
    if (names === null) names = cells.map((name) => name.replace('\ufeff', '').trim().toLowerCase())
    else yield Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']))
  }
}
const cell = (row: Row, column: keyof typeof COLUMNS): string => {
  for (const name of COLUMNS[column]) if ((row[name] ?? '').trim() !== '') return row[name] ?? ''
  return ''
}

/** Tables of WeChat's export tools. */
export const wechatCsv: Format = {
  name: 'wechat',
  matches: ({ lines }) => isWeChat(lines[0] ?? ''),
  async read(file) {
    const [first = ''] = (await headOf(file, 4000)).split(/\r?\n/)
    if (!isWeChat(first)) throw new ImportError(file.file, 1, 'its columns are not those of a WeChat export', 'other-format')
    const delimiter = [',', ';', '\t'].sort((a, b) => first.split(b).length - first.split(a).length)[0] ?? ','
    // the tool appends the encoding to the contact's name
    const called = file.name.replace(/_utf-?8$/i, '')
    return {
      format: 'wechat',
      self: null,
      encoding: file.encoding,
      order: null,
      columns: null,
      async read(sink) {
        const heads = new HeadsByKey()
        let current: ConversationHead | null = null
        let count = 0
        for await (const row of rowsOf(file, delimiter)) {
          if (++count % 2000 === 0) await sink.rest()
          const place = cell(row, 'place')
          const placeId = cell(row, 'placeId')
          const head = heads.get(place, () => ({ name: place || called, id: placeId === '' || place === '' ? null : `wechat:${placeId}` }))
          const own = cell(row, 'own')
          const outgoing = own === '' ? undefined : own === '1' || /^(?:true|是)$/i.test(own)
          const written = cell(row, 'time')
          const kind = cell(row, 'kind')
          const number = Number(kind)
          const { type, sub } =
            kind === '' ? { type: 1, sub: 0 } : Number.isNaN(number) ? weChatKind(kind) : { type: number, sub: Number(cell(row, 'sub')) || 0 }
          const text = cell(row, 'text')
          const content = weChatContent(type, sub, type !== 1 && cell(row, 'source') !== '' ? cell(row, 'source') : text, file)
          if (content === 'notice') {
            sink.notice()
            continue
          }
          const time = instantOf(written)
          const message: ParsedMessage = { sender: cell(row, 'sender') || (outgoing === true ? '我' : called), time, ...content }
          if (outgoing !== undefined) message.outgoing = outgoing
          const id = cell(row, 'id')
          if (id !== '') message.id = id
          if (time === null) message.stamp = beginning(written)
          if (message.text === '' && message.files === undefined) {
            sink.unread(kind || 'text', `${count}: ${beginning(Object.values(row).join(delimiter))}`)
            continue
          }
          if (head !== current) sink.conversation((current = head))
          sink.message(message)
        }
        await sink.rest()
      }
    }
  }
}
