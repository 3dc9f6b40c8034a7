/** Matrix room exported by Element (JSON): the room's name and its events, as in the Client-Server API 11. */
import { lookUp } from '../../../contract/look-up.ts'
import { beginning, kindOf, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, numberOf, recordsOf, textOf } from './json-stream.ts'

const KINDS: Record<string, ParsedFile['kind']> = { 'm.image': 'image', 'm.video': 'video', 'm.audio': 'voice', 'm.file': 'file' }
const NOTICES =
  /^(?:m\.room\.(?!message$|encrypted$)|m\.reaction$|m\.call\.(?!invite$)|m\.space\.|m\.poll\.(?!start$)|org\.matrix\.(?!msc3381\.poll\.start$)|im\.vector\.|m\.beacon$)/
/** Quotation lines at the start of a reply (11.3.1 of the API's earlier versions). */
const FALLBACK = /^(?:> .*(?:\n|$))+\n?/

function open(file: TextFile): JsonReader {
  let room: string | null = null
  let owner: string | null = null
  let id: string | null = null
  const names = new Map<string, string>()
  const reactions = new Map<string, NonNullable<ParsedMessage['reactions']>>()
  const edits = new Map<string, string>()
  /** Latest votes by poll and voter. */
  const votes = new Map<string, Map<string, readonly unknown[]>>()
  const gone = new Set<string>()
  let head: ConversationHead | null = null
  const called = (address: unknown): string => names.get(textOf(address) ?? '') ?? (textOf(address) ?? '?').replace(/^@([^:]+):.*$/, '$1')
  const headOf = (): ConversationHead => (head ??= { name: room ?? file.name, id: id === null ? null : `matrix:${id}` })
  const relation = (event: Record<string, unknown>): unknown => at(event['content'], 'm.relates_to')
  return {
    learn(value, path) {
      if (path[0] === 'room_name') room = firstText(value)
      else owner = firstText(value)
    },
    look(event) {
      id ??= firstText(event['room_id'])
      if (event['type'] === 'm.room.member') {
        const name = firstText(at(event['content'], 'displayname'))
        const whom = firstText(event['state_key'])
        if (name !== null && whom !== null) names.set(whom, name)
      }
      const target = textOf(at(relation(event), 'event_id'))
      if (event['type'] === 'm.reaction' && target !== null) {
        const emoji = firstText(at(relation(event), 'key'))
        if (emoji !== null) reactions.set(target, [...(reactions.get(target) ?? []), { sender: textOf(event['sender']) ?? '?', emoji }])
      }
      if (/^(?:m|org\.matrix\.msc3381)\.poll\.response$/.test(textOf(event['type']) ?? '') && target !== null) {
        const chosen = at(event['content'], 'm.selections') ?? at(event['content'], 'org.matrix.msc3381.poll.response', 'answers')
        const by = votes.get(target) ?? new Map<string, readonly unknown[]>()
        votes.set(target, by.set(textOf(event['sender']) ?? '?', Array.isArray(chosen) ? chosen : []))
      }
      // edits follow the message that they change; the last one counts
      if (at(relation(event), 'rel_type') === 'm.replace' && target !== null) edits.set(target, textOf(at(event['content'], 'm.new_content', 'body')) ?? '')
      const redacted = firstText(event['redacts'], at(event['content'], 'redacts'))
      if (event['type'] === 'm.room.redaction' && redacted !== null) gone.add(redacted)
    },
    read(event): ReadMessage {
      const type = textOf(event['type']) ?? ''
      const content = isRecord(event['content']) ? event['content'] : {}
      const own = textOf(event['event_id'])
      if (NOTICES.test(type) || at(relation(event), 'rel_type') === 'm.replace') return 'notice'
      if (
        isRecord(at(event['unsigned'], 'redacted_because')) ||
        (own !== null && gone.has(own)) ||
        (type === 'm.room.message' && Object.keys(content).length === 0)
      )
        return 'notice'
      if (type === 'm.room.encrypted') return { unread: 'encrypted' }
      const kind = textOf(content['msgtype']) ?? ''
      const answered = textOf(at(content['m.relates_to'], 'm.in_reply_to', 'event_id'))
      const edited = own === null ? undefined : edits.get(own)
      let text = edited ?? textOf(content['body']) ?? ''
      if (answered !== null) text = text.replace(FALLBACK, '')
      const message: ParsedMessage = { sender: called(event['sender']), time: instantOf(event['origin_server_ts']), text }
      if (owner !== null && /^@/.test(owner)) message.outgoing = event['sender'] === owner
      if (message.time === null) message.stamp = beginning(textOf(event['origin_server_ts']) ?? '')
      if (own !== null) message.id = own
      if (answered !== null) message.replyTo = answered
      if (edited !== undefined || isRecord(at(event['unsigned'], 'm.relations', 'm.replace'))) message.edited = true
      const fileKind = lookUp(KINDS, kind)
      if (fileKind !== undefined) {
        const name = firstText(content['filename'], content['body']) ?? 'file'
        message.files = [fileOf(file, name, { name, kind: fileKind === 'file' ? kindOf(name) : fileKind, bytes: numberOf(at(content['info'], 'size')) })]
        if (message.text === name) message.text = ''
      } else if (type === 'm.sticker') message.text = text === '' ? '[sticker]' : text
      else if (type === 'm.call.invite') message.text = '📞'
      else if (kind === 'm.location') message.text = `📍 ${[text, firstText(content['geo_uri'])].filter((part) => part !== null && part !== '').join(' ')}`
      else if (kind === 'm.emote') message.text = `* ${message.sender} ${text}`
      const poll = content['m.poll.start'] ?? content['org.matrix.msc3381.poll.start'] ?? content['m.poll']
      if (isRecord(poll)) {
        const words = (value: unknown): string =>
          firstText(at(value, 'body'), at(value, 'm.text'), recordsOf(at(value, 'm.text'))[0]?.['body'], at(value, 'org.matrix.msc1767.text')) ?? ''
        const all = [...((own === null ? undefined : votes.get(own)) ?? new Map<string, readonly unknown[]>()).values()]
        const answers = recordsOf(poll['answers']).map((answer) => {
          const count = all.filter((chosen) => chosen.includes(answer['m.id'] ?? answer['id'])).length
          return `☐ ${words(answer)}${all.length > 0 ? ` (${count})` : ''}`
        })
        message.text = [`📊 ${words(poll['question'])}`, ...answers].join('\n')
      }
      const who = own === null ? undefined : reactions.get(own)
      if (who !== undefined) message.reactions = who.map(({ sender, emoji }) => ({ sender: called(sender), emoji }))
      return message.text === '' && message.files === undefined ? { unread: type === 'm.room.message' ? 'text' : type } : { head: headOf(), message }
    }
  }
}

/** JSON of Element. */
export const matrix = jsonHistory({
  format: 'matrix',
  matches: ({ shape }) => hasAll(shape, 'messages[].origin_server_ts', 'messages[].event_id') || hasAll(shape, 'room_name', 'exported_by'),
  around: ['$.room_name', '$.exported_by'],
  messages: ['$.messages.*'],
  learns: true,
  open
})
