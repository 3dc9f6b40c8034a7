/** What may be done with a message. Pure. */
import type { Message } from '../../contract/domain.ts'

/** Offered at once; others come with the emoji picker of the system. */
export const QUICK_REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const

const isSent = (message: Message): boolean => message.state === 'sent' || message.state === 'delivered'

/** Others can be told of a new text. */
export const isCorrectable = (message: Message): boolean => message.outgoing && message.changeable && isSent(message) && !message.retracted && message.text !== ''
export const isRetractable = (message: Message): boolean => message.outgoing && message.changeable && isSent(message) && !message.retracted
/** There is something to send on: its words, or files that are here or still where their sender put them. */
export const isForwardable = (message: Message): boolean => !message.retracted && (message.text !== '' || message.attachments.some(({ where }) => where !== 'nowhere'))
/** Names of files that can be sent on no more. */
export const lostFiles = (messages: readonly Message[]): string[] => messages.flatMap(({ attachments }) => attachments.filter(({ where }) => where === 'nowhere').map(({ name }) => name))
/** It can be answered and reacted to. */
export const isAddressable = (message: Message): boolean => message.changeable && !message.retracted && message.state !== 'failed' && message.state !== 'queued'

/** All that we react with once `emoji` was chosen: it is added, or taken back where it was there. */
export function toggledReactions(message: Message, emoji: string): string {
  const own = message.reactions.filter((reaction) => reaction.own).map((reaction) => reaction.emoji)
  return (own.includes(emoji) ? own.filter((one) => one !== emoji) : [...own, emoji]).join(' ')
}
