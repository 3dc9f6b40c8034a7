/** Imports a history file: its new messages, in batches, undone on cancellation. */
import type { ConversationId, Jid, MessageId } from '../../contract/domain.ts'
import { ImportColumns, type ImportFormat, type ImportOptions, type ImportPreview, type ImportSummary } from '../../contract/history-files.ts'
import { lookUp } from '../../contract/look-up.ts'
import { keep, type Kept } from '../store/media-folder.ts'
import { openReadable, type ReadableDB, type StoreFiles } from '../store/database.ts'
import { packRows, type ImportRow } from '../store/import-rows.ts'
import { accountReads } from '../store/tables/account.ts'
import type { NewAttachment } from '../store/tables/attachment.ts'
import type { TransferContext } from './context.ts'
import { ENCODINGS, type EncodingName } from './decoding.ts'
import {
  ImportError,
  ImportStopped,
  type ConversationHead,
  type OpenHistory,
  type ParsedFile,
  type ParsedHistory,
  type ParsedMessage,
  type ReadOptions,
  type Sink
} from './history.ts'
import { Identity, importedName, namedAddress } from './identity.ts'
import { ImportedIds } from './imported-ids.ts'
import { readHistory } from './read.ts'
import { StoredMemory, StoredMessages, type StoredMessage } from './stored.ts'
import { Heads, selfOf, surveyHistory, type Survey, type SurveyedConversation } from './survey.ts'

export interface ImportTask {
  path: string
  /** Format; null: detected. */
  format: ImportFormat | null
  /** Sender that is the user; null: the file's owner. */
  self: string | null
  /** Replacement names for people in the file. */
  names: Record<string, string>
  /** Name for the conversation, if the file holds only one. */
  conversation: string | null
  /** The user's choices for ambiguous content; absent: automatic. */
  options?: ImportOptions
}

/** Messages per transaction: incoming messages wait no longer than that. */
const BATCH = 10_000
/** Text per transaction, UTF-16 units. */
const BATCH_UNITS = 300_000
/** Tolerance for messages out of order, ms: clocks go back. Larger differences are sorted by time. */
const HOUR = 3_600_000

/** Name under which the columns of a table shape are stored. */
const columnsName = (shape: string): string => `columns:${shape}`
/** Reads the user's columns for table shapes. */
function recallFrom(files: StoreFiles): NonNullable<ReadOptions['recall']> {
  return (shape) => {
    const db = openReadable(files)
    try {
      const json = accountReads(db).remembered(columnsName(shape))
      return json === null ? null : (ImportColumns.safeParse(JSON.parse(json)).data ?? null)
    } finally {
      db.close()
    }
  }
}

function readOptions(options: ImportOptions | undefined, files: StoreFiles): ReadOptions {
  const encoding = ENCODINGS.find((name) => name === options?.encoding) ?? null
  return {
    encoding: encoding as EncodingName | null,
    order: options?.order ?? null,
    columns: options?.columns ?? null,
    password: options?.password ?? null,
    addon: files.addon ?? null,
    recall: recallFrom(files)
  }
}

/** Throws ImportError. For a table with unknown columns the result has some of its rows, and nothing else. */
export async function previewHistory(path: string, format: ImportFormat | null, options: ImportOptions | undefined, files: StoreFiles): Promise<ImportPreview> {
  const { history, close } = await readHistory(path, format, readOptions(options, files))
  try {
    const { encoding, order, columns } = history
    const said = { format: history.format, encoding: encoding === null ? null : { ...encoding, choices: [...ENCODINGS] }, order, columns }
    if (columns !== null && !columns.sure)
      return { ...said, self: null, notices: 0, badTimes: { count: 0, lines: [] }, unread: [], people: [], conversations: [], samples: [] }
    const survey = await surveyed(history, path)
    const people = new Map<string, number>()
    for (const conversation of survey.conversations) for (const [name, count] of conversation.people) people.set(name, (people.get(name) ?? 0) + count)
    return {
      ...said,
      self: selfOf(history, survey),
      notices: survey.notices,
      badTimes: survey.badTimes,
      unread: survey.unread,
      people: [...people].map(([name, messages]) => ({ name, messages })).sort((a, b) => b.messages - a.messages),
      conversations: survey.conversations.map(({ head, messages, files, first, last }) => ({
        name: head.name,
        messages,
        files,
        first: Number.isFinite(first) ? first : 0,
        last
      })),
      samples: survey.samples.map(({ sender, time, text, files = [] }) => ({ sender, time, text, files: files.map(({ name }) => name) }))
    }
  } finally {
    close()
  }
}

/** Throws ImportError if there is nothing readable. */
async function surveyed(history: ParsedHistory, path: string): Promise<Survey> {
  const survey = await surveyHistory(history)
  const [line] = survey.unread.flatMap(({ lines }) => lines)
  if (survey.messages === 0 && survey.notices === 0)
    throw line === undefined ? new ImportError(path, null, 'there are no messages in it', 'empty') : new ImportError(path, null, line, 'broken')
  return survey
}

/** Conversation of the file during its import. */
interface Target {
  jid: Jid
  name: string
  remember: string
  surveyed: SurveyedConversation
  stored: StoredMessages
  /** The file runs from newest to oldest. */
  backwards: boolean
  /** Position of the previous message, ms. */
  place: number
  waiting: ImportRow[]
  /** Length of their texts, UTF-16 units. */
  units: number
  ids: ImportedIds
}

/** Throws ImportError; ImportStopped if the store stops it; on cancellation, after added messages are removed again. */
export async function importHistory(task: ImportTask, context: TransferContext): Promise<ImportSummary> {
  const source = await readHistory(task.path, task.format, readOptions(task.options, context.files))
  try {
    const survey = await surveyed(source.history, task.path)
    context.signal.throwIfAborted()
    return await new Import(task, context, source, survey).run()
  } finally {
    source.close()
  }
}

class Import {
  readonly #task: ImportTask
  readonly #context: TransferContext
  readonly #source: OpenHistory
  readonly #survey: Survey
  readonly #found: string | null
  readonly #self: string | null
  readonly #targets: Target[] = []
  #pending: { target: Target; message: ParsedMessage }[] = []
  #pendingUnits = 0
  #storing: Promise<void> = Promise.resolve()
  #known = 0
  #filled = 0
  #done = 0
  #conversation: ConversationId | null = null

  constructor(task: ImportTask, context: TransferContext, source: OpenHistory, survey: Survey) {
    this.#task = task
    this.#context = context
    this.#source = source
    this.#survey = survey
    this.#found = selfOf(source.history, survey)
    this.#self = task.self ?? this.#found
  }

  get #history(): ParsedHistory {
    return this.#source.history
  }
  #called = (sender: string): string => lookUp(this.#task.names, sender) ?? sender

  async run(): Promise<ImportSummary> {
    const { badTimes, notices, unread, conversations } = this.#survey
    if (badTimes.count > 0 && conversations.every(({ last }) => last === 0))
      throw new ImportError(this.#task.path, null, `the times in it cannot be read, such as '${badTimes.lines[0] ?? ''}'`, 'times')
    const db = openReadable(this.#context.files)
    try {
      this.#choosePlaces(db)
      try {
        await this.#history.read(this.#sink())
        await this.#workOff(true)
      } finally {
        // wait for the running batch before undoing anything
        await this.#storing
      }
      this.#context.signal.throwIfAborted()
    } catch (error) {
      // an import stopped by a full disk continues when it is repeated
      if (!(error instanceof ImportError) && !this.#context.signal.aborted && this.#done > 0)
        throw new ImportStopped(this.#done + this.#known, this.#survey.messages, error)
      for (const { jid, ids } of this.#targets) this.#context.changed(await this.#context.write('undoImport', { jid, ids: ids.all() }))
      throw error
    } finally {
      db.close()
    }
    const { columns } = this.#history
    if (columns !== null && (this.#task.options?.columns ?? null) !== null)
      await this.#context.write('remember', { name: columnsName(columns.shape), json: JSON.stringify(columns.found) })
    for (const { jid, remember } of this.#targets) await this.#context.write('remember', { name: importedName(jid), json: remember })
    const skips = this.#task.options?.badTimes === 'skip'
    return {
      added: this.#targets.reduce((sum, { ids }) => sum + ids.length, 0),
      known: this.#known,
      filled: this.#filled,
      conversations: conversations.length,
      conversation: this.#conversation,
      notices,
      unread: skips && badTimes.count > 0 ? [...unread, { kind: 'time', ...badTimes }] : unread,
      badTimes: skips ? { count: 0, lines: [] } : badTimes,
      order: this.#history.order
    }
  }

  /** Matches the file's conversations and messages with stored ones. */
  #choosePlaces(db: ReadableDB): void {
    const { conversations } = this.#survey
    const identity = new Identity(db)
    const memory = new StoredMemory()
    for (const surveyed of conversations) {
      const wanted = conversations.length === 1 ? this.#task.conversation : null
      const given = wanted === null || wanted === surveyed.head.name ? null : wanted
      const found = identity.find(surveyed, this.#called)
      const jid = given === null ? found.jid : namedAddress(given)
      // several conversations of a file may have the same place
      const added = (from: number, to: number): ReadonlySet<number> =>
        new Set(this.#targets.filter((one) => one.jid === jid).flatMap(({ ids }) => [...ids.between(from, to)]))
      this.#targets.push({
        jid,
        name: given ?? surveyed.head.name,
        remember: found.remember,
        surveyed,
        stored: new StoredMessages(db, jid, added, memory),
        backwards: surveyed.back > surveyed.forward,
        place: 0,
        waiting: [],
        units: 0,
        ids: new ImportedIds()
      })
    }
  }

  #sink(): Sink {
    const heads = new Heads<Target | null>()
    let current: Target | null = null
    return {
      conversation: (head: ConversationHead) => {
        current = heads.get(
          head,
          () =>
            this.#targets.find(
              ({ surveyed }) =>
                surveyed.head === head ||
                (head.id !== null && surveyed.head.id === head.id) ||
                (head.id === null && surveyed.head.id === null && surveyed.head.name === head.name)
            ) ?? null
        )
      },
      message: (message) => {
        if (current === null) return
        this.#pending.push({ target: current, message })
        this.#pendingUnits += message.text.length
      },
      notice: () => undefined,
      unread: () => undefined,
      rest: () => this.#workOff(false)
    }
  }

  async #workOff(last: boolean): Promise<void> {
    this.#context.signal.throwIfAborted()
    if (!last && this.#pending.length < BATCH && this.#pendingUnits < BATCH_UNITS) return
    const pending = this.#pending
    this.#pending = []
    this.#pendingUnits = 0
    for (const { target, message } of pending) {
      const row = await this.#toRow(message, target)
      if (row === null) continue
      target.waiting.push(row)
      target.units += row.text.length
      if (target.waiting.length >= BATCH || target.units >= BATCH_UNITS) await this.#store(target)
    }
    for (const target of this.#targets) if (target.waiting.length > 0) await this.#store(target)
  }

  /** Stores a batch while the next one is prepared. */
  async #store(target: Target): Promise<void> {
    const rows = packRows(target.backwards ? target.waiting.reverse() : target.waiting)
    target.waiting = []
    target.units = 0
    await this.#storing
    this.#context.signal.throwIfAborted()
    const { jid, name, ids, surveyed } = target
    this.#storing = (async () => {
      const changes = await this.#context.write('importRows', {
        jid,
        name,
        rows,
        format: surveyed.head.format ?? this.#history.format,
        self: this.#self === null ? null : this.#called(this.#self)
      })
      ids.add(changes.ids)
      this.#conversation ??= changes.conversations[0]?.id ?? null
      this.#context.changed({ ...changes, ids: [] })
      this.#done += changes.added
      this.#context.progress(this.#done + this.#known, this.#survey.messages)
    })()
    this.#storing.catch(() => undefined)
  }

  /** Null: stored already, or to be left out. */
  async #toRow(message: ParsedMessage, target: Target): Promise<ImportRow | null> {
    const { sender, text, edited, pinned, starred, mention, retracted, outgoing, id, replyTo, reactions = [], files = [] } = message
    if (message.time === null && this.#task.options?.badTimes === 'skip') return null
    const time = message.time ?? (target.place > 0 ? target.place : target.surveyed.first)
    if (!target.stored.ready(time)) {
      // the ids of the running batch
      await this.#storing
      target.stored.load(time)
    }
    const known = target.stored.meet(time, this.#called(sender), files, text)
    if (known !== null) {
      this.#known++
      target.place = time
      await this.#fill(known, files, text)
      return null
    }
    const row: ImportRow = { sender: this.#called(sender), time, text }
    // the order of the file counts if its clock goes back a little
    if (!target.backwards && time > 0 && time < target.place && target.place - time <= HOUR) row.place = target.place
    else target.place = time
    // if the user chose another person than the file names, the sender decides
    if (outgoing !== undefined && this.#self === this.#found) row.outgoing = outgoing
    if (edited === true) row.edited = true
    if (pinned === true) row.pinned = true
    if (starred === true) row.starred = true
    if (mention === true) row.mention = true
    if (retracted === true) row.retracted = true
    if (id !== undefined) row.id = id
    if (replyTo !== undefined) row.replyTo = replyTo
    if (reactions.length > 0) {
      const byPerson = new Map<string, string[]>()
      for (const { sender: who, emoji } of reactions) byPerson.set(who, [...(byPerson.get(who) ?? []), emoji])
      row.reactions = [...byPerson].map(([who, emoji]) => ({ sender: this.#called(who), outgoing: who === this.#self, emoji: [...new Set(emoji)].join(' ') }))
    }
    if (files.length === 0) return row
    row.attachments = await this.#attachments(files)
    return row
  }

  /** Adds files to a stored message that lacked them, from another export. */
  async #fill({ id, missing, leftOut }: StoredMessage, files: readonly ParsedFile[], text: string): Promise<void> {
    // placeholders give way to files, to their names, and texts to placeholders
    const better = leftOut && files.length > 0 && (missing === null || files.some(({ placeholder }) => placeholder !== true))
    if (better) {
      this.#context.changed(await this.#context.write('completeImported', { id: id as MessageId, text, attachments: await this.#attachments(files) }))
      this.#filled += files.filter(({ source }) => source !== null).length
      return
    }
    if (missing === null || files.every(({ source }) => source === null)) return
    for (const [at, { name, source }] of files.entries()) {
      const attachment = missing[at] ?? null
      const kept = attachment === null || source === null ? null : await this.#copy(source, name)
      if (attachment === null || kept === null) continue
      this.#context.changed(await this.#context.write('keepFile', { id: attachment, stored: kept.stored, bytes: kept.bytes, width: null, height: null }))
      this.#filled++
    }
  }

  async #attachments(files: readonly ParsedFile[]): Promise<NewAttachment[]> {
    const attachments: NewAttachment[] = []
    for (const { kind, name, bytes, source } of files) {
      const kept = source === null ? null : await this.#copy(source, name)
      attachments.push({ kind, name, bytes: kept?.bytes ?? bytes, stored: kept?.stored ?? null })
    }
    return attachments
  }

  /** Copies a file into the media folder. */
  async #copy(path: string, name: string): Promise<Kept | null> {
    const stream = await this.#source.open(path)
    return stream === null ? null : keep(this.#context.media, stream, name, { signal: this.#context.signal })
  }
}
