/**
 * Chats of workplaces as their interfaces give them to programs, and as those write them to a file: Feishu (Lark), the list of messages of
 * open.feishu.cn (im/v1/messages), and WeCom, the archive of conversations (developer.work.weixin.qq.com, a message a line). Fields by those pages.
 */
import type { ConversationHead, ParsedFile, ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { HeadsByKey, jsonHistory, type JsonDialect, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, numberOf, recordsOf, textOf } from './json-stream.ts'

type Raw = Record<string, unknown>

/** Texts of a card or of anything else that nobody described: all that stands under such a key, one a line. */
function textsIn(value: unknown, depth = 0): string[] {
  if (depth > 8) return []
  if (Array.isArray(value)) return value.flatMap((one) => textsIn(one, depth + 1))
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? (/^(?:text|content|title|description|href|link_url|url)$/.test(key) ? [inner] : []) : textsIn(inner, depth + 1)
  )
}
const joined = (parts: readonly (string | null | undefined)[], sign = '\n'): string =>
  parts.filter((part) => part !== null && part !== undefined && part !== '').join(sign)
const place = (raw: Raw): string =>
  joined(
    [
      '📍',
      joined([firstText(raw['title'], raw['name']), firstText(raw['address'])], ', '),
      joined([firstText(raw['latitude']), firstText(raw['longitude'])], ', ')
    ],
    ' '
  )

interface Content {
  text: string
  files: ParsedFile[]
}
const words = (text: string): Content => ({ text, files: [] })

// Feishu

/** A line of a rich text: words, links, people, pictures. */
function richLine(line: readonly Raw[], file: TextFile, files: ParsedFile[]): string {
  return line
    .map((one) => {
      const said = firstText(one['text']) ?? ''
      switch (textOf(one['tag'])) {
        case 'a': {
          const address = firstText(one['href']) ?? ''
          return said === '' || said === address ? address : `${said} (${address})`
        }
        case 'at':
          return `@${firstText(one['user_name'], one['user_id']) ?? ''}`
        case 'img':
        case 'media':
          files.push(fileOf(file, firstText(one['image_key'], one['file_key']) ?? 'image', { kind: textOf(one['tag']) === 'img' ? 'image' : 'video' }))
          return ''
        case 'emotion':
          return `[${firstText(one['emoji_type']) ?? ''}]`
        default:
          return said
      }
    })
    .join('')
}

function feishuContent(type: string, content: Raw, file: TextFile): Content | null {
  const key = firstText(content['file_name'], content['image_key'], content['file_key'])
  switch (type) {
    case 'text':
      return words(firstText(content['text']) ?? '')
    case 'post': {
      // one language of several, where it is not yet picked
      const post = Array.isArray(content['content']) ? content : (Object.values(content).find(isRecord) ?? content)
      const files: ParsedFile[] = []
      const lines = Array.isArray(post['content']) ? post['content'].map((line) => richLine(recordsOf(line), file, files)) : []
      return { text: joined([firstText(post['title']), ...lines]), files }
    }
    case 'image':
    case 'sticker':
      return { text: '', files: [fileOf(file, key ?? 'image', { kind: 'image' })] }
    case 'audio':
      return { text: '', files: [fileOf(file, key ?? 'audio', { kind: 'voice' })] }
    case 'media':
      return { text: '', files: [fileOf(file, key ?? 'video', { kind: 'video' })] }
    case 'file':
    case 'folder':
      return { text: '', files: [fileOf(file, key ?? 'file')] }
    case 'location':
      return words(place(content))
    default: {
      const text = joined(textsIn(content))
      return text === '' ? null : words(text)
    }
  }
}

function openFeishu(file: TextFile): JsonReader {
  const names = new Map<string, string>()
  const heads = new HeadsByKey()
  const bodyOf = (raw: Raw): Raw => {
    const content = at(raw['body'], 'content')
    if (isRecord(content)) return content
    try {
      const parsed: unknown = JSON.parse(textOf(content) ?? '')
      return isRecord(parsed) ? parsed : {}
    } catch {
      // some programs write the text alone
      return { text: textOf(content) ?? '' }
    }
  }
  return {
    look(raw) {
      for (const one of recordsOf(raw['mentions'])) {
        const [id, name] = [textOf(one['id']), textOf(one['name'])]
        if (id !== null && name !== null) names.set(id, name)
      }
    },
    read(raw): ReadMessage {
      const type = textOf(raw['msg_type']) ?? ''
      if (type === 'system' || raw['deleted'] === true) return 'notice'
      const id = firstText(at(raw['sender'], 'id')) ?? '?'
      const sender = firstText(at(raw['sender'], 'name'), at(raw['sender'], 'sender_name')) ?? names.get(id) ?? id
      const content = feishuContent(type, bodyOf(raw), file)
      if (content === null || (content.text === '' && content.files.length === 0)) return { unread: type === '' ? 'message' : type }
      let { text } = content
      for (const one of recordsOf(raw['mentions'])) {
        const [key, name] = [textOf(one['key']), textOf(one['name'])]
        if (key !== null && name !== null) text = text.replaceAll(key.startsWith('@') ? key : `@${key}`, `@${name}`)
      }
      const message: ParsedMessage = { sender, time: instantOf(raw['create_time']), text }
      if (message.time === null) message.stamp = textOf(raw['create_time']) ?? ''
      if (content.files.length > 0) message.files = content.files
      if (raw['updated'] === true) message.edited = true
      const own = firstText(raw['message_id'])
      if (own !== null) message.id = own
      const answered = firstText(raw['parent_id'])
      if (answered !== null) message.replyTo = answered
      const chat = firstText(raw['chat_id'])
      const head = heads.get(chat ?? '', (): ConversationHead => ({
        name: firstText(raw['chat_name']) ?? chat ?? file.name,
        id: chat === null ? null : `feishu:${chat}`
      }))
      return { head, message }
    }
  }
}

const FEISHU = ['message_id', 'msg_type', 'create_time', 'body.content']
const feishuAt = (prefix: string, messages: JsonDialect['messages'], lines = false): JsonDialect => ({
  format: 'feishu',
  matches: ({ shape, jsonLines }) => jsonLines === lines && hasAll(shape, ...FEISHU.map((path) => prefix + path)),
  messages,
  learns: true,
  open: openFeishu
})
/** Feishu's list of messages: as it is answered, its items, a list of them, and a message a line. */
export const feishu = [
  feishuAt('data.items[].', ['$.data.items.*']),
  feishuAt('items[].', ['$.items.*']),
  feishuAt('[].', ['$.*']),
  feishuAt('', 'lines', true)
].map(jsonHistory)

// WeCom

const WECOM_FILES: Record<string, ParsedFile['kind']> = {
  image: 'image',
  emotion: 'image',
  voice: 'voice',
  meeting_voice_call: 'voice',
  video: 'video',
  file: 'file'
}
/** Actions on messages, and entries that are no message. */
const WECOM_NOTICES: ReadonlySet<string> = new Set(['revoke', 'agree', 'disagree', 'voiptext'])

function wecomContent(type: string, raw: Raw, file: TextFile): Content | null {
  // 'docmsg' stands under 'doc', news and markdown under 'info'
  const inner = [raw[type], raw[type.replace(/msg$/, '')], raw['info']].find(isRecord) ?? {}
  const kind = Object.hasOwn(WECOM_FILES, type) ? WECOM_FILES[type] : undefined
  if (kind !== undefined) {
    const name = firstText(inner['filename']) ?? `${type}.${{ image: 'jpg', voice: 'amr', video: 'mp4', file: 'bin' }[kind] ?? 'bin'}`
    return { text: '', files: [fileOf(file, name, { kind, bytes: numberOf(inner['filesize']) })] }
  }
  if (type === 'text') return words(firstText(inner['content']) ?? '')
  if (type === 'location') return words(place(inner))
  if (type === 'card') return words(joined(['👤', firstText(inner['userid']), firstText(inner['corpname'])], ' '))
  if (type === 'vote')
    return words(joined([firstText(inner['votetitle']), ...(Array.isArray(inner['voteitem']) ? inner['voteitem'].map((one) => `☐ ${textOf(one) ?? ''}`) : [])]))
  if (type === 'mixed' || type === 'chatrecord') {
    const items = recordsOf(inner['item']).map((one) => {
      const text = firstText(one['content']) ?? ''
      try {
        return joined(textsIn(JSON.parse(text)))
      } catch {
        return text
      }
    })
    return words(joined([firstText(inner['title']), ...items]))
  }
  const text = joined([firstText(inner['topic'], inner['wish']), ...textsIn(inner)])
  return text === '' ? null : words(text)
}

function openWecom(file: TextFile): JsonReader {
  const heads = new HeadsByKey()
  return {
    read(raw): ReadMessage {
      const type = textOf(raw['msgtype']) ?? ''
      const action = textOf(raw['action']) ?? 'send'
      if (action !== 'send' || WECOM_NOTICES.has(type)) return 'notice'
      const sender = firstText(raw['from']) ?? '?'
      const content = wecomContent(type, raw, file)
      if (content === null || (content.text === '' && content.files.length === 0)) return { unread: type === '' ? 'message' : type }
      const others = Array.isArray(raw['tolist']) ? raw['tolist'].map(textOf).filter((one) => one !== null) : []
      const room = firstText(raw['roomid'])
      const people = [...new Set([sender, ...others])].sort()
      const head = heads.get(room ?? people.join('\n'), (): ConversationHead => ({
        name: room ?? people.join(', '),
        id: `wecom:${room ?? people.join('|')}`
      }))
      const message: ParsedMessage = { sender, time: instantOf(raw['msgtime']), text: content.text }
      if (message.time === null) message.stamp = textOf(raw['msgtime']) ?? ''
      if (content.files.length > 0) message.files = content.files
      const id = firstText(raw['msgid'])
      if (id !== null) message.id = id
      return { head, message }
    }
  }
}

const WECOM = ['msgid', 'action', 'msgtype']
const wecomAt = (prefix: string, messages: JsonDialect['messages'], lines = false): JsonDialect => ({
  format: 'wecom',
  matches: ({ shape, jsonLines }) => jsonLines === lines && hasAll(shape, ...WECOM.map((path) => prefix + path)),
  messages,
  open: openWecom
})
/** WeCom's archive of conversations, decrypted: a message a line, or a list of them. */
export const wecom = [wecomAt('', 'lines', true), wecomAt('[].', ['$.*'])].map(jsonHistory)
