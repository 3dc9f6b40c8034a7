/** Export into a file: JSON lines, also encrypted under a password, a self-contained page, or plain text. Streams; a cancelled export leaves nothing. */
import { existsSync } from 'node:fs'
import { copyFile, lstat, mkdir, mkdtemp, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { ConversationId, Message } from '../../contract/domain.ts'
import type { ExportFormat, ExportSummary } from '../../contract/history-files.ts'
import { createSearchEngine } from '../search/engine.ts'
import { openReadable, type ReadableDB } from '../store/database.ts'
import { COLUMNS, idsOf, MESSAGES, reactionsIn, toMessage, type MessageRow } from '../store/tables/message-row.ts'
import type { TransferContext } from './context.ts'
import { Sealing } from './sealed-file.ts'

export interface ExportTask {
  /** Path of the file. */
  path: string
  format: ExportFormat
  /** Exports only hits of this query. */
  query: string | null
  conversation: ConversationId | null
  language: 'zh-CN' | 'en'
  /** Of the format 'mnemo', which has one. */
  password?: string | null
}

const EVERY = 2000
/** UTF-16 units written at once. */
const PIECE = 65_536

interface Writer {
  begin(): string
  conversation(name: string, count: number, id: string | null): string
  message(message: Message, media: ReadonlyMap<number, string>, row: MessageRow): string
  end(): string
}
/** Messages under one heading. `id`: address, if another conversation has the same name. */
interface Listed {
  name: string
  id: string | null
  ids: number[]
}

/**
 * Writes into a temporary folder beside the file, and moves the result into place when it is complete: an existing file is replaced then, or not touched at
 * all.
 */
export async function exportHistory(task: ExportTask, context: TransferContext): Promise<ExportSummary> {
  const db = openReadable(context.files)
  let own: string | null = null
  let file: FileHandle | null = null
  try {
    own = await mkdtemp(join(dirname(task.path), '.mnemo-export-'))
    const page = join(own, 'page')
    const folder = join(own, 'files')
    const beside = await freeName(`${task.path.slice(0, task.path.length - extname(task.path).length)}-files`)
    const lists = selection(db, task)
    const total = lists.reduce((sum, { ids }) => sum + ids.length, 0)
    const writer = WRITERS[task.format](task.language, db)
    const select = db.prepare<[number], MessageRow>(`SELECT ${COLUMNS} FROM ${MESSAGES} WHERE m.id = ?`)
    const storedOf = db.prepare<[number], string | null>('SELECT stored FROM attachment WHERE id = ?').pluck()
    const copied = new Set<string>()
    let done = 0
    file = await open(page, 'wx', 0o600)
    const sealing = task.format === 'mnemo' ? await sealingOf(task) : null
    const write = pieces(file, sealing)
    await write(writer.begin())
    for (const { name, id: address, ids } of lists) {
      await write(writer.conversation(name, ids.length, address))
      for (const id of ids) {
        const row = select.get(id)
        if (row === undefined) continue
        const message = toMessage(row)
        const media = new Map<number, string>()
        for (const attachment of task.format === 'html' ? message.attachments : []) {
          const stored = storedOf.get(attachment.id) ?? null
          if (stored === null || !existsSync(join(context.media, stored))) continue
          await mkdir(folder, { recursive: true })
          if (!copied.has(stored)) await copyFile(join(context.media, stored), join(folder, stored))
          copied.add(stored)
          media.set(attachment.id, `${basename(beside)}/${stored}`)
        }
        await write(writer.message(message, media, row))
        if (++done % EVERY !== 0) continue
        context.progress(done, total)
        // allows a cancellation
        await new Promise((resolve) => setImmediate(resolve))
        context.signal.throwIfAborted()
      }
    }
    await write(writer.end())
    await write(null)
    await file.close()
    context.signal.throwIfAborted()
    if (copied.size > 0) await rename(folder, beside)
    try {
      await rename(page, task.path)
    } catch (error) {
      // move it back
      if (copied.size > 0) await rename(beside, folder)
      throw error
    }
    return { messages: total, files: copied.size, path: task.path }
  } finally {
    db.close()
    await file?.close()
    if (own !== null) await rm(own, { recursive: true, force: true })
  }
}

/** Unused name. */
async function freeName(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? path : `${path}-${number}`
    if ((await lstat(name).catch(() => null)) === null) return name
  }
}

function sealingOf({ password = null }: ExportTask): Promise<Sealing> {
  if (password === null || password === '') throw new Error('a protected export needs a password')
  return Sealing.begin(password)
}

/** Writes text in large pieces; null: flushes the rest and ends the file. */
function pieces(file: FileHandle, sealing: Sealing | null): (text: string | null) => Promise<void> {
  let waiting = ''
  let isNew = true
  const put = async (bytes: Buffer | string): Promise<void> => {
    if (bytes.length > 0) await file.writeFile(bytes)
  }
  return async (text) => {
    waiting += text ?? ''
    if (text !== null && waiting.length < PIECE) return
    const whole = waiting
    waiting = ''
    if (sealing === null) await put(whole)
    else {
      if (isNew) await put(sealing.header)
      await put(sealing.write(Buffer.from(whole)))
      if (text === null) await put(sealing.end())
    }
    isNew = false
    if (text === null) await file.sync()
  }
}

/** Messages by conversation, each in order of history. */
function selection(db: ReadableDB, { query, conversation }: ExportTask): Listed[] {
  const nameOf = db
    .prepare<[number], string>(
      "SELECT coalesce(nullif(c.own_name, ''), (SELECT name FROM contact WHERE jid = c.jid AND account = c.account AND name <> ''), nullif(c.name, ''), c.jid) FROM conversation c WHERE id = ?"
    )
    .pluck()
  const byConversation = new Map<number, number[]>()
  if (query !== null && query.trim() !== '') {
    const conversationOf = db.prepare<[number], number>('SELECT conversation FROM message WHERE id = ?').pluck()
    for (const id of createSearchEngine(db).ids({ query, conversation })) {
      const of = conversationOf.get(id) ?? 0
      const list = byConversation.get(of)
      if (list === undefined) byConversation.set(of, [id])
      else list.push(id)
    }
  } else {
    const all = conversation === null ? (db.prepare('SELECT id FROM conversation ORDER BY last_message DESC').pluck().all() as number[]) : [conversation]
    const ids = db.prepare<[number], number>('SELECT id FROM message WHERE conversation = ? ORDER BY id').pluck()
    for (const id of all) byConversation.set(id, ids.all(id))
  }
  const jidOf = db.prepare<[number], string>('SELECT jid FROM conversation WHERE id = ?').pluck()
  const lists = [...byConversation].filter(([, ids]) => ids.length > 0).map(([id, ids]) => ({ name: nameOf.get(id) ?? '', id: jidOf.get(id) ?? null, ids }))
  const often = new Map<string, number>()
  for (const { name } of lists) often.set(name, (often.get(name) ?? 0) + 1)
  return lists.map((one) => (often.get(one.name) === 1 ? { ...one, id: null } : one))
}

const sender = (message: Message): string => message.senderName

/** JSON lines that Mnemo can import without loss; ids only of answered messages. */
function jsonLines(_: string, db: ReadableDB): Writer {
  const answered = new Set(db.prepare<[], string>('SELECT DISTINCT reply_to FROM message WHERE reply_to IS NOT NULL').pluck().all())
  let conversation: { conversation: string; conversationId?: string } = { conversation: '' }
  return {
    begin: () => '',
    conversation: (name, _count, id) => {
      conversation = { conversation: name, ...(id === null ? {} : { conversationId: id }) }
      return ''
    },
    message: (message, _media, row) => {
      const reactions = reactionsIn(row)
      const spokenOf = reactions.length > 0 || idsOf(row).some((id) => id !== null && answered.has(id))
      const flags = Object.fromEntries(
        (['edited', 'pinned', 'starred', 'mention', 'retracted'] as const).filter((flag) => message[flag]).map((flag) => [flag, true])
      )
      return `${JSON.stringify({
        ...conversation,
        sender: sender(message),
        outgoing: message.outgoing,
        time: new Date(message.time).toISOString(),
        text: message.text,
        ...flags,
        ...(spokenOf ? { id: String(message.id) } : {}),
        ...(message.reply === null || message.reply.id === null ? {} : { replyTo: String(message.reply.id) }),
        ...(reactions.length === 0 ? {} : { reactions }),
        ...(message.attachments.length === 0 ? {} : { files: message.attachments.map(({ name: file, kind, bytes }) => ({ name: file, kind, bytes })) })
      })}\n`
    },
    end: () => ''
  }
}

const pad = (number: number): string => String(number).padStart(2, '0')
function stamp(time: number): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

function plainText(): Writer {
  let first = true
  return {
    begin: () => '',
    conversation: (name, count) => {
      const lead = first ? '' : '\n'
      first = false
      return `${lead}=== ${name} (${count}) ===\n`
    },
    message: (message) => {
      const files = message.attachments.map(({ name }) => `[${name}]`)
      return `[${stamp(message.time)}] ${sender(message)}: ${[...files, message.text]
        .filter((part) => part !== '')
        .join(' ')
        .replaceAll('\n', '\n    ')}\n`
    },
    end: () => ''
  }
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character)

const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei UI','Noto Sans CJK SC',sans-serif}body{max-width:760px;margin:0 auto;padding:16px;background:Canvas;color:CanvasText}h2{position:sticky;top:0;margin:24px 0 8px;padding:8px 0;background:Canvas;border-bottom:1px solid color-mix(in srgb,CanvasText 15%,transparent)}h3{margin:16px 0 4px;text-align:center;font-size:12px;font-weight:600;opacity:.6}article{margin:4px 0;padding:6px 12px;width:fit-content;max-width:80%;border-radius:14px;background:color-mix(in srgb,CanvasText 8%,transparent);overflow-wrap:anywhere}article.own{margin-inline-start:auto;background:color-mix(in srgb,#0b6e6e 22%,Canvas)}header{display:flex;gap:12px;justify-content:space-between;font-size:12px;opacity:.7}p{margin:0;white-space:pre-wrap;text-align:start;unicode-bidi:plaintext}img,video{max-width:100%;border-radius:8px}`

function page(language: 'zh-CN' | 'en'): Writer {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'full' })
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  let day = ''
  const media = (message: Message, files: ReadonlyMap<number, string>): string =>
    message.attachments
      .map(({ id, kind, name }) => {
        const path = files.get(id)
        if (path === undefined) return `<p>📎 ${escape(name)}</p>`
        const href = escape(path.split('/').map(encodeURIComponent).join('/'))
        if (kind === 'image') return `<p><a href="${href}"><img src="${href}" alt="${escape(name)}" loading="lazy"></a></p>`
        if (kind === 'video') return `<p><video src="${href}" controls preload="none"></video></p>`
        if (kind === 'voice') return `<p><audio src="${href}" controls preload="none"></audio></p>`
        return `<p><a href="${href}">📎 ${escape(name)}</a></p>`
      })
      .join('')
  return {
    begin: () =>
      `<!doctype html>\n<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; media-src 'self' file:"><title>Mnemo</title><style>${STYLE}</style></head><body>\n`,
    conversation: (name) => {
      day = ''
      return `<h2>${escape(name)}</h2>\n`
    },
    message: (message, files) => {
      const today = format.format(message.time)
      const title = today === day ? '' : `<h3>${escape(today)}</h3>\n`
      day = today
      return `${title}<article${message.outgoing ? ' class="own"' : ''}><header><span dir="auto">${escape(sender(message))}</span><time datetime="${new Date(message.time).toISOString()}">${clock.format(message.time)}</time></header>${media(message, files)}${message.text === '' ? '' : `<p dir="auto">${escape(message.text)}</p>`}</article>\n`
    },
    end: () => '</body></html>\n'
  }
}

const WRITERS: Record<ExportFormat, (language: 'zh-CN' | 'en', db: ReadableDB) => Writer> = { jsonl: jsonLines, mnemo: jsonLines, txt: plainText, html: page }
