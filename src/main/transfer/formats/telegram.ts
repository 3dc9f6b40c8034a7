/** Telegram Desktop's export as JSON (result.json): of one chat, or of all. Media lie beside it. */
import { parse, type ParseError } from 'jsonc-parser'
import { z } from 'zod'
import { ImportError, kindOf, type ParsedConversation, type ParsedFile, type ParsedHistory } from '../history.ts'
import { parseTime } from './times.ts'

const Piece = z.union([z.string(), z.object({ text: z.string() })])
const Message = z.object({
  type: z.string(),
  date: z.string().optional(),
  date_unixtime: z.string().optional(),
  from: z.string().nullish(),
  from_id: z.string().nullish(),
  text: z.union([z.string(), z.array(Piece)]).default(''),
  edited: z.string().optional(),
  photo: z.string().optional(),
  file: z.string().optional(),
  file_name: z.string().optional(),
  file_size: z.number().optional(),
  photo_file_size: z.number().optional(),
  media_type: z.string().optional(),
  mime_type: z.string().optional()
})
const Chat = z.object({ name: z.string().nullish(), type: z.string().optional(), id: z.number().optional(), messages: z.array(z.unknown()) })
const Export = z.union([Chat, z.object({ personal_information: z.object({ first_name: z.string().default(''), last_name: z.string().default('') }).optional(), chats: z.object({ list: z.array(Chat) }) })])

/** Not in the export: 'File not included. Change data exporting settings to download.' */
const MISSING = /^\(File (?:not included|exceeds)/

/** Throws ImportError with the chat and message that cannot be read. */
export function parseTelegram(text: string, file: string): ParsedHistory {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ImportError(file, lineOf(text), `this is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  const parsed = Export.safeParse(json)
  if (!parsed.success) throw new ImportError(file, null, 'this is not a Telegram export: there are no messages')
  const chats = 'messages' in parsed.data ? [parsed.data] : parsed.data.chats.list
  const owner = 'chats' in parsed.data ? parsed.data.personal_information : undefined
  let notices = 0
  const conversations = chats.map((chat): ParsedConversation => {
    const name = chat.name ?? (chat.type === 'saved_messages' ? 'Saved Messages' : `Telegram ${chat.id ?? ''}`.trim())
    const messages = chat.messages.flatMap((raw, index) => {
      const message = Message.safeParse(raw)
      if (!message.success) throw new ImportError(file, null, `message ${index + 1} of '${name}' cannot be read (${message.error.issues[0]?.path.join('.') ?? ''}: ${message.error.issues[0]?.message ?? ''})`)
      if (message.data.type !== 'message') {
        notices++
        return []
      }
      const { date, date_unixtime: seconds, from, from_id: id, edited } = message.data
      const time = seconds === undefined ? parseTime(date ?? '') : Number(seconds) * 1000
      if (time === null || !Number.isFinite(time)) throw new ImportError(file, null, `message ${index + 1} of '${name}' has no time that can be read ('${date ?? seconds ?? ''}')`)
      const body = typeof message.data.text === 'string' ? message.data.text : message.data.text.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('')
      const files = attachments(message.data)
      return [{ sender: from ?? id ?? 'Deleted Account', time, text: body, ...(edited === undefined ? {} : { edited: true }), ...(files.length === 0 ? {} : { files }) }]
    })
    return { name, messages }
  })
  const self = owner === undefined ? '' : `${owner.first_name} ${owner.last_name}`.trim()
  return { format: 'telegram', conversations, self: self === '' ? null : self, notices, unreadableTimes: 0 }
}

function attachments(message: z.infer<typeof Message>): ParsedFile[] {
  const files: ParsedFile[] = []
  const add = (path: string, name: string, bytes: number | undefined, kind: ParsedFile['kind']): void => {
    files.push({ kind, name, bytes: bytes ?? null, source: MISSING.test(path) ? null : path })
  }
  const base = (path: string): string => (MISSING.test(path) ? '' : (path.split('/').at(-1) ?? path))
  if (message.photo !== undefined) add(message.photo, base(message.photo) || 'photo.jpg', message.photo_file_size, 'image')
  if (message.file !== undefined) {
    const name = message.file_name ?? (base(message.file) || 'file')
    const type = message.media_type ?? ''
    const kind = type === 'voice_message' || type === 'audio_file' ? 'voice' : type === 'video_file' || type === 'video_message' || type === 'animation' ? 'video' : type === 'sticker' ? 'image' : kindOf(name)
    add(message.file, name, message.file_size, kind)
  }
  return files
}

/** The line at which a text stops being JSON, or null where it is. */
export function lineOf(text: string): number | null {
  const errors: ParseError[] = []
  parse(text, errors, { disallowComments: true })
  const [first] = errors
  return first === undefined ? null : text.slice(0, first.offset).split('\n').length
}
