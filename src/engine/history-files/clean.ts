/** Removes characters that no message contains from imported texts: control characters, lone surrogates, byte order marks. */
import type { ConversationHead, ParsedFile, ParsedHistory, ParsedMessage, Sink } from './history.ts'

const NOISE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]/g
const NOISY = new RegExp(NOISE.source)
/** Cleaning of texts, and of names, which have one line. */
const clean = (text: string): string => (NOISY.test(text) || !text.isWellFormed() ? text.replace(NOISE, '').toWellFormed().trimEnd() : text)
const cleanName = (name: string): string =>
  clean(name)
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .trim()

const cleanFile = (file: ParsedFile): ParsedFile => ({ ...file, name: cleanName(file.name) || 'file' })
function cleanMessage(message: ParsedMessage): ParsedMessage {
  const { sender, text, files, reactions } = message
  return {
    ...message,
    sender: cleanName(sender) || '?',
    text: clean(text),
    ...(files === undefined ? {} : { files: files.map(cleanFile) }),
    ...(reactions === undefined ? {} : { reactions: reactions.map(({ sender: who, emoji }) => ({ sender: cleanName(who) || '?', emoji: clean(emoji) })) })
  }
}

/** History with clean texts and names. */
export function cleaned(history: ParsedHistory): ParsedHistory {
  const heads = new WeakMap<ConversationHead, ConversationHead>()
  const headOf = (head: ConversationHead): ConversationHead => {
    let made = heads.get(head)
    if (made === undefined) {
      const name = cleanName(head.name)
      const self = head.self === undefined || head.self === null ? head.self : cleanName(head.self)
      // most heads need no change, and a head is identified by its object
      made = name === head.name && self === head.self ? head : { ...head, name, ...(self === undefined ? {} : { self }) }
      heads.set(head, made)
    }
    return made
  }
  return {
    ...history,
    self: history.self === null ? null : cleanName(history.self),
    read: (sink) => {
      const through: Sink = {
        conversation: (head) => sink.conversation(headOf(head)),
        message: (message) => sink.message(cleanMessage(message)),
        notice: () => sink.notice(),
        unread: (kind, line) => sink.unread(kind, clean(line)),
        rest: () => sink.rest()
      }
      return history.read(through)
    }
  }
}
