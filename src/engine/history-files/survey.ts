/** Survey of a history file in one pass: conversations, people, and unreadable content. Takes little memory, however large the file is. */
import type { ImportUnread } from '../../contract/history-files.ts'
import { beginning, type ConversationHead, type ParsedHistory, type ParsedMessage, type Sink } from './history.ts'

/** Data by which a message is recognized. */
export interface Mark {
  sender: string
  time: number
  text: string
}
export interface SurveyedConversation {
  head: ConversationHead
  messages: number
  files: number
  /** Times of the first and last message, ms; Infinity and 0 without any time. */
  first: number
  last: number
  people: Map<string, number>
  /** Some messages of its beginning, and some of its end. */
  marks: Mark[]
  /** Number of forward and backward steps in time between consecutive messages. */
  forward: number
  back: number
}
export interface Survey {
  conversations: SurveyedConversation[]
  messages: number
  notices: number
  badTimes: { count: number; lines: string[] }
  unread: ImportUnread[]
  samples: ParsedMessage[]
  /** Number of messages that the file marks as the user's own, by sender. */
  own: Map<string, number>
}

const MARKS = 100
/** Longest text of marks, UTF-16 units, in the beginning and in the end of a conversation: messages may be long. */
const MARK_UNITS = 500_000
const LINES = 3
/** Number of shown lines that name files. */
const FILE_LINES = 50
const OF_FILES = new Set(['file', 'other', 'columns', 'copy'])
const SAMPLES = 6

/** Data of conversations by head: the same head or the same id is the same conversation. */
export class Heads<T> {
  readonly #byHead = new Map<ConversationHead, T>()
  readonly #byId = new Map<string, T>()
  /** `make`: creates a missing one. */
  get(head: ConversationHead, make: () => T): T {
    let found = this.#byHead.get(head) ?? (head.id === null ? undefined : this.#byId.get(head.id))
    found ??= make()
    this.#byHead.set(head, found)
    if (head.id !== null) this.#byId.set(head.id, found)
    return found
  }
}

export async function surveyHistory(history: ParsedHistory): Promise<Survey> {
  const survey: Survey = { conversations: [], messages: 0, notices: 0, badTimes: { count: 0, lines: [] }, unread: [], samples: [], own: new Map() }
  const heads = new Heads<SurveyedConversation>()
  const latest = new Map<SurveyedConversation, { marks: Mark[]; units: number; time: number }>()
  let current: SurveyedConversation | null = null
  const sink: Sink = {
    conversation(head) {
      current = heads.get(head, () => {
        const made: SurveyedConversation = { head, messages: 0, files: 0, first: Infinity, last: 0, people: new Map(), marks: [], forward: 0, back: 0 }
        survey.conversations.push(made)
        latest.set(made, { marks: [], units: 0, time: NaN })
        return made
      })
    },
    message(message) {
      if (current === null) return
      const { sender, time, text, outgoing, files = [], stamp = '' } = message
      survey.messages++
      current.messages++
      current.files += files.length
      current.people.set(sender, (current.people.get(sender) ?? 0) + 1)
      if (outgoing === true) survey.own.set(sender, (survey.own.get(sender) ?? 0) + 1)
      if (survey.samples.length < SAMPLES) survey.samples.push({ ...message, text: text.slice(0, 300) })
      const state = latest.get(current)
      if (time === null || state === undefined) {
        survey.badTimes.count++
        if (survey.badTimes.lines.length < LINES) survey.badTimes.lines.push(beginning(`${stamp} ${sender}: ${text}`.trim()))
        return
      }
      current.first = Math.min(current.first, time)
      current.last = Math.max(current.last, time)
      if (time > state.time) current.forward++
      else if (time < state.time) current.back++
      state.time = time
      const mark = { sender, time, text }
      state.units += text.length
      if (state.marks.length === 0 && current.marks.length < MARKS && state.units <= MARK_UNITS) current.marks.push(mark)
      else {
        if (state.marks.length === 0) state.units = text.length
        state.marks.push(mark)
        while (state.marks.length > 1 && (state.marks.length > MARKS || state.units > MARK_UNITS)) state.units -= state.marks.shift()?.text.length ?? 0
      }
    },
    notice: () => void survey.notices++,
    unread(kind, line) {
      let entry = survey.unread.find((one) => one.kind === kind)
      if (entry === undefined) survey.unread.push((entry = { kind, count: 0, lines: [] }))
      entry.count++
      if (entry.lines.length < (OF_FILES.has(kind) ? FILE_LINES : LINES)) entry.lines.push(beginning(line))
    },
    rest: () => Promise.resolve()
  }
  await history.read(sink)
  survey.conversations = survey.conversations.filter(({ messages }) => messages > 0)
  for (const conversation of survey.conversations) conversation.marks.push(...(latest.get(conversation)?.marks.slice(-MARKS) ?? []))
  return survey
}

/** Sender that is the user, as far as the file tells: its owner, or the sender of messages marked as own. */
export function selfOf(history: ParsedHistory, survey: Survey): string | null {
  const [most] = [...survey.own].sort(([, a], [, b]) => b - a)
  return history.self ?? most?.[0] ?? survey.conversations.find(({ head }) => (head.self ?? null) !== null)?.head.self ?? null
}
