/**
 * Signal's own chat export (Desktop and phones): main.jsonl, whose lines are frames of its backup format (Backup.proto) as JSON: account, recipients, chats
 * and chat items. 64-bit fields are strings.
 */
import { beginning, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { HeadsByKey, jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, numberOf, recordsOf, textOf } from './json-stream.ts'

const nameIn = (recipient: Record<string, unknown>): string | null => {
  const contact = recipient['contact']
  const joined = (...keys: string[]): string | null =>
    keys
      .map((key) => firstText(at(contact, key)))
      .filter((part) => part !== null)
      .join(' ') || null
  const group = recipient['group']
  const title = at(group, 'snapshot', 'title')
  return (
    joined('systemGivenName', 'systemFamilyName') ??
    firstText(at(contact, 'systemNickname'), at(contact, 'nickname', 'given')) ??
    joined('profileGivenName', 'profileFamilyName') ??
    firstText(at(title, 'title'), title, at(group, 'title'), at(contact, 'username'), at(contact, 'e164')) ??
    (isRecord(recipient['releaseNotes']) ? 'Signal' : null)
  )
}

function filesIn(list: unknown, file: TextFile): ParsedFile[] {
  return recordsOf(list).map((one) => {
    const pointer = isRecord(one['pointer']) ? one['pointer'] : one
    const type = firstText(pointer['contentType']) ?? ''
    const kind =
      one['flag'] === 'VOICE_MESSAGE' || type.startsWith('audio/')
        ? 'voice'
        : type.startsWith('image/')
          ? 'image'
          : type.startsWith('video/')
            ? 'video'
            : 'file'
    const name = firstText(pointer['fileName']) ?? `${kind}.${(type.split('/')[1] ?? 'bin').replace(/[^a-z0-9].*$/i, '')}`
    const path = firstText(pointer['path'], pointer['mediaName'], at(pointer, 'locatorInfo', 'mediaName')) ?? name
    return fileOf(file, path, { name, kind, bytes: numberOf(pointer['size'] ?? at(pointer, 'locatorInfo', 'size')) })
  })
}

function contactsIn(list: unknown): string {
  const parts = (one: Record<string, unknown>): unknown[] => [
    at(one, 'name', 'givenName'),
    at(one, 'name', 'familyName'),
    at(recordsOf(one['number'])[0], 'value')
  ]
  return recordsOf(list)
    .map(
      (one) =>
        `👤 ${parts(one)
          .map((part) => firstText(part))
          .filter((part) => part !== null)
          .join(' ')}`
    )
    .join('\n')
}

function open(file: TextFile): JsonReader {
  const recipients = new Map<string, string>()
  const chats = new Map<string, string>()
  const heads = new HeadsByKey()
  let self: string | null = null
  let ownId: string | null = null
  const nameOf = (id: string | null): string => (id === null ? '?' : id === ownId ? (self ?? 'Me') : (recipients.get(id) ?? `Signal ${id}`))
  const headOf = (chat: string): ConversationHead =>
    heads.get(chat, () => {
      const recipient = chats.get(chat) ?? null
      return { name: recipient === ownId && recipient !== null ? 'Note to Self' : nameOf(recipient), id: `signal:${recipient ?? chat}` }
    })
  /** Content of a chat item; null: not written by a person. */
  const said = (item: Record<string, unknown>): Partial<ParsedMessage> | null => {
    const standard = item['standardMessage']
    if (isRecord(standard)) {
      const quote = standard['quote']
      const text = firstText(at(standard['text'], 'body'), standard['text']) ?? ''
      const files = filesIn(standard['attachments'], file)
      const answered = textOf(at(quote, 'targetSentTimestamp'))
      return {
        text,
        ...(files.length > 0 ? { files } : {}),
        ...(answered === null ? {} : { replyTo: answered }),
        reactions: reactionsIn(standard['reactions'])
      }
    }
    if (isRecord(item['contactMessage'])) return { text: contactsIn([item['contactMessage']['contact']].flat()) }
    const sticker = item['stickerMessage']
    if (isRecord(sticker)) return { text: firstText(at(sticker, 'sticker', 'emoji')) ?? '[sticker]', reactions: reactionsIn(sticker['reactions']) }
    if (isRecord(item['viewOnceMessage'])) return { text: '', files: filesIn([item['viewOnceMessage']['attachment']].flat(), file) }
    const poll = item['poll'] ?? item['pollMessage']
    if (isRecord(poll))
      return {
        text: [
          `📊 ${firstText(poll['question']) ?? ''}`,
          ...recordsOf(poll['options']).map((option) => `☐ ${firstText(option['option'], option['text']) ?? ''} (${recordsOf(option['votes']).length})`)
        ].join('\n')
      }
    const call = at(item['updateMessage'], 'individualCall') ?? at(item['updateMessage'], 'groupCall')
    if (isRecord(call)) return { text: `📞 ${[firstText(call['state']), firstText(call['type'])].filter((part) => part !== null).join(', ')}`.trim() }
    return null
  }
  const reactionsIn = (list: unknown): NonNullable<ParsedMessage['reactions']> =>
    recordsOf(list).flatMap((one) => {
      const emoji = firstText(one['emoji'])
      return emoji === null ? [] : [{ sender: nameOf(textOf(one['authorId'])), emoji }]
    })
  return {
    look(line) {
      const { account, recipient, chat } = line
      if (isRecord(account))
        self =
          [firstText(account['givenName']), firstText(account['familyName'])].filter((part) => part !== null).join(' ') ||
          firstText(at(account, 'accountData', 'givenName')) ||
          self
      if (isRecord(recipient)) {
        const id = textOf(recipient['id'])
        if (id !== null && isRecord(recipient['self'])) ownId = id
        const name = nameIn(recipient)
        if (id !== null && name !== null) recipients.set(id, name)
      }
      if (isRecord(chat)) {
        const [id, whom] = [textOf(chat['id']), textOf(chat['recipientId'])]
        if (id !== null && whom !== null) chats.set(id, whom)
      }
    },
    self: () => self ?? (ownId === null ? null : 'Me'),
    read(line): ReadMessage {
      const item = line['chatItem']
      if (!isRecord(item)) return 'notice'
      if (isRecord(item['remoteDeletedMessage'])) return 'notice'
      const content = said(item)
      const known = ['updateMessage', 'giftBadge', 'paymentNotification', 'directStoryReplyMessage', 'adminDeletedMessage'].find((key) => isRecord(item[key]))
      if (content === null) return known === 'updateMessage' || known === 'adminDeletedMessage' ? 'notice' : { unread: known ?? 'chatItem' }
      const author = textOf(item['authorId'])
      const sent = textOf(item['dateSent'])
      const time = instantOf(sent)
      const { reactions = [], ...rest } = content
      const message: ParsedMessage = {
        sender: nameOf(author),
        time,
        text: '',
        outgoing: isRecord(item['outgoing']) || (ownId !== null && author === ownId),
        ...rest
      }
      if (sent !== null) message.id = sent
      if (reactions.length > 0) message.reactions = reactions
      if (Array.isArray(item['revisions']) && item['revisions'].length > 0) message.edited = true
      if (isRecord(item['pinDetails'])) message.pinned = true
      if (time === null) message.stamp = beginning(sent ?? '')
      if (message.text === '' && (message.files ?? []).length === 0) return { unread: 'text' }
      return { head: headOf(textOf(item['chatId']) ?? ''), message }
    }
  }
}

/** Own export of Signal. */
export const signalDesktop = jsonHistory({
  format: 'signal',
  matches: ({ shape, jsonLines }) =>
    jsonLines &&
    shape !== null &&
    (shape.has('chatItem.dateSent') ||
      (shape.has('backupTimeMs') && shape.has('version')) ||
      (shape.has('recipient.id') && (shape.has('account') || shape.has('chat.recipientId')))),
  messages: 'lines',
  learns: true,
  open
})
