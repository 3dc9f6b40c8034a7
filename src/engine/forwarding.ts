/** Messages that are sent on, with their files. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ConversationId, Message, MessageId } from '../contract/domain.ts'
import { isWebUrl } from './xmpp/stanzas/http-upload.ts'
import { quotations } from './xmpp/stanzas/styling.ts'
import type { Store } from './threads/store.ts'
import { GONE, MOST_TRIES, type NewAttachment } from './store/tables/attachment.ts'
import type { OutgoingMessage } from './store/types.ts'

export interface ForwardContext {
  store: Store
  /** Where files of messages lie. */
  folder: string
  send(conversation: ConversationId, text: string, more?: Pick<OutgoingMessage, 'attachments' | 'link'>): Promise<unknown>
}

/** A file as it is sent on: what is here is uploaded anew, what is not goes by its address. Null: it is nowhere any more. */
async function fileToSend({ store, folder }: ForwardContext, id: number): Promise<NewAttachment | null> {
  const file = await store.read.attachment(id)
  if (file === null) return null
  const { kind, name, bytes, stored, url, type, width, height, hash, preview, tries } = file
  const known = { kind, name, bytes, type, width, height, hash, preview }
  if (stored !== null && existsSync(join(folder, stored))) return { ...known, stored }
  // that it is sent on is no reason to fetch it here
  return url === null || tries >= GONE || !isWebUrl(url) ? null : { ...known, stored: null, url, tries: MOST_TRIES }
}

/**
 * Sends messages on, in order of history, with their files. `merged`: their words as one message that quotes all of them. Returns the
 * names of the files that could not go along: they are neither here nor anywhere else.
 */
export async function forward(context: ForwardContext, ids: readonly MessageId[], to: readonly ConversationId[], merged: boolean): Promise<string[]> {
  const messages: Message[] = []
  const files = new Map<number, NewAttachment | null>()
  for (const id of [...ids].sort((a, b) => a - b)) {
    const message = await context.store.read.message(id)
    if (message === null || message.retracted) continue
    messages.push(message)
    for (const { id: file } of message.attachments) files.set(file, await fileToSend(context, file))
  }
  for (const conversation of to) {
    if (merged) await context.send(conversation, quotations(messages))
    for (const message of messages) {
      if (!merged && message.text !== '') await context.send(conversation, message.text, { link: message.link })
      for (const { id } of message.attachments) {
        const file = files.get(id) ?? null
        if (file !== null) await context.send(conversation, '', { attachments: [file] })
      }
    }
  }
  return messages.flatMap(({ attachments }) => attachments.filter(({ id }) => (files.get(id) ?? null) === null).map(({ name }) => name))
}
