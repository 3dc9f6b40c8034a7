/** Rules for which messages cause a notification, and its text. Pure. */
import { attachmentNoun } from '../../contract/attachment-noun.ts'
import { isMuted, type Conversation, type Message } from '../../contract/domain.ts'
import type { Settings } from '../../contract/settings.ts'
import type { DesktopWords } from './words.ts'

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** Whether a time of day is within the quiet hours, which may span midnight. */
export function isQuiet(quiet: Settings['quiet'], now: Date): boolean {
  if (quiet === null) return false
  const [from, to, at] = [minutes(quiet.from), minutes(quiet.to), now.getHours() * 60 + now.getMinutes()]
  return from <= to ? at >= from && at < to : at >= from || at < to
}

/** Whether a message is new, from somebody else, and in a conversation whose settings allow a notification. */
export function isWorthTelling(message: Message, conversation: Conversation): boolean {
  if (message.outgoing || message.retracted || message.id <= conversation.readUpTo || conversation.unread === 0) return false
  return !isMuted(conversation) && (conversation.notify === 'all' || (conversation.notify === 'mentions' && message.mention))
}

const LONGEST = 240

export function notificationText(
  conversation: Conversation,
  message: Message,
  count: number,
  settings: Pick<Settings, 'notifyText'>,
  words: DesktopWords
): { title: string; body: string } {
  if (!(conversation.notifyText ?? settings.notifyText)) return { title: 'Mnemo', body: words.newMessages(count) }
  const file = message.attachments[0]
  const noun = file === undefined ? null : attachmentNoun(file)
  const said =
    message.text.replace(/\s+/g, ' ').trim() ||
    (file === undefined || noun === null
      ? message.unreadable !== null
        ? words.encrypted
        : words.unsupported
      : noun === 'file'
        ? file.name
        : words.kinds[noun])
  const line = conversation.kind === 'group' ? `${message.senderName}: ${said}` : said
  const text = line.length > LONGEST ? `${line.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, '')}…` : line
  return { title: count > 1 ? `${conversation.name} (${count})` : conversation.name, body: text }
}
