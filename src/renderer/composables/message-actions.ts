/** Actions on a message, and the reasons why one is impossible. Pure. */
import type { Message } from '../../contract/domain.ts'

/** Reactions offered directly; all others are in the emoji picker. */
export const QUICK_REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const

export type MessageAction = 'reply' | 'react' | 'edit' | 'forward' | 'star' | 'pin' | 'remind' | 'details' | 'select' | 'recall' | 'delete' | 'copy'

/** Reason why an action is impossible: a key of the texts `thread.cannot`. */
export type Refusal = 'closed' | 'recalled' | 'queued' | 'failed' | 'imported' | 'unknown' | 'foreign' | 'textless' | 'filesGone' | 'emptied'

const isUnsent = ({ state }: Message): boolean => state === 'queued' || state === 'failed'
const whyUnsent = ({ state }: Message): Refusal | null => (state === 'queued' || state === 'failed' ? state : null)
const whyUnknown = ({ changeable, imported }: Message): Refusal | null => (changeable ? null : imported ? 'imported' : 'unknown')

/** Why an action on a message is impossible, or null. `writable`: messages can be sent to its conversation. */
export function whyNot(action: MessageAction, message: Message, writable: boolean): Refusal | null {
  const gone = message.retracted ? 'recalled' : null
  switch (action) {
    case 'reply':
      return gone ?? (writable ? whyUnsent(message) : 'closed')
    case 'react':
      return gone ?? (writable ? (whyUnsent(message) ?? whyUnknown(message)) : 'closed')
    case 'edit':
      return message.outgoing ? (gone ?? (message.text === '' ? 'textless' : writable ? (whyUnsent(message) ?? whyUnknown(message)) : 'closed')) : 'foreign'
    case 'recall':
      return message.outgoing ? (gone ?? (writable ? (whyUnsent(message) ?? whyUnknown(message)) : 'closed')) : 'foreign'
    case 'forward':
      return gone ?? (isForwardable(message) ? null : message.attachments.length > 0 ? 'filesGone' : 'emptied')
    case 'copy':
      return gone ?? (message.text === '' ? 'textless' : null)
    case 'pin':
    case 'remind':
      return gone
    case 'star':
    case 'details':
    case 'select':
    case 'delete':
      return null
  }
}

/** Whether a correction of the text can be sent. */
export const isCorrectable = (message: Message): boolean => whyNot('edit', message, true) === null
/** Whether a message has content to forward: a text, or files that are stored here or still at their source. */
export const isForwardable = (message: Message): boolean =>
  !message.retracted && (message.text !== '' || message.attachments.some(({ where }) => where !== 'nowhere'))
/** Names of files that can no longer be forwarded. */
export const lostFiles = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ attachments }) => attachments.filter(({ where }) => where === 'nowhere').map(({ name }) => name))
/** Whether a message was never sent, so that it can only be resent or discarded. */
export const isDiscardable = isUnsent

/** Own reactions after choosing `emoji`: it is added, or removed if it was there. */
export function toggledReactions(message: Message, emoji: string): string {
  const own = message.reactions.filter((reaction) => reaction.own).map((reaction) => reaction.emoji)
  return (own.includes(emoji) ? own.filter((one) => one !== emoji) : [...own, emoji]).join(' ')
}

/** Action for a key pressed on a message; a letter is taken by its position where the keyboard layout does not write Latin. */
export function keyAction({
  key,
  code,
  ctrlKey,
  metaKey,
  altKey,
  shiftKey
}: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): MessageAction | 'menu' | null {
  if (key === 'ContextMenu' || (key === 'F10' && shiftKey)) return 'menu'
  const command = (ctrlKey || metaKey) && !altKey
  const letter = /^[a-z]$/i.test(key) ? key.toLowerCase() : /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : ''
  if (command) return letter === 'c' && !shiftKey ? 'copy' : null
  if (altKey || shiftKey) return null
  if (key === 'Enter') return 'details'
  if (key === 'Delete' || key === 'Backspace') return 'delete'
  if (key === ' ') return 'select'
  return ({ r: 'reply', e: 'edit', f: 'forward', s: 'star', a: 'react' } as const)[letter as 'r'] ?? null
}
