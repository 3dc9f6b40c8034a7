/** Slack workspace export: a .zip with users.json, channels.json and one file per day and channel, with or without a top folder. */
import { ImportError, kindOf, plainHistory, reactionsBy, type ConversationHead, type ParsedFile, type ParsedHistory, type ParsedMessage } from '../history.ts'
import type { TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { elementsIn, isRecord, numberOf, recordsOf, shown, textOf } from './json-stream.ts'
import { slackText, type Names } from './slack-text.ts'

/** Files of the archive: paths without their common folder, and texts. */
export interface SlackFiles {
  paths: readonly string[]
  text(path: string): Promise<string>
}

/** Messages by the workspace, not by a person. */
const NOTICES = /^(?:channel_|group_|pinned_item|unpinned_item|bot_add|bot_remove|reminder_add|sh_room|huddle|tombstone)/
const ROOMS = ['channels.json', 'groups.json', 'mpims.json', 'dms.json']

export const isSlack = (paths: readonly string[]): boolean => paths.includes('users.json') || ROOMS.some((path) => paths.includes(path))

/** Throws ImportError with the unreadable file. */
export async function readSlack({ paths, text }: SlackFiles, archive: string): Promise<ParsedHistory> {
  const read = async (path: string, onBroken?: (line: string) => void): Promise<unknown[]> => {
    const json = await text(path)
    try {
      const value: unknown = JSON.parse(json)
      return Array.isArray(value) ? value : []
    } catch {
      const { elements, end } = await elementsIn(json)
      if (end !== null) {
        if (onBroken === undefined && elements.length === 0)
          throw new ImportError(`${archive}/${path}`, null, `this is not what a Slack export has there (line ${end})`, 'broken')
        onBroken?.(`${path}, ${end}`)
      }
      return elements
    }
  }
  /** Unreadable parts of the lists of people and rooms. */
  const broken: string[] = []
  const people = new Map<string, string>()
  let team = ''
  if (paths.includes('users.json')) {
    for (const user of recordsOf(await read('users.json', (line) => broken.push(line)))) {
      const id = textOf(user['id'])
      const profile = isRecord(user['profile']) ? user['profile'] : {}
      if (id !== null)
        people.set(id, textOf(profile['display_name']) ?? textOf(profile['real_name']) ?? textOf(user['real_name']) ?? textOf(user['name']) ?? id)
      team ||= textOf(user['team_id']) ?? ''
    }
  }
  const rooms = (
    await Promise.all(ROOMS.filter((path) => paths.includes(path)).map(async (path) => recordsOf(await read(path, (line) => broken.push(line)))))
  ).flat()
  if (rooms.length === 0) throw new ImportError(archive, null, 'this is not a Slack export: it has no channels.json', 'other-format')
  const roomName = (room: Record<string, unknown>): string => {
    const members = Array.isArray(room['members']) ? room['members'].map((id) => people.get(String(id)) ?? String(id)) : []
    return textOf(room['name']) ?? (members.join(', ') || (textOf(room['id']) ?? ''))
  }
  const names: Names = { people, rooms: new Map(rooms.map((room) => [textOf(room['id']) ?? '', roomName(room)])) }
  return plainHistory({
    format: 'slack',
    self: null,
    async read(sink) {
      for (const line of broken) sink.unread('file', line)
      for (const room of rooms) {
        const id = textOf(room['id'])
        const folders = [textOf(room['name']), id].filter((name) => name !== null).map((name) => `${name}/`)
        const days = paths.filter((path) => folders.some((folder) => path.startsWith(folder)) && path.endsWith('.json')).sort()
        if (days.length === 0) continue
        const direct = textOf(room['name']) === null
        const head: ConversationHead = { name: direct ? roomName(room) : `#${roomName(room)}`, id: id === null ? null : `slack:${team}:${id}` }
        sink.conversation(head)
        for (const path of days) {
          const day = await read(path, (line) => sink.unread('file', line))
          for (const [index, raw] of day.entries()) {
            const message = messageOf(raw, names, id)
            if (message === 'notice') sink.notice()
            else if ('kind' in message) sink.unread(message.kind, `${path}, ${index + 1}: ${shown(raw)}`)
            else sink.message(message)
          }
          await sink.rest()
        }
      }
    }
  })
}

/** Single day of a channel; names come from its messages. */
function openDay(file: TextFile): JsonReader {
  const head: ConversationHead = { name: file.folder === '' ? file.name : `#${file.folder}`, id: null }
  const names: Names = { people: new Map(), rooms: new Map() }
  const people = names.people as Map<string, string>
  return {
    look(raw) {
      const user = textOf(raw['user'])
      const profile = isRecord(raw['user_profile']) ? raw['user_profile'] : {}
      const name = textOf(profile['display_name']) ?? textOf(profile['real_name']) ?? textOf(profile['name'])
      if (user !== null && name !== null) people.set(user, name)
    },
    read(raw): ReadMessage {
      const message = messageOf(raw, names, null)
      return message === 'notice' ? message : 'kind' in message ? { unread: message.kind } : { head, message }
    }
  }
}

/** Single file of a Slack export. */
export const slackDay = jsonHistory({
  format: 'slack',
  matches: ({ shape, head }) => hasAll(shape, '[].type', '[].ts', '[].text') && /"ts": ?"\d{10}\.\d{6}"/.test(head),
  messages: ['$.*'],
  learns: true,
  open: openDay
})

function messageOf(raw: unknown, names: Names, room: string | null): ParsedMessage | 'notice' | { kind: string } {
  if (!isRecord(raw)) return { kind: 'message' }
  const type = textOf(raw['type']) ?? 'message'
  const subtype = textOf(raw['subtype']) ?? ''
  if (NOTICES.test(subtype)) return 'notice'
  if (type !== 'message') return { kind: type }
  const stamp = textOf(raw['ts']) ?? ''
  const seconds = numberOf(stamp)
  const user = textOf(raw['user'])
  const profile = isRecord(raw['user_profile']) ? raw['user_profile'] : isRecord(raw['bot_profile']) ? raw['bot_profile'] : {}
  const given = textOf(profile['display_name']) ?? textOf(profile['real_name']) ?? textOf(profile['name'])
  const sender = user === null ? (textOf(raw['username']) ?? given ?? textOf(raw['bot_id']) ?? 'Slack') : (names.people.get(user) ?? given ?? user)
  // exports until 2018 have one file per message
  const files = recordsOf(raw['files'] ?? [raw['file']]).map(fileOf)
  const text = slackText(raw, names)
  if (text === '' && files.length === 0 && typeof raw['text'] === 'object') return { kind: 'text' }
  const message: ParsedMessage = { sender, time: seconds === null || seconds <= 0 ? null : Math.floor(seconds * 1000), text, id: stamp }
  if (message.time === null) message.stamp = stamp
  if ((raw['edited'] ?? null) !== null) message.edited = true
  const thread = textOf(raw['thread_ts'])
  if (thread !== null && thread !== stamp) message.replyTo = thread
  if (Array.isArray(raw['pinned_to']) && (room === null || raw['pinned_to'].includes(room))) message.pinned = true
  const reactions = recordsOf(raw['reactions']).flatMap((reaction) =>
    reactionsBy(
      `:${textOf(reaction['name']) ?? '?'}:`,
      (Array.isArray(reaction['users']) ? reaction['users'] : []).map((id) => names.people.get(String(id)) ?? String(id)),
      numberOf(reaction['count'])
    )
  )
  if (reactions.length > 0) message.reactions = reactions
  if (files.length > 0) message.files = files
  return message
}

// Slack exports link to files; they do not contain them
function fileOf(file: Record<string, unknown>): ParsedFile {
  const name = textOf(file['name']) ?? textOf(file['title']) ?? 'file'
  const type = textOf(file['mimetype']) ?? ''
  const kind = type.startsWith('image/') ? 'image' : type.startsWith('video/') ? 'video' : type.startsWith('audio/') ? 'voice' : kindOf(name)
  return { kind, name, bytes: numberOf(file['size']), source: null }
}
