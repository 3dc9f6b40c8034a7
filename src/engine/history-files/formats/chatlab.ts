/** Exchange format of ChatLab (chatlab, meta, members, messages), as JSON and as JSON lines; several exporters of WeChat and QQ write it. */
import { beginning, type ConversationHead, type ParsedMessage } from '../history.ts'
import type { TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, numberOf, recordsOf, textOf } from './json-stream.ts'
import { notHere } from './left-out.ts'

/** Type numbers of system messages and retractions. */
const NOTICES = new Set([80, 81, 86])
const FILES: Record<number, ['image' | 'voice' | 'video' | 'file', string]> = {
  1: ['image', 'image'],
  2: ['voice', 'voice'],
  3: ['video', 'video'],
  4: ['file', 'file']
}

function open(file: TextFile): JsonReader {
  let meta: unknown
  const members = new Map<string, string>()
  let head: ConversationHead | null = null
  const nameOf = (member: Record<string, unknown>): string | null =>
    firstText(member['groupNickname'], member['accountName'], member['nickname'], member['name'], member['platformId'])
  const learnMember = (member: Record<string, unknown>): void => {
    const id = firstText(member['platformId'])
    const name = nameOf(member)
    if (id !== null && name !== null) members.set(id, name)
  }
  const headOf = (): ConversationHead => {
    const id = firstText(at(meta, 'groupId'))
    const owner = firstText(at(meta, 'ownerId'))
    return (head ??= {
      name: firstText(at(meta, 'name')) ?? file.name,
      id: id === null ? null : `${firstText(at(meta, 'platform')) ?? 'chatlab'}:${id}`,
      self: owner === null ? null : (members.get(owner) ?? null)
    })
  }
  const look = (raw: Record<string, unknown>): void => {
    if (isRecord(raw['meta'])) meta = raw['meta']
    if (raw['_type'] === 'member') learnMember(raw)
  }
  return {
    learn(value, path) {
      if (path[0] === 'meta') meta = value
      else for (const member of recordsOf(value)) learnMember(member)
    },
    look,
    self: () => headOf().self ?? null,
    read(raw): ReadMessage {
      if (raw['_type'] === 'header' || raw['_type'] === 'member') return 'notice'
      const type = numberOf(raw['type']) ?? 0
      if (NOTICES.has(type)) return 'notice'
      const from = firstText(raw['sender'], raw['senderPlatformId'])
      const sender = firstText(raw['groupNickname'], raw['accountName'], raw['senderName'], from === null ? null : members.get(from), from)
      const time = instantOf(raw['timestamp'])
      const text = textOf(raw['content']) ?? ''
      if (sender === null) return { unread: 'message' }
      const message: ParsedMessage = { sender, time, text }
      const owner = firstText(at(meta, 'ownerId'))
      if (owner !== null && from !== null) message.outgoing = from === owner
      if (time === null) message.stamp = beginning(textOf(raw['timestamp']) ?? '')
      const kind = FILES[type]
      if (kind !== undefined && (text === '' || /^\[[^\]\n]*\]$/.test(text))) {
        message.text = ''
        message.files = [notHere(kind[0], text.replace(/^\[|\]$/g, '') || kind[1])]
      }
      const id = firstText(raw['platformMessageId'], raw['id'])
      if (id !== null) message.id = id
      const answered = firstText(raw['replyToMessageId'])
      if (answered !== null) message.replyTo = answered
      return message.text === '' && message.files === undefined ? { unread: 'text' } : { head: headOf(), message }
    }
  }
}

/** JSON of ChatLab. */
export const chatLab = jsonHistory({
  format: 'chatlab',
  matches: ({ shape, jsonLines }) => !jsonLines && hasAll(shape, 'chatlab.version'),
  around: ['$.meta', '$.members'],
  messages: ['$.messages.*'],
  open
})
/** JSON lines of ChatLab. */
export const chatLabLines = jsonHistory({
  format: 'chatlab',
  matches: ({ shape, jsonLines }) => jsonLines && hasAll(shape, 'chatlab.version', '_type'),
  messages: 'lines',
  learns: true,
  open
})
