/**
 * Facebook Messenger and Instagram exports of 'Download your information' (JSON): message_1.json, message_2.json … of a thread, and the file of an end-to-end
 * encrypted one. Their texts are UTF-8 whose bytes were written as Latin-1 characters.
 */
import { beginning, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, recordsOf, textOf } from './json-stream.ts'

const HIGH = /[\u0080-\u00ff]/
/** Repairs a text whose characters are all bytes of valid UTF-8; other texts stay unchanged. */
export function mended(text: string): string {
  if (!HIGH.test(text) || /[^\u0000-\u00ff]/.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return text
  }
}
const textIn = (value: unknown): string | null => {
  const text = textOf(value)
  return text === null ? null : mended(text)
}

/** Keys of media lists, and their kinds; 'media' has all kinds. */
const MEDIA: [string, ParsedFile['kind'] | null][] = [
  ['photos', 'image'],
  ['videos', 'video'],
  ['audio_files', 'voice'],
  ['gifs', 'image'],
  ['files', null],
  ['media', null]
]
const FAILED = /^(?:Failed to download|https?:)/i

function filesIn(raw: Record<string, unknown>, file: TextFile): ParsedFile[] {
  const found: ParsedFile[] = []
  for (const [key, kind] of MEDIA) {
    for (const one of recordsOf(raw[key])) {
      const path = textIn(one['uri'])
      if (path !== null)
        found.push(FAILED.test(path) ? { kind: kind ?? 'file', name: 'file', bytes: null, source: null } : fileOf(file, path, kind === null ? {} : { kind }))
    }
  }
  const sticker = textIn(at(raw['sticker'], 'uri'))
  if (sticker !== null) found.push(fileOf(file, sticker, { kind: 'image' }))
  return found
}

/** Content beside the text: a shared link, a call. */
function partsOf(raw: Record<string, unknown>): string[] {
  const parts = [textIn(raw['content']) ?? textIn(raw['text']) ?? '']
  if (isRecord(raw['share'])) {
    const { link, share_text: words, original_content_owner: owner } = raw['share']
    for (const value of [owner, words, link]) {
      const text = textIn(value)
      if (text !== null && !parts.some((part) => part.includes(text))) parts.push(text)
    }
  }
  const seconds = raw['call_duration']
  if (typeof seconds === 'number') parts.push(`📞 ${seconds} s`)
  return parts
}

/** Reactions with their senders, as a list of names or of objects. */
const reactionsIn = (raw: Record<string, unknown>): NonNullable<ParsedMessage['reactions']> =>
  recordsOf(raw['reactions']).flatMap((one) => {
    const emoji = textIn(one['reaction'])
    return emoji === null ? [] : [{ sender: textIn(one['actor']) ?? '?', emoji }]
  })

function open(file: TextFile): JsonReader {
  const known: Record<string, unknown> = {}
  let head: ConversationHead | null = null
  const headOf = (): ConversationHead => {
    if (head !== null) return head
    const people = Array.isArray(known['participants'])
      ? known['participants'].map((one) => textIn(isRecord(one) ? one['name'] : one)).filter((name) => name !== null)
      : []
    const thread = firstText(known['thread_path'])
    // 'Anna_40' is the name with the thread's number
    const encrypted = firstText(known['threadName'])
    const title = textIn(known['title']) ?? (encrypted === null ? null : mended(encrypted).replace(/_\d+$/, ''))
    const id = thread ?? (encrypted === null ? null : `e2ee/${mended(encrypted)}`)
    // in a private thread the owner is the last participant, and the title is the other one
    const self = people.length === 2 && people[0] === title ? (people[1] ?? null) : null
    return (head = { name: title ?? people[0] ?? file.name, id: id === null ? null : `messenger:${id}`, self })
  }
  return {
    learn(value, path) {
      known[String(path[0])] = value
    },
    read(raw): ReadMessage {
      const sender = textIn(raw['sender_name']) ?? textIn(raw['senderName'])
      const time = instantOf(raw['timestamp_ms'] ?? raw['timestamp'])
      if (raw['is_unsent'] === true || raw['isUnsent'] === true) return 'notice'
      if (['Subscribe', 'Unsubscribe'].includes(textOf(raw['type']) ?? '')) return 'notice'
      const files = filesIn(raw, file)
      const text = partsOf(raw)
        .filter((part) => part !== '')
        .join('\n')
      if (sender === null || (text === '' && files.length === 0)) return { unread: sender === null ? 'message' : 'text' }
      const message: ParsedMessage = { sender, time, text }
      if (time === null) message.stamp = beginning(textOf(raw['timestamp_ms']) ?? '')
      if (files.length > 0) message.files = files
      const reactions = reactionsIn(raw)
      if (reactions.length > 0) {
        message.reactions = reactions
        // reactions need a message id, which the format lacks
        message.id = `${time ?? 0}-${sender}`
      }
      return { head: headOf(), message }
    }
  }
}

/** Threads of Facebook Messenger and Instagram. */
export const messenger = jsonHistory({
  format: 'messenger',
  matches: ({ shape }) =>
    hasAll(shape, 'messages[].sender_name', 'messages[].timestamp_ms') ||
    (hasAll(shape, 'messages[].senderName', 'messages[].timestamp') &&
      (shape?.has('threadName') === true || shape?.has('participants[]') === true || shape?.has('messages[].isUnsent') === true)),
  around: ['$.participants', '$.title', '$.thread_path', '$.threadName'],
  messages: ['$.messages.*'],
  open
})
