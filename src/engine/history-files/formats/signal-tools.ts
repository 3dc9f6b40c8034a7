/**
 * Signal exports of other tools in JSON: sigtop (a list of Desktop's own records), signal-export (data.json, one message per line) and signal-cli
 * (envelopes).
 */
import { beginning, type ConversationHead, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { HeadsByKey, jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, numberOf, recordsOf, textOf } from './json-stream.ts'

/** Completes a message; shared by all three. */
function finished(message: ParsedMessage, head: ConversationHead, written: unknown): ReadMessage {
  if (message.time === null) message.stamp = beginning(textOf(written) ?? '')
  if (message.files?.length === 0) delete message.files
  if (message.reactions?.length === 0) delete message.reactions
  return message.text === '' && message.files === undefined ? { unread: 'text' } : { head, message }
}

function openSigtop(file: TextFile): JsonReader {
  const head: ConversationHead = { name: file.name.replace(/ \([^()]*\)$/, ''), id: null }
  return {
    read(raw): ReadMessage {
      const type = textOf(raw['type'])
      if (type !== 'incoming' && type !== 'outgoing') return 'notice'
      const own = type === 'outgoing'
      const conversation = textOf(raw['conversationId'])
      if (conversation !== null) head.id = `signal-desktop:${conversation}`
      const files = recordsOf(raw['attachments']).map((one) =>
        fileOf(file, firstText(one['path'], one['fileName']) ?? '', { name: firstText(one['fileName']), bytes: numberOf(one['size']) })
      )
      const body = textOf(raw['body']) ?? ''
      const sent = raw['sent_at'] ?? raw['timestamp']
      const message: ParsedMessage = {
        sender: own ? 'You' : (firstText(raw['profileName'], raw['source'], raw['sourceServiceId'], raw['sourceUuid']) ?? head.name),
        time: instantOf(sent),
        text: body === '' ? (firstText(at(raw['sticker'], 'emoji')) ?? '') : body,
        outgoing: own,
        files
      }
      if (raw['deletedForEveryone'] === true) return 'notice'
      const id = textOf(sent)
      if (id !== null) message.id = id
      const answered = textOf(at(raw['quote'], 'id'))
      if (answered !== null) message.replyTo = answered
      if (Array.isArray(raw['editHistory']) && raw['editHistory'].length > 1) message.edited = true
      message.reactions = recordsOf(raw['reactions']).flatMap((one) =>
        textOf(one['emoji']) === null ? [] : [{ sender: firstText(one['fromName'], one['fromId']) ?? '?', emoji: textOf(one['emoji']) ?? '' }]
      )
      return finished(message, head, sent)
    }
  }
}

function openExport(file: TextFile): JsonReader {
  // each chat has a folder with its name
  const head: ConversationHead = { name: /^(?:data|chat)$/i.test(file.name) && file.folder !== '' ? file.folder : file.name, id: null }
  let count = 0
  return {
    read(raw): ReadMessage {
      count++
      if (raw['deleted'] === true) return 'notice'
      const sender = firstText(raw['sender']) ?? '?'
      const sticker = firstText(at(raw['sticker'], 'emoji'))
      const quote = firstText(raw['quote'])
      const text = [quote, textOf(raw['body']) ?? '', sticker].filter((part) => part !== null && part !== '').join('\n')
      const files = recordsOf(raw['attachments']).map((one) => fileOf(file, firstText(one['path'], one['name']) ?? '', { name: firstText(one['name']) }))
      const reactions = (Array.isArray(raw['reactions']) ? (raw['reactions'] as unknown[]) : []).flatMap((one) => {
        const [name, emoji] = Array.isArray(one)
          ? [firstText(one[0]), firstText(one[1])]
          : isRecord(one)
            ? [firstText(one['name']), firstText(one['emoji'])]
            : [null, null]
        return name === null || emoji === null ? [] : [{ sender: name, emoji }]
      })
      const message: ParsedMessage = { sender, time: instantOf(raw['date']), text: text === '' && raw['call'] === true ? '📞' : text, files, reactions }
      if (sender === 'Me') message.outgoing = true
      if (reactions.length > 0) message.id = String(count)
      return finished(message, head, raw['date'])
    }
  }
}

function openCli(file: TextFile): JsonReader {
  const heads = new HeadsByKey()
  const names = new Map<string, string>()
  /** Changes of messages by the time that identifies them. */
  const edits = new Map<string, string>()
  const deleted = new Set<string>()
  const reactions = new Map<string, Map<string, string>>()
  const dataOf = (envelope: unknown): unknown => {
    const sent = at(envelope, 'syncMessage', 'sentMessage')
    return at(sent, 'editMessage', 'dataMessage') ?? sent ?? at(envelope, 'editMessage', 'dataMessage') ?? at(envelope, 'dataMessage')
  }
  const editOf = (envelope: unknown): string | null =>
    textOf(at(envelope, 'editMessage', 'targetSentTimestamp') ?? at(envelope, 'syncMessage', 'sentMessage', 'editMessage', 'targetSentTimestamp'))
  const numberIn = (envelope: unknown): string => firstText(at(envelope, 'sourceNumber'), at(envelope, 'source'), at(envelope, 'sourceUuid')) ?? '?'
  const headOf = (key: string, name: string | null): ConversationHead => heads.get(key, () => ({ name: name ?? names.get(key) ?? key, id: `signal:${key}` }))
  return {
    look(line) {
      const envelope = line['envelope']
      const name = firstText(at(envelope, 'sourceName'))
      if (name !== null) names.set(numberIn(envelope), name)
      const data = dataOf(envelope)
      const edited = editOf(envelope)
      if (edited !== null) edits.set(edited, textOf(at(data, 'message')) ?? '')
      const gone = textOf(at(data, 'remoteDelete', 'timestamp'))
      if (gone !== null) deleted.add(gone)
      const [target, emoji] = [textOf(at(data, 'reaction', 'targetSentTimestamp')), textOf(at(data, 'reaction', 'emoji'))]
      if (target !== null && emoji !== null) {
        const by = reactions.get(target) ?? new Map<string, string>()
        reactions.set(target, by)
        if (at(data, 'reaction', 'isRemove') === true) by.delete(numberIn(envelope))
        else by.set(numberIn(envelope), emoji)
      }
    },
    self: () => null,
    read(line): ReadMessage {
      const envelope = line['envelope']
      const sent = at(envelope, 'syncMessage', 'sentMessage')
      const data = dataOf(envelope)
      if (!isRecord(data) || isRecord(data['reaction']) || isRecord(data['remoteDelete']) || editOf(envelope) !== null) return 'notice'
      const from = numberIn(envelope)
      const group = isRecord(data['groupInfo']) ? data['groupInfo'] : null
      const whom = isRecord(sent) ? (firstText(sent['destinationNumber'], sent['destination'], sent['destinationUuid']) ?? from) : from
      const groupId = firstText(group?.['groupId'])
      const head = groupId === null ? headOf(whom, null) : headOf(groupId, firstText(group?.['groupName']) ?? `Group ${groupId.slice(0, 6)}`)
      const time = data['timestamp'] ?? at(envelope, 'timestamp')
      const files = recordsOf(data['attachments']).map((one) =>
        fileOf(file, firstText(one['id'], one['filename']) ?? '', { name: firstText(one['filename'], one['id']), bytes: numberOf(one['size']) })
      )
      const sticker = isRecord(data['sticker']) ? '[sticker]' : ''
      const message: ParsedMessage = {
        sender: names.get(from) ?? from,
        time: instantOf(time),
        text: textOf(data['message']) ?? sticker,
        outgoing: isRecord(sent),
        files
      }
      const id = textOf(time)
      if (id !== null) {
        message.id = id
        const edited = edits.get(id)
        if (edited !== undefined) Object.assign(message, { text: edited, edited: true })
        message.reactions = [...(reactions.get(id) ?? [])].map(([who, emoji]) => ({ sender: names.get(who) ?? who, emoji }))
        if (deleted.has(id)) {
          const gone: ParsedMessage = { sender: message.sender, time: message.time, text: '', outgoing: isRecord(sent), retracted: true, id }
          return { head, message: gone }
        }
      }
      const answered = textOf(at(data['quote'], 'id'))
      if (answered !== null) message.replyTo = answered
      return message.text === '' && files.length === 0 ? 'notice' : finished(message, head, time)
    }
  }
}

/** JSON of sigtop. */
export const sigtopJson = jsonHistory({
  format: 'signal',
  matches: ({ shape }) => hasAll(shape, '[].conversationId', '[].sent_at'),
  messages: ['$.*'],
  open: openSigtop
})
/** data.json of signal-export. */
export const signalExport = jsonHistory({
  format: 'signal',
  matches: ({ shape }) => hasAll(shape, 'date', 'sender', 'body', 'reactions', 'attachments'),
  messages: 'lines',
  open: openExport
})
/** Output of signal-cli with --output=json. */
export const signalCli = jsonHistory({
  format: 'signal',
  matches: ({ shape }) => hasAll(shape, 'envelope.timestamp'),
  messages: 'lines',
  learns: true,
  open: openCli
})
