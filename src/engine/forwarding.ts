/** Forwarding of messages with their files. */
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
  /** Media folder. */
  folder: string
  send(conversation: ConversationId, text: string, more?: Pick<OutgoingMessage, 'attachments' | 'link'>): Promise<unknown>
}

/** Attachment of a forwarded message: a local file is uploaded again, others go by their URL. Null: the file no longer exists anywhere. */
async function fileToSend({ store, folder }: ForwardContext, id: number): Promise<NewAttachment | null> {
  const file = await store.read.attachment(id)
  if (file === null) return null
  const { kind, name, bytes, stored, url, type, width, height, hash, preview, tries } = file
  const known = { kind, name, bytes, type, width, height, hash, preview }
  if (stored !== null && existsSync(join(folder, stored))) return { ...known, stored }
  // forwarding alone is no reason to fetch the file here
  return url === null || tries >= GONE || !isWebUrl(url) ? null : { ...known, stored: null, url, tries: MOST_TRIES }
}

/**
 * Forwards messages in order of history, with their files. `merged`: one message that quotes all of their texts. Returns the names of files that could not be
 * forwarded: they are neither here nor on a server.
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
