/** Copies of one chat in several formats: the messages of one are read, and of the others only those that it lacks. */
import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import type { ParsedHistory, ParsedMessage } from './history.ts'
import type { OpenPart } from './parts.ts'
import { nameOf } from './texts.ts'

const MINUTE = 60_000
/** Share of texts in common, of the part that has fewer, above which two parts are of the same chat. */
const SAME = 0.5
/** Texts that stand for other content, which each format writes in its own way. */
const STANDS_FOR = /^(?:\[[^\]\n]+\]|<[^>\n]+>|> |📞|📍|👤)/u

const minuteOf = (time: number): number => Math.floor(time / MINUTE)
/** Key of a message by its minute and text: some formats have no seconds. */
const keyOf = (time: number, text: string): number =>
  createHash('sha256')
    .update(`${minuteOf(time)}\n${text.trim()}`)
    .digest()
    .readUIntBE(0, 6)

/** Messages of a history, by minute and text. */
class Content {
  readonly #keys = new Set<number>()
  readonly #minutes = new Set<number>()
  #texts = 0

  async add(history: ParsedHistory): Promise<void> {
    await eachMessage(history, ({ time, text }) => {
      if (time === null) return
      this.#minutes.add(minuteOf(time))
      if (text.trim() !== '') this.#texts++
      this.#keys.add(keyOf(time, text))
    })
  }

  /** True if a history is of the same chat: most texts of one are in the other; a single one may be chance. */
  async isOf(history: ParsedHistory): Promise<boolean> {
    let [texts, shared] = [0, 0]
    await eachMessage(history, ({ time, text }) => {
      if (time === null || text.trim() === '') return
      texts++
      if (this.#keys.has(keyOf(time, text))) shared++
    })
    const fewer = Math.min(texts, this.#texts)
    return shared > fewer * SAME && (shared > 1 || fewer === 1)
  }

  has({ time, text, files = [] }: ParsedMessage): boolean {
    if (time === null) return false
    return this.#keys.has(keyOf(time, text)) || ((files.length > 0 || text.trim() === '' || STANDS_FOR.test(text)) && this.#minutes.has(minuteOf(time)))
  }
}

async function eachMessage(history: ParsedHistory, onMessage: (message: ParsedMessage) => void): Promise<void> {
  // columns that are not clear yet have no messages
  if (history.columns !== null && !history.columns.sure) return
  await history.read({
    conversation: () => undefined,
    message: onMessage,
    notice: () => undefined,
    unread: () => undefined,
    rest: () => Promise.resolve()
  })
}

/** History without the messages that `content` has; `file` and `other` are named as copies. */
function without(history: ParsedHistory, content: Content, file: string, other: string): ParsedHistory {
  return {
    ...history,
    async read(sink) {
      sink.unread('copy', `${file}: ${other}`)
      await history.read({
        conversation: (head) => sink.conversation(head),
        message: (message) => {
          if (!content.has(message)) sink.message(message)
        },
        notice: () => sink.notice(),
        unread: (kind, line) => sink.unread(kind, line),
        rest: () => sink.rest()
      })
    }
  }
}

/** Path without the numbers and words that systems add to a second file of the same name. */
const plainPath = (path: string): string =>
  path.replace(/(?:[ _-]*\(\d+\)| - (?:Copy|Kopie|copia|副本|コピー)(?: ?\(\d+\))?| copy(?: \d+)?| ?副本(?: ?\d+)?)(?=\.\w{2,5}(?:\/|$)|\/)/giu, '')
/** True if two parts may hold the same chat: of one app in one folder, named alike, or a later export of the same name. */
const mayBeCopies = (one: OpenPart, other: OpenPart): boolean =>
  one.kind === other.kind
    ? plainPath(one.path) === plainPath(other.path)
    : (dirname(one.path) === dirname(other.path) && one.history.format === other.history.format) || nameOf(one.path) === nameOf(other.path)

/** Parts of which none repeats another's messages. Of a chat in several formats, the one with the most files of its format is read wholly. */
export async function withoutCopies(parts: readonly OpenPart[]): Promise<OpenPart[]> {
  const alike = (part: OpenPart): number => parts.filter((other) => other.kind === part.kind && dirname(other.path) === dirname(part.path)).length
  const [many, contents] = [new Map(parts.map((part) => [part, alike(part)])), new Map<OpenPart, Content>()]
  const kept = new Map<OpenPart, OpenPart>()
  for (const part of parts.toSorted((a, b) => (many.get(b) ?? 0) - (many.get(a) ?? 0))) {
    let found = part
    for (const other of kept.keys()) {
      if (!mayBeCopies(part, other)) continue
      let content = contents.get(other)
      if (content === undefined) {
        contents.set(other, (content = new Content()))
        await content.add(other.history).catch(() => undefined)
      }
      if (await content.isOf(part.history).catch(() => false)) found = { ...found, history: without(found.history, content, part.file, basename(other.path)) }
    }
    kept.set(part, found)
  }
  return parts.map((part) => kept.get(part) ?? part)
}
