/**
 * DingTalk as programs get it: messages of a robot or stream (open.dingtalk.com, msgtype and senderNick), of the command line dws (openMessageId), and rows of the
 * client's database as tools export them (conversations with their messages; createdAt in ms, contents as JSON).
 */
import type { ConversationHead, ParsedFile, ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { HeadsByKey, jsonHistory, type JsonDialect, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, numberOf, recordsOf, textOf } from './json-stream.ts'
import { isFileName, notHere, withoutPlaceholders } from './left-out.ts'

type Raw = Record<string, unknown>
interface Content {
  text: string
  files: ParsedFile[]
}

/** Kinds of files by the type of a message. */
const KINDS: Record<string, [ParsedFile['kind'], string]> = {
  picture: ['image', '图片'],
  image: ['image', '图片'],
  photo: ['image', '图片'],
  audio: ['voice', '语音'],
  voice: ['voice', '语音'],
  video: ['video', '视频'],
  file: ['file', '文件']
}
/** Types of the client's database: text, picture, voice, file, link, video. */
const NUMBERS: Record<string, string> = {
  1: 'text',
  2: 'picture',
  3: 'audio',
  4: 'file',
  102: 'link',
  103: 'video',
  202: 'picture',
  500: 'file',
  501: 'file',
  502: 'file'
}

/** Value that may be written as JSON. */
function opened(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*\{/.test(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

function named(kind: string, name: string | null, bytes: number | null, file: TextFile): ParsedFile {
  const [sort, words] = KINDS[kind] ?? ['file', '文件']
  if (name === null || !isFileName(name)) return { ...notHere(sort, words), bytes }
  return fileOf(file, name, sort === 'file' ? { bytes } : { bytes, kind: sort })
}

/** Content of the client's database in a table's cell; null: the cell is something else. */
export function dingTalkCell(cell: string, file: TextFile): Content | null {
  return /^\s*\{"contentType": ?\d/.test(cell) ? contentOf({ content: cell }, file) : null
}

/** Texts and pictures of a rich message. */
function rich(parts: readonly Raw[], file: TextFile): Content {
  const files: ParsedFile[] = []
  const texts = parts.map((part) => {
    const kind = textOf(part['type']) ?? ''
    if (Object.hasOwn(KINDS, kind)) files.push(named(kind, null, null, file))
    return firstText(part['text'], part['content']) ?? ''
  })
  return { text: texts.join(''), files }
}

function contentOf(raw: Raw, file: TextFile): Content | null {
  const content = opened(raw['content'])
  const type =
    textOf(raw['msgtype']) ?? textOf(raw['messageType']) ?? textOf(raw['message_type']) ?? textOf(at(content, 'contentType') ?? raw['contentType']) ?? 'text'
  const kind = (Object.hasOwn(NUMBERS, type) ? NUMBERS[type] : undefined) ?? type
  const list = recordsOf(at(content, 'richText') ?? at(raw['richText'], 'richText'))
  if (list.length > 0) return rich(list, file)
  const extension = opened(at(recordsOf(at(content, 'attachments'))[0], 'extension'))
  const name = firstText(at(content, 'fileName'), at(content, 'file_name'), at(extension, 'f_name'), raw['file_name'], at(raw['file'], 'fileName'))
  const bytes = numberOf(at(content, 'fileSize') ?? at(extension, 'f_size'))
  const said =
    firstText(
      at(raw['text'], 'content'),
      at(raw['markdown'], 'text'),
      at(content, 'textContent', 'text'),
      at(content, 'recognition'),
      at(content, 'text'),
      at(content, 'content'),
      at(extension, 'text'),
      at(extension, 'markdown'),
      typeof content === 'string' ? content : null,
      raw['text']
    ) ?? ''
  if (Object.hasOwn(KINDS, kind)) return { text: /^\[[^\]\n]{1,12}\]$/.test(said) || said === name ? '' : said, files: [named(kind, name, bytes, file)] }
  const left = withoutPlaceholders(said, file)
  if (left !== null) return left
  const link = at(content, 'linkContent') ?? raw['link']
  const text = [said, firstText(at(link, 'title')), firstText(at(link, 'text')), firstText(at(link, 'messageUrl'), at(link, 'url'))].filter(
    (part) => part !== null && part !== ''
  )
  return text.length === 0 ? null : { text: [...new Set(text)].join('\n'), files: [] }
}

function open(file: TextFile): JsonReader {
  const heads = new HeadsByKey()
  const names = new Map<string, string>()
  /** Conversations around their messages, by their place. */
  const around = new Map<string, Raw>()
  return {
    learn(value, path) {
      const key = path.slice(0, -1).join('.')
      around.set(key, { ...around.get(key), [String(path.at(-1))]: value })
    },
    look(raw) {
      const id = firstText(raw['senderId'], raw['sender_id'])
      const name = firstText(raw['senderNick'], raw['sender_name'], raw['senderName'])
      if (id !== null && name !== null) names.set(id, name)
    },
    read(raw, path): ReadMessage {
      const outer = around.get(path.slice(0, -2).join('.')) ?? {}
      const chat = firstText(
        raw['openConversationId'],
        raw['conversationId'],
        raw['conversation_id'],
        raw['cid'],
        outer['conversation_id'],
        outer['openConversationId']
      )
      const id = firstText(raw['senderId'], raw['sender_id'], raw['senderOpenDingTalkId'])
      const sender =
        firstText(raw['senderNick'], raw['sender_name'], raw['senderName'], textOf(raw['sender'])) ?? (id === null ? null : (names.get(id) ?? id)) ?? '?'
      const title = firstText(raw['conversationTitle'], raw['conversation_title'], outer['title'], outer['conversationTitle'])
      const head = heads.get(chat ?? title ?? '', (): ConversationHead => ({
        name: title !== null && !/^\d+(?::\d+)?$/.test(title) ? title : (peerOf(chat) ?? chat ?? file.name),
        id: chat === null ? null : `dingtalk:${chat}`
      }))
      if (/^(?:system|recall|unknown)/i.test(textOf(raw['messageType']) ?? '') || raw['recalled'] === true) return 'notice'
      const content = contentOf(raw, file)
      if (content === null) return { unread: textOf(raw['msgtype'] ?? raw['contentType']) ?? 'message' }
      const written = raw['createAt'] ?? raw['createdAt'] ?? raw['created_at'] ?? raw['createTime'] ?? raw['create_time'] ?? raw['created_at_str']
      const message: ParsedMessage = { sender, time: instantOf(written), text: content.text }
      if (message.time === null) message.stamp = textOf(written) ?? ''
      if (content.files.length > 0) message.files = content.files
      const own = firstText(raw['openMessageId'], raw['openMsgId'], raw['msgId'], raw['message_id'], raw['mid'])
      if (own !== null) message.id = own
      const answered = firstText(at(raw['quotedMessage'], 'openMessageId'), at(raw['quotedMessage'], 'msgId'), raw['originalMsgId'])
      if (answered !== null) message.replyTo = answered
      return { head, message }
    }
  }
  /** Names of a direct chat, whose id has both sides. */
  function peerOf(chat: string | null): string | null {
    const [one, other] = /^(\d+):(\d+)$/.exec(chat ?? '')?.slice(1) ?? []
    const both = [one, other].map((id) => names.get(id ?? '')).filter((name) => name !== undefined)
    return both.length === 0 ? null : both.join(', ')
  }
}

const OF_ROBOT = ['msgtype', 'senderNick', 'conversationId']
const OF_TOOLS = ['senderId', 'createdAt', 'contentType', 'content']
const OF_DWS = ['openMessageId', 'createTime']
const dialect = (prefix: string, messages: JsonDialect['messages'], lines = false): JsonDialect => ({
  format: 'dingtalk',
  matches: ({ shape, jsonLines }) => jsonLines === lines && [OF_ROBOT, OF_TOOLS, OF_DWS].some((keys) => hasAll(shape, ...keys.map((key) => prefix + key))),
  messages,
  learns: true,
  open
})
/** Exporters of the client's database: conversations, each with its messages. */
const exported: JsonDialect = {
  format: 'dingtalk',
  matches: ({ shape, jsonLines }) =>
    !jsonLines &&
    hasAll(shape, 'conversations[].conversation_id', 'conversations[].messages[].sender_name', 'conversations[].messages[].created_at') &&
    (shape?.has('conversations[].messages[].content_type_name') === true || shape?.has('conversations[].messages[].content_type') === true),
  around: ['conversation_id', 'title'].map((key) => `$.conversations.*.${key}`),
  messages: ['$.conversations.*.messages.*'],
  learns: true,
  open
}
export const dingTalk = [
  exported,
  dialect('[].', ['$.*']),
  dialect('messages[].', ['$.messages.*']),
  dialect('result.messages[].', ['$.result.messages.*']),
  dialect('result[].', ['$.result.*']),
  dialect('data[].', ['$.data.*']),
  dialect('', 'lines', true)
].map(jsonHistory)
