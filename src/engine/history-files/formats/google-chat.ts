/** Google Takeout: a conversation of Google Chat (messages.json, with group_info.json beside it), and Hangouts.json with all conversations. */
import { beginning, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { decodedAddress, fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { HeadsByKey, jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, recordsOf, textOf } from './json-stream.ts'

const nameOf = (person: unknown): string | null => firstText(at(person, 'name'), at(person, 'email'))

function openChat(file: TextFile): JsonReader {
  const people = new Set<string>()
  /** Names by address: reactions have addresses. */
  const names = new Map<string, string>()
  let head: ConversationHead | null = null
  /** Folder names are 'Space AAAA' or 'DM xyz': the letters are the conversation's id. */
  const headOf = (): ConversationHead => {
    if (head !== null) return head
    const [, id = null] = /^(?:Space|DM|Group) (.+)$/.exec(file.folder) ?? []
    const named = firstText(at(file.beside?.('group_info.json'), 'name'))
    return (head = { name: named ?? ([...people].slice(0, 4).join(', ') || file.name), id: id === null ? null : `google-chat:${id}` })
  }
  return {
    look(raw) {
      const name = nameOf(raw['creator'])
      if (name !== null) people.add(name)
      const address = firstText(at(raw['creator'], 'email'))
      if (name !== null && address !== null) names.set(address, name)
    },
    read(raw): ReadMessage {
      const sender = nameOf(raw['creator'])
      const written = textOf(raw['created_date'])
      if (raw['message_state'] === 'DELETED' || isRecord(raw['deletion_metadata'])) return 'notice'
      const time = instantOf(written?.replace(/\bat\b/i, ' '))
      const files = recordsOf(raw['attached_files']).map((one) =>
        fileOf(file, firstText(one['export_name'], one['original_name']) ?? '', { name: firstText(one['original_name'], one['export_name']) })
      )
      const parts = [textOf(raw['text']) ?? '']
      for (const note of recordsOf(raw['annotations'])) {
        const address = firstText(
          at(note, 'url_metadata', 'gws_url'),
          at(note, 'url_metadata', 'url'),
          at(note, 'url_metadata', 'url', 'private_do_not_access_or_else_safe_url_wrapped_value'),
          at(note, 'drive_metadata', 'title'),
          at(note, 'gsuite_integration_metadata', 'tasks_data', 'task_title')
        )
        if (address !== null && !parts.some((part) => part.includes(address))) parts.push(address)
        if (isRecord(note['video_call_metadata'])) parts.push(`📞 ${firstText(at(note, 'video_call_metadata', 'meeting_space', 'meeting_url')) ?? ''}`.trim())
      }
      const text = parts.filter((part) => part !== '').join('\n')
      if (sender === null) return { unread: 'message' }
      if (text === '' && files.length === 0) return { unread: 'text' }
      const message: ParsedMessage = { sender, time, text }
      if (time === null) message.stamp = beginning(written ?? '')
      const id = textOf(raw['message_id'])
      if (id !== null) message.id = id
      const answered = textOf(at(raw['quoted_message_metadata'], 'message_id'))
      if (answered !== null) message.replyTo = answered
      if (files.length > 0) message.files = files
      if (firstText(raw['updated_date'], raw['edited_date']) !== null) message.edited = true
      const reactions = recordsOf(raw['reactions']).flatMap((one) => {
        const emoji = firstText(at(one['emoji'], 'unicode'), at(one['emoji'], 'custom_emoji', 'shortcode'))
        return emoji === null
          ? []
          : (Array.isArray(one['reactor_emails']) ? (one['reactor_emails'] as unknown[]) : []).map((who) => ({
              sender: names.get(textOf(who) ?? '') ?? textOf(who) ?? '?',
              emoji
            }))
      })
      if (reactions.length > 0) message.reactions = reactions
      return { head: headOf(), message }
    }
  }
}

/** Google Chat in Takeout. */
export const googleChat = jsonHistory({
  format: 'google-chat',
  matches: ({ shape }) => hasAll(shape, 'messages[].creator', 'messages[].created_date'),
  messages: ['$.messages.*'],
  learns: true,
  open: openChat
})

/** Known data of a Hangouts conversation, by its position in the list. */
interface Known {
  id: string | null
  name: string | null
  self: string | null
  people: Map<string, string>
}

function openHangouts(file: TextFile): JsonReader {
  const known = new Map<string, Known>()
  const heads = new HeadsByKey()
  return {
    learn(value, path) {
      const conversation = at(value, 'conversation') ?? value
      const people = new Map<string, string>()
      for (const one of recordsOf(at(conversation, 'participant_data')))
        people.set(textOf(at(one, 'id', 'gaia_id')) ?? '', firstText(one['fallback_name']) ?? 'Unknown')
      const id = firstText(at(value, 'conversation_id', 'id'), at(conversation, 'id', 'id'))
      known.set(String(path[1]), {
        id,
        name: firstText(at(conversation, 'name')),
        self: textOf(at(conversation, 'self_conversation_state', 'self_read_state', 'participant_id', 'gaia_id')),
        people
      })
    },
    read(raw, path): ReadMessage {
      const key = String(path[1])
      const place = known.get(key)
      const from = textOf(at(raw['sender_id'], 'gaia_id')) ?? ''
      const content = at(raw['chat_message'], 'message_content')
      const event = textOf(raw['event_type'])
      if (!isRecord(content))
        return event === 'HANGOUT_EVENT' || event === 'ADD_USER' || event === 'REMOVE_USER' || event === 'RENAME_CONVERSATION'
          ? 'notice'
          : { unread: event ?? 'event' }
      const text = recordsOf(content['segment'])
        .map((one) => (one['type'] === 'LINE_BREAK' ? '\n' : (textOf(one['text']) ?? '')))
        .join('')
      const files: ParsedFile[] = recordsOf(content['attachment']).map((one) => {
        const photo = at(one, 'embed_item', 'plus_photo') ?? at(one, 'embed_item', 'embeds.PlusPhoto.plus_photo')
        const path = firstText(at(photo, 'url'), at(photo, 'thumbnail', 'image_url')) ?? 'photo.jpg'
        return fileOf(file, decodedAddress(path.split('/').at(-1) ?? path), { kind: 'image' })
      })
      const time = instantOf(raw['timestamp'])
      const message: ParsedMessage = { sender: place?.people.get(from) ?? (from === '' ? '?' : from), time, text }
      if (place !== undefined && place.self !== null) message.outgoing = from === place.self
      if (time === null) message.stamp = beginning(textOf(raw['timestamp']) ?? '')
      const id = textOf(raw['event_id'])
      if (id !== null) message.id = id
      if (files.length > 0) message.files = files
      const others = [...(place?.people ?? [])].filter(([who]) => who !== place?.self).map(([, name]) => name)
      const head = heads.get(key, () => ({
        name: place?.name ?? (others.slice(0, 4).join(', ') || file.name),
        id: place?.id === undefined || place.id === null ? null : `hangouts:${place.id}`
      }))
      return text === '' && files.length === 0 ? { unread: 'text' } : { head, message }
    }
  }
}

/** Hangouts in Takeout. */
export const hangouts = jsonHistory({
  format: 'google-chat',
  matches: ({ shape }) => hasAll(shape, 'conversations[].conversation.conversation_id.id') || hasAll(shape, 'conversations[].conversation.conversation'),
  around: ['$.conversations.*.conversation'],
  messages: ['$.conversations.*.events.*'],
  open: openHangouts
})
