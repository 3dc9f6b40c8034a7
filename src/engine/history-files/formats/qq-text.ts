/**
 * QQ exports by its client as text, of all versions: 消息对象, then a line of time, name and number (or address), then the text. One file may hold many
 * conversations. Also the format of WeChat tools that write time and name in one line.
 */
import type { ConversationHead } from '../history.ts'
import type { TextFile } from '../source.ts'
import { HeadsByKey } from './json-history.ts'
import { withoutPlaceholders } from './left-out.ts'
import { readStamp, simplify, stampAt, type Stamp } from './stamps.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'

const OBJECT = /^(?:消息对象|訊息對象|消息對象)[:：]\s*(.*)$/
const GROUP = /^(?:消息分组|訊息分組|消息分組)[:：]\s*(.*)$/
const FRAME = /^(?:=+|(?:消息记录|訊息記錄|消息記錄)（此.*|MSG(?:MGR)?_\w*.*)$/
/** '张三(12345)', '李四<a@qq.com>', or a name alone; a rank in 【】 may precede it. */
const SENDER = /^(?:【[^】]*】\s*)*(.*?)(?:\((\d{4,15})\)|<([^<>\s]+@[^<>\s]+)>)?$/
const SYSTEM = /^(?:系统消息|系統消息|系统提示)(?:\(10000\))?$/
/** Number of QQ's system messages. */
const SYSTEM_IDS = new Set(['10000', '1000000'])

const HALF = '(?:上午|下午|凌晨|早上|中午|晚上)'
/** Time and name in one line. The text after the time is the name, even a single letter, except AM and PM after a blank. */
const TIMED = new RegExp(`^(\\d{4}[-/年.]\\d{1,2}[-/月.]\\d{1,2}日? +(?:${HALF} ?)?\\d{1,2}:\\d{2}(?::\\d{2})?(?: [AP]M)?)(?: +(\\S.*))?$`)

/** Time at the start of a line, and the rest; null: none. */
function stamped(line: string): { stamp: Stamp; written: string; rest: string } | null {
  const [, written, rest = ''] = TIMED.exec(line) ?? []
  const stamp = written === undefined ? null : readStamp(written)
  return written === undefined || stamp === null ? null : { stamp, written, rest: rest.trim() }
}

function openQQ(file: TextFile): TextReader {
  const heads = new HeadsByKey()
  let group = ''
  let object = ''
  /** Last proper name of a number: the client sometimes writes the number in its place. */
  const names = new Map<string, string>()
  /** The line above is blank, or a part of the frame. */
  let below = true
  const current = (): ConversationHead => heads.get(`${group}\n${object}`, () => ({ name: object || file.name, id: null }))
  return {
    line(text): LineRead {
      const after = below
      below = text.trim() === '' || FRAME.test(text) || OBJECT.test(text)
      if (FRAME.test(text)) return 'skip'
      const named = OBJECT.exec(text)
      if (named !== null) {
        object = named[1]?.trim() ?? ''
        return 'skip'
      }
      const grouped = GROUP.exec(text)
      if (grouped !== null) {
        group = grouped[1]?.trim() ?? ''
        return 'skip'
      }
      const found = stamped(text)
      if (found === null) return null
      if (found.rest === '' && !after) return null
      if (found.rest === '') return { stamp: found.stamp, written: found.written, sender: '?', text: '' }
      const [, name = '', number, address] = SENDER.exec(found.rest) ?? []
      const id = number ?? address ?? null
      // a text may begin with a time, too
      if (!after && id === null) return null
      if (SYSTEM.test(name) || (id !== null && SYSTEM_IDS.has(id))) return { stamp: found.stamp, written: found.written, sender: null, text: '' }
      if (id !== null && name !== '' && name !== id) names.set(id, name)
      const sender = id !== null && (name === '' || name === id) ? (names.get(id) ?? id) : name
      return { stamp: found.stamp, written: found.written, sender, text: '' }
    },
    head: current,
    content: (text) => withoutPlaceholders(text, file) ?? { text: text.replace(/^\n+/, '') }
  }
}

/** True for a time with a name and its number or address. */
function isNumbered(line: string): boolean {
  const [, name = '', number, address] = SENDER.exec(stamped(line)?.rest ?? '') ?? []
  return name !== '' && (number !== undefined || address !== undefined)
}

/** Text of QQ (.txt). */
export const qqText = textHistory({
  format: 'qq',
  matches: ({ head, lines }) =>
    /^(?:消息记录|訊息記錄|消息記錄)（/m.test(head) ||
    /^(?:消息对象|訊息對象|消息對象)[:：]/m.test(head) ||
    // a part of it without the heading: numbers of QQ behind the names
    (isNumbered(lines[0] ?? '') && lines.slice(2, 60).some(isNumbered)),
  open: openQQ
})

const TIME_AND_NAME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \S/

/** MemoTrace's .txt has the same lines without a heading; the peer's messages bear the conversation's name. */
function openMemoTrace(file: TextFile): TextReader {
  const head: ConversationHead = { name: file.name, id: null }
  return {
    line(text): LineRead {
      if (!TIME_AND_NAME.test(text)) return null
      const found = stamped(text)
      const name = found?.rest ?? ''
      return found === null ? null : { stamp: found.stamp, written: found.written, sender: name, text: '' }
    },
    head: () => head,
    content(text) {
      const plain = text.replace(/^\n+/, '')
      // a notice is one line with its time, without a text below
      if (plain === '') return 'notice'
      const [, body = plain, name = '', said = ''] = /^([\s\S]*)\n引用:([^:\n]*):?([\s\S]*)$/.exec(plain) ?? []
      return said === '' ? (withoutPlaceholders(plain, file) ?? { text: plain }) : { text: `> ${name}: ${said}\n${body}` }
    }
  }
}

/** Text of MemoTrace (.txt). */
export const memoTraceText = textHistory({
  format: 'wechat',
  matches: ({ lines }) =>
    TIME_AND_NAME.test(lines[0] ?? '') &&
    !TIME_AND_NAME.test(lines[1] ?? '') &&
    !/[:：]\s/.test((lines[0] ?? '').slice(20)) &&
    !(lines[0] ?? '').includes('\t') &&
    lines.length > 1,
  open: openMemoTrace
})

const EXPORTER_LINE = /^(.{1,80}?) ?\((\d{4}[-/]\d{1,2}[-/]\d{1,2} \d{1,2}:\d{2}(?::\d{2})?)\)[:：]([\s\S]*)$/
const EXPORTER_TITLE = /^(.*) - 微信聊天记录$/

function openWechatExporter(file: TextFile): TextReader {
  const head: ConversationHead = { name: file.name, id: null }
  return {
    line(text, number): LineRead {
      const title = number < 3 ? EXPORTER_TITLE.exec(text) : null
      if (title !== null) {
        head.name = title[1]?.trim() || file.name
        return 'skip'
      }
      const [, sender, written = '', rest = ''] = EXPORTER_LINE.exec(text) ?? []
      return sender === undefined ? null : { stamp: stampAt(simplify(written), 0)?.value ?? null, written, sender: sender.trim(), text: rest.trimStart() }
    },
    head: () => head,
    content: (text) => withoutPlaceholders(text, file) ?? { text }
  }
}

/** Text of WechatExporter (.txt): 'name (time):text'. */
export const wechatExporterText = textHistory({
  format: 'wechat',
  matches: ({ lines }) => EXPORTER_TITLE.test(lines[0] ?? '') || lines.slice(0, 6).filter((line) => EXPORTER_LINE.test(line)).length >= 2,
  open: openWechatExporter
})
