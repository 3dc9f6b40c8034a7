/** WeChat exports as JSON: by chatlog and PyWxDump (lists of messages), and by WeFlow and EchoTrace (a session and its messages). */
import { beginning, type ConversationHead, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { HeadsByKey, jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, numberOf, recordsOf, textOf } from './json-stream.ts'
import { quoted, weChatContent, weChatKind, type WeChatContent } from './wechat-content.ts'

/** Message from its parts, or the result in place of one. */
function finished(content: WeChatContent, message: ParsedMessage, head: ConversationHead, written: unknown): ReadMessage {
  if (content === 'notice') return 'notice'
  Object.assign(message, content)
  if (message.time === null) message.stamp = beginning(textOf(written) ?? '')
  return message.text === '' && message.files === undefined ? { unread: 'text' } : { head, message }
}

/** Content of a chatlog message, which has the parts of a card beside the message. */
function chatlogContent(raw: Record<string, unknown>, file: TextFile): WeChatContent {
  const type = numberOf(raw['type']) ?? 1
  const sub = numberOf(raw['subType']) ?? 0
  const content = textOf(raw['content']) ?? ''
  const parts = raw['contents']
  if (type === 10000 || (type === 49 && sub === 62)) return 'notice'
  if (!isRecord(parts)) return weChatContent(type, sub, content, file)
  const title = firstText(parts['title'])
  const path = firstText(parts['path'], parts['imgfile'], parts['videofile'], parts['voice'], parts['md5'])
  if (type === 3 || type === 43 || type === 34)
    return { text: content, files: [fileOf(file, path ?? '', { kind: type === 3 ? 'image' : type === 43 ? 'video' : 'voice' })] }
  if (type !== 49) return weChatContent(type, sub, content, file)
  if (sub === 6) return { text: content, files: [fileOf(file, path ?? title ?? '', { kind: 'file', name: title })] }
  if (sub === 57) {
    const said = parts['refer']
    return { text: isRecord(said) ? quoted(content, firstText(said['senderName'], said['sender']), firstText(said['content'])) : content }
  }
  // a merged record, with the lines of its people
  const record = recordsOf(at(parts['recordInfo'], 'DataList', 'DataItems')).map((one) =>
    [firstText(one['SourceName']), firstText(one['DataDesc'], one['DataTitle'])].filter((part) => part !== null).join(': ')
  )
  const about = record.length > 0 ? [] : [firstText(parts['desc'])]
  const words = [content, title, ...about, ...record, firstText(parts['url'])].filter((part) => part !== null && part !== '')
  return words.length === 0 ? weChatContent(type, sub, '', file) : { text: words.join('\n') }
}

function openChatlog(file: TextFile): JsonReader {
  const heads = new HeadsByKey()
  const names = new Map<string, string>()
  return {
    look(raw) {
      const talker = textOf(raw['talker'])
      const name = firstText(raw['talkerName'])
      if (talker !== null && name !== null) names.set(talker, name)
      // the peer's name is the name of a direct chat
      const sender = firstText(raw['senderName'])
      if (talker !== null && sender !== null && raw['isSelf'] !== true && raw['isChatRoom'] !== true && !names.has(talker)) names.set(talker, sender)
    },
    read(raw): ReadMessage {
      const talker = textOf(raw['talker']) ?? ''
      const head = heads.get(talker, () => ({ name: names.get(talker) ?? (talker === '' ? file.name : talker), id: talker === '' ? null : `wechat:${talker}` }))
      const own = raw['isSelf'] === true
      const sender = firstText(raw['senderName'], own ? '我' : null, raw['sender']) ?? '?'
      const message: ParsedMessage = { sender, time: instantOf(raw['time']), text: '', outgoing: own }
      return finished(chatlogContent(raw, file), message, head, raw['time'])
    }
  }
}

/** JSON of chatlog. */
export const chatlogJson = jsonHistory({
  format: 'wechat',
  matches: ({ shape }) => hasAll(shape, '[].talker', '[].isSelf', '[].time') || hasAll(shape, 'talker', 'isSelf', 'senderName', 'time'),
  messages: ['$.*'],
  learns: true,
  open: openChatlog
})

function openPyWxDump(file: TextFile): JsonReader {
  const heads = new HeadsByKey()
  return {
    read(raw): ReadMessage {
      const room = textOf(raw['room_name']) ?? ''
      const head = heads.get(room, () => ({ name: room === '' ? file.name : room, id: room === '' ? null : `wechat:${room}` }))
      const own = numberOf(raw['is_sender']) === 1
      const { type, sub } = weChatKind(textOf(raw['type_name']) ?? '')
      const text = textOf(raw['msg']) ?? ''
      const source = firstText(raw['src'])
      const message: ParsedMessage = {
        sender: firstText(raw['talker']) ?? (own ? '我' : head.name),
        time: instantOf(raw['CreateTime']),
        text: '',
        outgoing: own
      }
      const id = firstText(raw['MsgSvrID'], raw['id'])
      if (id !== null) message.id = id
      return finished(weChatContent(type, sub, type !== 1 && source !== null ? source : text, file), message, head, raw['CreateTime'])
    }
  }
}

/** JSON of PyWxDump. */
export const pyWxDumpJson = jsonHistory({
  format: 'wechat',
  matches: ({ shape }) => hasAll(shape, '[].type_name', '[].is_sender', '[].msg', '[].CreateTime'),
  messages: ['$.*'],
  open: openPyWxDump
})

function openSession(file: TextFile): JsonReader {
  let session: unknown
  let head: ConversationHead | null = null
  const headOf = (): ConversationHead => {
    const id = firstText(at(session, 'wxid'), at(session, 'username'))
    return (head ??= {
      name: firstText(at(session, 'remark'), at(session, 'displayName'), at(session, 'nickname'), id) ?? file.name,
      id: id === null ? null : `wechat:${id}`
    })
  }
  return {
    learn(value) {
      session = value
    },
    read(raw): ReadMessage {
      const word = textOf(raw['type']) ?? ''
      const { type, sub } = weChatKind(word)
      const own = numberOf(raw['isSend']) === 1 || raw['isSend'] === true
      const from = firstText(raw['senderUsername'])
      if (type === 10000 || (from !== null && from.endsWith('@chatroom'))) return 'notice'
      const time = instantOf(raw['createTime'] ?? raw['formattedTime'])
      const sender = firstText(raw['senderDisplayName'], from, own ? '我' : headOf().name) ?? '?'
      const message: ParsedMessage = { sender, time, text: '', outgoing: own }
      const id = textOf(raw['localId'])
      if (id !== null) message.id = id
      const content = textOf(raw['content']) ?? ''
      // a label such as [图片] tells no more than the type; a card's text is content
      const plain = type === 49 || type === 50 ? { text: content } : weChatContent(type, sub, content, file)
      const said: WeChatContent = sub === 6 ? { text: '', files: [fileOf(file, content.replace(/^\[文件\]\s*/, ''), { kind: 'file' })] } : plain
      return finished(said, message, headOf(), raw['createTime'])
    }
  }
}

/** JSON of WeFlow and EchoTrace. */
export const weFlowJson = jsonHistory({
  format: 'wechat',
  matches: ({ shape }) => hasAll(shape, 'session.wxid') || hasAll(shape, 'messages[].senderUsername', 'messages[].createTime'),
  around: ['$.session'],
  messages: ['$.messages.*'],
  open: openSession
})
