/** Bulk export of Mattermost (JSON lines of posts), and a channel of Zulip (the tables of messages-000001.json). */
import { beginning, type ConversationHead, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { HeadsByKey, jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, recordsOf, textOf } from './json-stream.ts'
import { plainText } from './markup.ts'

/** Lines that are no messages (https://docs.mattermost.com/administration-guide/onboard/bulk-loading-data.html). */
const OTHER_LINES = new Set(['version', 'scheme', 'role', 'emoji', 'team', 'channel', 'user', 'bot', 'direct_channel'])

function openMattermost(file: TextFile): JsonReader {
  const heads = new HeadsByKey()
  const channels = new Map<string, string>()
  const users = new Map<string, string>()
  const called = (name: unknown): string => users.get(textOf(name) ?? '') ?? textOf(name) ?? '?'
  return {
    look(line) {
      const { channel, user } = line
      if (isRecord(channel))
        channels.set(`${textOf(channel['team']) ?? ''}/${textOf(channel['name']) ?? ''}`, firstText(channel['display_name'], channel['name']) ?? '')
      if (isRecord(user))
        users.set(
          textOf(user['username']) ?? '',
          firstText(user['nickname'], [textOf(user['first_name']), textOf(user['last_name'])].filter((part) => part !== null).join(' '), user['username']) ?? ''
        )
    },
    read(line): ReadMessage {
      const type = textOf(line['type'])
      if (type !== 'post' && type !== 'direct_post') return type === null || OTHER_LINES.has(type) ? 'notice' : { unread: type }
      const post = line[type]
      if (!isRecord(post)) return { unread: 'post' }
      const members = Array.isArray(post['channel_members']) ? (post['channel_members'] as unknown[]).map((one) => textOf(one) ?? '') : []
      const key = type === 'post' ? `${textOf(post['team']) ?? ''}/${textOf(post['channel']) ?? ''}` : `direct:${members.toSorted().join(',')}`
      const head: ConversationHead = heads.get(key, () => ({
        name: type === 'post' ? `#${channels.get(key) ?? textOf(post['channel']) ?? ''}` : members.map(called).join(', '),
        id: `mattermost:${key}`
      }))
      const time = instantOf(post['create_at'])
      const text = textOf(post['message']) ?? ''
      const message: ParsedMessage = { sender: called(post['user']), time, text }
      if (time === null) message.stamp = beginning(textOf(post['create_at']) ?? '')
      if ((firstText(post['type']) ?? '').startsWith('system_')) return 'notice'
      if (post['edit_at'] !== undefined && post['edit_at'] !== null && post['edit_at'] !== 0) message.edited = true
      if (post['is_pinned'] === true) message.pinned = true
      const files = recordsOf(post['attachments']).map((one) => fileOf(file, textOf(one['path']) ?? ''))
      if (files.length > 0) message.files = files
      const reactions = recordsOf(post['reactions']).map((one) => ({ sender: called(one['user']), emoji: `:${textOf(one['emoji_name']) ?? ''}:` }))
      if (reactions.length > 0) message.reactions = reactions
      message.id = `${key} ${textOf(post['create_at']) ?? ''}`
      return text === '' && files.length === 0
        ? { unread: 'text' }
        : { head, message, replies: recordsOf(post['replies']).map((one) => replyOf(one, message.id ?? '', file, called)) }
    }
  }
}

function replyOf(raw: Record<string, unknown>, to: string, file: TextFile, called: (name: unknown) => string): ParsedMessage {
  const files = recordsOf(raw['attachments']).map((one) => fileOf(file, textOf(one['path']) ?? ''))
  return {
    sender: called(raw['user']),
    time: instantOf(raw['create_at']),
    text: textOf(raw['message']) ?? '',
    replyTo: to,
    ...(files.length > 0 ? { files } : {})
  }
}

/** Bulk export of Mattermost. */
export const mattermost = jsonHistory({
  format: 'mattermost',
  matches: ({ shape, jsonLines }) =>
    jsonLines && (hasAll(shape, 'type', 'post.create_at') || hasAll(shape, 'type', 'direct_post.create_at') || hasAll(shape, 'type', 'team.name', 'version')),
  messages: 'lines',
  learns: true,
  open: openMattermost
})

function openZulip(file: TextFile): JsonReader {
  const users = new Map<string, string>()
  const places = new Map<string, string>()
  const heads = new HeadsByKey()
  const realm = file.beside?.('realm.json')
  for (const table of ['zerver_userprofile', 'zerver_userprofile_mirrordummy', 'zerver_userprofile_crossrealm']) {
    for (const one of recordsOf(at(realm, table))) users.set(textOf(one['id']) ?? '', firstText(one['full_name'], one['email']) ?? '?')
  }
  const streams = new Map(recordsOf(at(realm, 'zerver_stream')).map((one) => [textOf(one['id']) ?? '', firstText(one['name']) ?? '']))
  for (const one of recordsOf(at(realm, 'zerver_recipient'))) {
    const target = textOf(one['type_id']) ?? ''
    places.set(
      textOf(one['id']) ?? '',
      one['type'] === 2 ? `#${streams.get(target) ?? target}` : one['type'] === 1 ? (users.get(target) ?? target) : `Group ${target}`
    )
  }
  return {
    read(raw): ReadMessage {
      const recipient = textOf(raw['recipient']) ?? ''
      const topic = firstText(raw['subject'])
      const place = places.get(recipient) ?? (recipient === '' ? file.name : `Zulip ${recipient}`)
      const head = heads.get(`${recipient}\n${topic ?? ''}`, () => ({
        name: topic === null ? place : `${place} > ${topic}`,
        id: `zulip:${recipient}:${topic ?? ''}`
      }))
      const sender = users.get(textOf(raw['sender']) ?? '') ?? firstText(raw['sender_full_name'], raw['sender']) ?? '?'
      const time = instantOf(raw['date_sent'])
      const text = textOf(raw['content']) ?? plainText(textOf(raw['rendered_content']) ?? '')
      const message: ParsedMessage = { sender, time, text }
      if (time === null) message.stamp = beginning(textOf(raw['date_sent']) ?? '')
      const id = textOf(raw['id'])
      if (id !== null) message.id = id
      if (firstText(raw['last_edit_time']) !== null) message.edited = true
      return text === '' ? { unread: 'text' } : { head, message }
    }
  }
}

/** Messages of Zulip. */
export const zulip = jsonHistory({
  format: 'zulip',
  matches: ({ shape }) => hasAll(shape, 'zerver_message[].content'),
  messages: ['$.zerver_message.*'],
  open: openZulip
})
