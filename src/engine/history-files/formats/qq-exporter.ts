/** QQ exports by qq-chat-exporter: JSON of one chat, in its versions 3 to 6. */
import { lookUp } from '../../../contract/look-up.ts'
import { beginning, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, numberOf, recordsOf, textOf } from './json-stream.ts'

const KINDS: Record<string, ParsedFile['kind']> = { image: 'image', video: 'video', audio: 'voice', voice: 'voice', file: 'file' }

/** Placeholders of files in the text, such as [图片: a.jpg]. */
const PLACEHOLDER = /\[(?:图片|视频|语音|文件|image|video|audio|file)(?:[:：][^\]]*)?\]/gi

function open(file: TextFile): JsonReader {
  let chat: unknown
  let head: ConversationHead | null = null
  const headOf = (): ConversationHead => {
    const id = firstText(at(chat, 'peerUid'), at(chat, 'peerUin'), at(chat, 'groupCode'), at(chat, 'id'))
    return (head ??= { name: firstText(at(chat, 'name')) ?? file.name, id: id === null ? null : `qq:${id}`, self: firstText(at(chat, 'selfName')) })
  }
  const isOwner = (sender: unknown): boolean | undefined => {
    const known = [firstText(at(chat, 'selfUid')), firstText(at(chat, 'selfUin'))].filter((one) => one !== null)
    const uids = [firstText(at(sender, 'uid')), firstText(at(sender, 'uin'))]
    return known.length === 0 ? undefined : known.some((one) => uids.includes(one))
  }
  const resourcesOf = (content: unknown): ParsedFile[] =>
    recordsOf(at(content, 'resources')).map((one) => {
      const kind = lookUp(KINDS, textOf(one['type']) ?? '')
      const name = firstText(one['filename'], one['fileName'], one['name'])
      return fileOf(file, firstText(one['localPath'], one['path'], name, one['url']) ?? '', {
        name,
        bytes: numberOf(one['size'] ?? one['fileSize']),
        ...(kind === undefined ? {} : { kind })
      })
    })
  return {
    learn(value) {
      chat = value
    },
    self: () => firstText(at(chat, 'selfName')),
    read(raw): ReadMessage {
      if (raw['system'] === true || raw['isSystemMessage'] === true || raw['type'] === 'system') return 'notice'
      const sender = isRecord(raw['sender']) ? raw['sender'] : {}
      const member = isRecord(raw['rawMessage']) ? raw['rawMessage'] : {}
      const name = firstText(
        sender['groupCard'],
        member['sendMemberName'],
        sender['remark'],
        sender['name'],
        sender['nickname'],
        member['sendNickName'],
        sender['uin'],
        sender['uid']
      )
      const time = instantOf(raw['timestamp'] ?? raw['time'])
      const content = raw['content']
      const files = resourcesOf(content)
      const elements = recordsOf(at(content, 'elements'))
      const reply = elements.find((one) => one['type'] === 'reply')
      // the text repeats the answered message: '[回复 …]' or '[引用 …]'
      let text = (isRecord(content) ? textOf(content['text']) : textOf(content)) ?? ''
      if (files.length > 0) text = text.replace(PLACEHOLDER, '').trim()
      if (text === '' && files.length === 0)
        text = elements
          .map((one) => firstText(at(one['data'], 'text'), at(one['data'], 'summary'), at(one['data'], 'title'), at(one['data'], 'name')) ?? '')
          .join('')
      if (name === null) return { unread: 'message' }
      if (text === '' && files.length === 0)
        return raw['recalled'] === true || raw['isRecalled'] === true ? 'notice' : { unread: textOf(raw['type']) ?? 'text' }
      const message: ParsedMessage = { sender: name, time, text }
      const outgoing = isOwner(sender)
      if (outgoing !== undefined) message.outgoing = outgoing
      if (time === null) message.stamp = beginning(textOf(raw['timestamp'] ?? raw['time']) ?? '')
      const id = firstText(raw['id'], raw['messageId'])
      if (id !== null) message.id = id
      const answered = firstText(
        at(reply?.['data'], 'referencedMessageId'),
        at(reply?.['data'], 'messageId'),
        at(reply?.['data'], 'replyMsgId'),
        at(content, 'reply', 'messageId')
      )
      if (answered !== null && answered !== '0') message.replyTo = answered
      if (files.length > 0) message.files = files
      return { head: headOf(), message }
    }
  }
}

/** JSON of qq-chat-exporter. */
export const qqExporter = jsonHistory({
  format: 'qq',
  matches: ({ shape, head }) =>
    hasAll(shape, 'chatInfo.name') && (/QQ ?Chat ?Exporter/i.test(head.slice(0, 4000)) || hasAll(shape, 'metadata.version', 'chatInfo.type')),
  around: ['$.chatInfo'],
  messages: ['$.messages.*'],
  open
})
