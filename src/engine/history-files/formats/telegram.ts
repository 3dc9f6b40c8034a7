/** Telegram Desktop export as JSON (result.json): of one chat, or of all, including left ones. Media files are beside it. */
import { lookUp } from '../../../contract/look-up.ts'
import { beginning, ImportError, kindOf, reactionsBy, type ConversationHead, type ParsedFile, type ParsedHistory, type ParsedMessage } from '../history.ts'
import type { TextFile } from '../source.ts'
import { hasAll, type Format, type Probe } from './format.ts'
import { isRecord, numberOf, readJson, recordsOf, shown, textOf, type OnValue } from './json-stream.ts'
import { notHere } from './left-out.ts'
import { telegramText } from './telegram-text.ts'
import { parseTime } from './times.ts'

/** Text for media that were not exported: 'File not included. Change data exporting settings to download.' */
const MISSING = /^\((?:File|Photo|Video|Audio|Document|Sticker) [^()]*\)$/i
const LISTS = ['$', '$.chats.list.*', '$.left_chats.list.*']
const PATHS = [
  '$.personal_information',
  '$.chats.list',
  '$.left_chats.list',
  ...LISTS.flatMap((chat) => ['name', 'type', 'id', 'messages', 'messages.*'].map((key) => `${chat}.${key}`))
].filter((path) => !path.endsWith('.list') && !path.endsWith('.messages'))

interface Chat {
  name: string | null
  type: string
  id: string | null
  /** Ids of pinned messages. */
  pinned: Set<string>
  /** Names of senders by id. */
  senders: Map<string, string>
  messages: number
}
interface Owner {
  id: string | null
  name: string | null
}

/** `root`: number of the export, if a file has several in a row. */
const chatKey = (path: readonly (string | number)[], root: number): string =>
  `${root}:${path.length <= 3 && path[0] !== 'chats' && path[0] !== 'left_chats' ? '' : path.slice(0, 3).join('.')}`
/** Upper bound of valid seconds: the year 2248. */
const LATEST_S = 8_772_710_400
const timeOf = (message: Record<string, unknown>): number | null => {
  const seconds = numberOf(message['date_unixtime'])
  const time = seconds !== null && seconds > 0 && seconds < LATEST_S ? seconds * 1000 : parseTime(textOf(message['date']) ?? '')
  return time === null || time <= 0 ? null : time
}
/** 'user1', or the bare number of exports until 2020. */
const senderId = (message: Record<string, unknown>): string | null => {
  // calls have an actor
  const id = textOf(message['from_id'] ?? message['actor_id'])
  return id === null ? null : /^\d+$/.test(id) ? `user${id}` : id
}

/** Paths found only in Telegram's JSON. */
const OF_TELEGRAM = [
  'chats.list',
  'left_chats',
  'personal_information',
  'about',
  'messages[].from_id',
  'messages[].date_unixtime',
  'messages[].text_entities',
  'messages[].actor',
  'messages[].media_type',
  'messages[].forwarded_from'
]
export const isTelegram = ({ shape }: Probe): boolean =>
  OF_TELEGRAM.some((path) => shape?.has(path) === true) || hasAll(shape, 'messages[].type', 'messages[].from', 'messages[].date')

/** Throws ImportError if the file is no Telegram export. */
export async function readTelegram(file: TextFile): Promise<ParsedHistory> {
  const chats = new Map<string, Chat>()
  const owner: Owner = { id: null, name: null }
  const chatAt = (path: readonly (string | number)[], root: number): Chat => {
    const key = chatKey(path, root)
    let chat = chats.get(key)
    if (chat === undefined) chats.set(key, (chat = { name: null, type: '', id: null, pinned: new Set(), senders: new Map(), messages: 0 }))
    return chat
  }
  let end: string | null = null
  const learn: OnValue = (value, path, root) => {
    if (path[0] === 'personal_information') {
      if (!isRecord(value)) return
      owner.id = textOf(value['user_id'])
      owner.name =
        [textOf(value['first_name']), textOf(value['last_name'])]
          .filter((part) => part !== null)
          .join(' ')
          .trim() || null
      return
    }
    const last = path.at(-1)
    const chat = chatAt(path, root)
    if (last === 'name') chat.name = textOf(value)
    else if (last === 'type') chat.type = textOf(value) ?? ''
    else if (last === 'id') chat.id = textOf(value)
    else {
      chat.messages++
      if (!isRecord(value)) return
      if (value['action'] === 'pin_message') chat.pinned.add(textOf(value['message_id']) ?? '')
      const id = senderId(value)
      const name = textOf(value['from']) ?? textOf(value['actor'])
      if (id !== null && (!chat.senders.has(id) || (name !== null && chat.senders.get(id) === id))) chat.senders.set(id, name ?? id)
    }
  }
  await readJson(file, PATHS, learn, { all: true, onBroken: (_, line) => void (end = line) })
  const filled = [...chats.values()].filter(({ messages }) => messages > 0)
  if (filled.length === 0 && end !== null) throw new ImportError(file.file, null, end, 'broken')
  if (filled.length === 0)
    throw new ImportError(file.file, null, 'this is not a Telegram export, nor any other that Mnemo knows: there are no messages', 'other-format')
  const heads = new Map<Chat, { head: ConversationHead; own: (id: string | null, name: string) => boolean | undefined }>()
  for (const chat of filled) {
    const name = chat.name ?? (chat.type === 'saved_messages' ? 'Saved Messages' : `Telegram ${chat.id ?? ''}`.trim())
    const partner = chat.type === 'personal_chat' || chat.type === 'bot_chat' ? `user${chat.id ?? ''}` : null
    const own = (id: string | null, sender: string): boolean | undefined => {
      if (owner.id !== null && id !== null) return id === `user${owner.id}`
      if (owner.name !== null) return sender === owner.name
      if (chat.type === 'saved_messages') return true
      const other = partner === null ? undefined : chat.senders.get(partner)
      if (other === undefined) return undefined
      return id !== null ? id !== partner : sender === other ? false : undefined
    }
    heads.set(chat, { head: { name, id: chat.id === null ? null : `telegram:${chat.id}` }, own })
  }
  return {
    format: 'telegram',
    self: owner.name ?? ownName(heads),
    encoding: file.encoding,
    order: null,
    columns: null,
    async read(sink) {
      await readJson(
        file,
        PATHS.filter((path) => path.endsWith('messages.*')),
        (value, path, root) => {
          const chat = chatAt(path, root)
          const place = heads.get(chat)
          if (place === undefined) return
          sink.conversation(place.head)
          const read = messageOf(value, file)
          if (read === 'notice') sink.notice()
          else if ('kind' in read) sink.unread(read.kind, `${path.at(-1)}: ${shown(value)}`)
          else {
            const id = isRecord(value) ? senderId(value) : null
            // a name that one message lacks, others have
            if (id !== null && read.sender === id) read.sender = chat.senders.get(id) ?? id
            const outgoing = place.own(id, read.sender)
            if (outgoing !== undefined) read.outgoing = outgoing
            if (read.id !== undefined && chat.pinned.has(read.id)) read.pinned = true
            sink.message(read)
          }
        },
        { all: true, rest: sink.rest.bind(sink), onBroken: (kind, line) => sink.unread(kind, line) }
      )
      await sink.rest()
    }
  }
}

/** The user's name, if the chats identify the user by id only. */
function ownName(heads: ReadonlyMap<Chat, { own: (id: string | null, name: string) => boolean | undefined }>): string | null {
  for (const [{ senders }, { own }] of heads) for (const [id, name] of senders) if (own(id, name) === true) return name
  return null
}

function messageOf(raw: unknown, file: TextFile): ParsedMessage | 'notice' | { kind: string } {
  if (!isRecord(raw)) return { kind: 'message' }
  const type = textOf(raw['type']) ?? 'message'
  const call = type === 'service' && raw['action'] === 'phone_call' && (raw['discard_reason'] ?? raw['duration_seconds'] ?? null) !== null
  if (type === 'service' && !call) return 'notice'
  if (type !== 'message' && type !== 'unsupported' && !call) return { kind: type }
  const text = telegramText(raw, call)
  const files = filesOf(raw, file)
  if (text === '' && files.length === 0 && type === 'unsupported') return { kind: type }
  if (text === null || (text === '' && files.length === 0 && Object.keys(raw).every((key) => PLAIN.has(key)) && raw['text'] !== '')) return { kind: 'text' }
  const id = senderId(raw)
  const time = timeOf(raw)
  const edited = numberOf(raw['edited_unixtime']) ?? parseTime(textOf(raw['edited']) ?? '')
  const message: ParsedMessage = { sender: textOf(raw['from']) ?? textOf(raw['actor']) ?? id ?? 'Deleted Account', time, text }
  // exports until 2017 have the first day of 1970 for unedited messages
  if (edited !== null && edited > 86_400_000) message.edited = true
  if (time === null) message.stamp = beginning(textOf(raw['date']) ?? '')
  const own = textOf(raw['id'])
  if (own !== null) message.id = own
  const answered = textOf(raw['reply_to_message_id'])
  if (answered !== null) message.replyTo = answered
  const reactions = recordsOf(raw['reactions']).flatMap((reaction) =>
    reactionsBy(
      // own pictures of an emoji are named by their file, paid reactions have none
      textOf(reaction['emoji']) ?? (reaction['type'] === 'paid' ? '⭐' : reaction['type'] === 'custom_emoji' ? '🖼' : null),
      recordsOf(reaction['recent']).map((who) => textOf(who['from']) ?? textOf(who['from_id']) ?? '?'),
      numberOf(reaction['count'])
    )
  )
  if (reactions.length > 0) message.reactions = reactions
  if (files.length > 0) message.files = files
  return message
}
const PLAIN = new Set(['id', 'type', 'date', 'date_unixtime', 'from', 'from_id', 'text', 'text_entities', 'edited', 'edited_unixtime'])

/** 'voice_message' as 'Voice message'. */
const sentence = (key: string): string => key.slice(0, 1).toUpperCase() + key.slice(1).replaceAll('_', ' ')

function filesOf(message: Record<string, unknown>, file: TextFile): ParsedFile[] {
  const files: ParsedFile[] = []
  const base = (path: string): string => (MISSING.test(path) ? '' : (path.split('/').at(-1) ?? path))
  /** `called`: name in the message; `words`: kind of a file without a name. */
  const add = (path: string, called: string | null, words: string, bytes: number | null, kind?: ParsedFile['kind']): void => {
    const name = called ?? (base(path) || null)
    const given = kind ?? kindOf(name ?? '')
    if (name === null) files.push({ ...notHere(given, words), bytes })
    else files.push({ kind: given, name, bytes, source: MISSING.test(path) ? null : (file.media(path)?.source ?? null) })
  }
  const photo = textOf(message['photo'])
  if (photo !== null) add(photo, null, 'Photo', numberOf(message['photo_file_size']), 'image')
  const path = textOf(message['file'])
  if (path !== null) {
    const type = textOf(message['media_type']) ?? ''
    const kinds: Record<string, ParsedFile['kind']> = {
      voice_message: 'voice',
      audio_file: 'voice',
      video_file: 'video',
      video_message: 'video',
      animation: 'video',
      sticker: 'image'
    }
    add(path, textOf(message['file_name']), sentence(type) || 'File', numberOf(message['file_size']), lookUp(kinds, type))
  }
  const card = textOf(message['contact_vcard'])
  if (card !== null) add(card, null, 'Contact', null, 'file')
  return files
}

/** Telegram's JSON under any name, among other files. */
export const telegram: Format = {
  name: 'telegram',
  matches: (probe) => probe.name === 'result' || ([...(probe.shape ?? [])].some((path) => OF_CHATS.test(path)) && isTelegram(probe)),
  read: readTelegram
}
/** Other files may have a text 'about' something. */
const OF_CHATS = /^(?:messages|(?:left_)?chats|personal_information)(?:\W|$)/
