/** Slack's workspace export: a .zip with users.json, channels.json and a file a day and channel. */
import { z } from 'zod'
import { ImportError, kindOf, type ParsedConversation, type ParsedHistory, type ParsedMessage } from '../history.ts'
import { lineOf } from './telegram.ts'

const User = z.object({ id: z.string(), name: z.string().default(''), real_name: z.string().nullish(), profile: z.object({ display_name: z.string().nullish(), real_name: z.string().nullish() }).optional() })
const Channel = z.object({ id: z.string(), name: z.string().optional(), members: z.array(z.string()).optional() })
const File = z.object({ name: z.string().nullish(), title: z.string().nullish(), mimetype: z.string().nullish(), size: z.number().nullish() })
const Message = z.object({
  type: z.string(),
  subtype: z.string().optional(),
  user: z.string().optional(),
  username: z.string().optional(),
  user_profile: z.object({ real_name: z.string().nullish(), display_name: z.string().nullish() }).optional(),
  ts: z.string(),
  text: z.string().default(''),
  edited: z.unknown().optional(),
  files: z.array(File).optional()
})

/** Said by the workspace, not by a person. */
const NOTICES = /^(?:channel_|group_|pinned_item|unpinned_item|bot_add|bot_remove|reminder_add|sh_room|huddle)/
const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/** `files`: path within the archive -> text. Throws ImportError with the file that cannot be read. */
export function parseSlack(files: ReadonlyMap<string, string>, archive: string): ParsedHistory {
  const read = <T>(path: string, schema: z.ZodType<T>): T => {
    const text = files.get(path) ?? '[]'
    try {
      return schema.parse(JSON.parse(text))
    } catch (error) {
      const what = error instanceof z.ZodError ? `${error.issues[0]?.path.join('.') ?? ''}: ${error.issues[0]?.message ?? ''}` : error instanceof Error ? error.message : String(error)
      throw new ImportError(`${archive}/${path}`, error instanceof SyntaxError ? lineOf(text) : null, `this is not what a Slack export has there (${what})`)
    }
  }
  const people = new Map(read('users.json', z.array(User)).map((user) => [user.id, user.profile?.display_name || user.profile?.real_name || user.real_name || user.name || user.id]))
  const rooms = ['channels.json', 'groups.json', 'mpims.json', 'dms.json'].flatMap((path) => (files.has(path) ? read(path, z.array(Channel)) : []))
  if (rooms.length === 0) throw new ImportError(archive, null, 'this is not a Slack export: it has no channels.json')
  const named = new Map(rooms.map((room) => [room.id, room.name ?? (room.members ?? []).map((id) => people.get(id) ?? id).join(', ')]))
  let notices = 0

  const plain = (text: string): string =>
    text
      .replace(/<([@#!])([^>|]+)(?:\|([^>]*))?>/g, (_, mark: string, id: string, label?: string) => (mark === '@' ? `@${people.get(id) ?? label ?? id}` : mark === '#' ? `#${label || named.get(id) || id}` : `@${label ?? id}`))
      .replace(/<((?:https?|mailto):[^>|]+)(?:\|([^>]*))?>/g, (_, url: string, label?: string) => (label === undefined || label === url || `mailto:${label}` === url ? url.replace(/^mailto:/, '') : `${label} (${url})`))
      .replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity)

  const conversations = rooms.flatMap((room): ParsedConversation[] => {
    const folders = [room.name, room.id].filter((name) => name !== undefined).map((name) => `${name}/`)
    const days = [...files.keys()].filter((path) => folders.some((folder) => path.startsWith(folder) && path.endsWith('.json'))).sort()
    const messages = days.flatMap((path) =>
      read(path, z.array(Message)).flatMap((message): ParsedMessage[] => {
        const time = Math.floor(Number(message.ts) * 1000)
        if (!Number.isFinite(time)) throw new ImportError(`${archive}/${path}`, null, `'${message.ts}' is no time`)
        if (message.type !== 'message' || NOTICES.test(message.subtype ?? '')) {
          notices++
          return []
        }
        const sender = message.user === undefined ? (message.username ?? 'Slack') : (people.get(message.user) ?? message.user_profile?.display_name ?? message.user_profile?.real_name ?? message.user)
        // Slack exports link to files; they do not contain them
        const attached = (message.files ?? []).map(({ name, title, size, mimetype }) => {
          const called = name ?? title ?? 'file'
          const kind = mimetype?.startsWith('image/') === true ? 'image' : mimetype?.startsWith('video/') === true ? 'video' : mimetype?.startsWith('audio/') === true ? 'voice' : kindOf(called)
          return { kind, name: called, bytes: size ?? null, source: null } as const
        })
        return [{ sender, time, text: plain(message.text), ...(message.edited === undefined ? {} : { edited: true }), ...(attached.length === 0 ? {} : { files: [...attached] }) }]
      })
    )
    return messages.length === 0 ? [] : [{ name: `#${named.get(room.id) ?? room.id}`.replace(/^#(?=.*, )/, ''), messages }]
  })
  return { format: 'slack', conversations, self: null, notices, unreadableTimes: 0 }
}
