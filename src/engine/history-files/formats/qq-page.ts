/** QQ exports by its client as a web archive (.mht) or page: rows of a table; pictures are parts of the same file, in Base64. */
import type { ConversationHead, ParsedFile } from '../history.ts'
import type { TextFile } from '../source.ts'
import { chunkHistory, type ChunkReader, type ReadChunk } from './chunk-history.ts'
import { attributeOf, plainText } from './markup.ts'
import { parseTime } from './times.ts'
import { PART } from './web-archive.ts'

const DATE = /^\s*日期[:：]\s*(\d{4}-\d{1,2}-\d{1,2})/
const OBJECT = /^\s*消息对象[:：]\s*(.*)/
const GROUP = /^\s*消息分组[:：]\s*(.*)/
const NUMBER = /^(?:【[^】]*】\s*)*(.*?)(?:\((\d{4,15})\)|<([^<>\s]+@[^<>\s]+)>)?$/

/** Picture that is a part of the archive; its name is a number, and does not tell its type. */
function pictureOf(attributes: string): ParsedFile {
  const source = attributeOf(attributes, 'src')
  const name = (source ?? 'image').split(/[\\/]/).at(-1)?.replace(/[{}]/g, '') ?? 'image'
  return { kind: 'image', name: name.replace(/\.dat$/i, '.jpg'), bytes: null, source: source === null ? null : PART + source }
}

function open(file: TextFile): ChunkReader {
  let group = ''
  let head: ConversationHead = { name: file.name, id: null }
  const heads = new Map<string, ConversationHead>()
  let day = ''
  return {
    head: () => head,
    read(chunk): ReadChunk {
      const row = /^<tr\b[^>]*>([\s\S]*?)(?:<\/tr\s*>|$)/i.exec(chunk)?.[1] ?? ''
      const whole = plainText(row)
      const date = DATE.exec(whole)
      if (date !== null) {
        day = date[1] ?? ''
        return null
      }
      const grouped = GROUP.exec(whole)
      if (grouped !== null) {
        group = grouped[1]?.trim() ?? ''
        return null
      }
      const object = OBJECT.exec(whole)
      if (object !== null) {
        const name = object[1]?.trim() || file.name
        const key = `${group}\n${name}`
        const known = heads.get(key)
        heads.set(key, (head = known ?? { name, id: null }))
        return null
      }
      // the first box contains the name in an inner box, then the time; the second is the message
      const [, named = '', after = '', body = ''] = /<div[^>]*>\s*<div[^>]*>([\s\S]*?)<\/div>([\s\S]*?)<\/div>([\s\S]*)$/i.exec(row) ?? []
      const clock = /(\d{4}[-/]\d{1,2}[-/]\d{1,2} )?((?:上午|下午)? ?\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?)/i.exec(plainText(after))
      if (clock === null) return whole === '' || /^消息记录/.test(whole) ? null : { unread: 'row' }
      const files = [...body.matchAll(/<img\b([^>]*)>/gi)].map(([, attributes = '']) => pictureOf(attributes))
      const [, name = '', number, address] = NUMBER.exec(plainText(named)) ?? []
      const sender = name || number || address || ''
      const text = plainText(body.replace(/<img\b[^>]*>/gi, ''))
      const written = `${clock[1]?.trim() ?? day} ${clock[2] ?? ''}`
      if (/^系统消息/.test(sender) || number === '10000' || sender === '') return 'notice'
      if (text === '' && files.length === 0) return { unread: 'text' }
      return { sender, time: parseTime(written), written, text, ...(files.length > 0 ? { files } : {}) }
    }
  }
}

/** Web archive of QQ (.mht). */
export const qqPage = chunkHistory({
  format: 'qq',
  matches: ({ head }) =>
    /Save by Tencent MsgMgr|Subject: ?Tencent IM Message/.test(head.slice(0, 2000)) || (/<title>QQ Message/i.test(head) && /<tr/i.test(head)),
  starts: ['<tr>', '<tr ', '<TR>', '<TR '],
  open
})
