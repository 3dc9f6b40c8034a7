/** Skype's messages.json, which Microsoft provides on request: all conversations in one file; texts are XML fragments. */
import { beginning, type ConversationHead, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { HeadsByKey, jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { firstText, instantOf, isRecord, textOf } from './json-stream.ts'
import { attributeOf, elementOf, plainText } from './markup.ts'

const NOTICE = /^(?:ThreadActivity|Event\/|Signal|InviteFreeRelationshipChanged|Translation|PopCard)/
/** '8:live:anna' is a person's Skype address with its type '8:'. */
const idOf = (from: unknown): string => (textOf(from) ?? '?').replace(/^\d+:/, '')

function open(file: TextFile): JsonReader {
  let owner: string | null = null
  const names = new Map<string, string>()
  const places = new Map<string, string>()
  const heads = new HeadsByKey()
  const key = (path: readonly (string | number)[]): string => String(path[1])
  const called = (from: unknown, shown: unknown): string => firstText(shown) ?? names.get(idOf(from)) ?? idOf(from)
  return {
    learn(value, path) {
      if (path[0] === 'userId') owner = textOf(value)
      else if (path[2] === 'id' || path[2] === 'displayName') {
        const text = firstText(value)
        if (text !== null) places.set(`${key(path)}.${String(path[2])}`, text)
      }
    },
    look(raw) {
      const name = firstText(raw['displayName'])
      if (name !== null) names.set(idOf(raw['from']), name)
    },
    self: () => (owner === null ? null : (names.get(idOf(owner)) ?? idOf(owner))),
    read(raw, path): ReadMessage {
      const type = textOf(raw['messagetype']) ?? 'RichText'
      if (NOTICE.test(type) && type !== 'Event/Call') return 'notice'
      const content = textOf(raw['content']) ?? ''
      const time = instantOf(raw['originalarrivaltime'])
      const id = places.get(`${key(path)}.id`) ?? null
      const head: ConversationHead = heads.get(key(path), () => {
        const name = places.get(`${key(path)}.displayName`) ?? (id === null ? null : (names.get(idOf(id)) ?? idOf(id))) ?? file.name
        return { name, id: id === null ? null : `skype:${id}` }
      })
      const message: ParsedMessage = { sender: called(raw['from'], raw['displayName']), time, text: '' }
      if (owner !== null) message.outgoing = idOf(raw['from']) === idOf(owner)
      if (time === null) message.stamp = beginning(textOf(raw['originalarrivaltime']) ?? '')
      const own = textOf(raw['id'])
      if (own !== null) message.id = own
      if (/<e_m\b/.test(content) || firstText(isRecord(raw['properties']) ? raw['properties']['edittime'] : null) !== null) message.edited = true
      const quoted = elementOf(content, 'quote')
      if (quoted !== null && attributeOf(quoted.attributes, 'messageid') !== null) message.replyTo = attributeOf(quoted.attributes, 'messageid') ?? ''
      const body = content.replace(/<quote\b[\s\S]*?<\/quote>/gi, '').replace(/<e_m\b[^>]*>(?:<\/e_m>)?/gi, '')
      const object = elementOf(body, 'URIObject')
      if (object !== null) {
        const name = attributeOf(elementOf(object.inner, 'OriginalName')?.attributes ?? '', 'v')
        const kind = /Picture/i.test(object.attributes)
          ? 'image'
          : /Video/i.test(object.attributes)
            ? 'video'
            : /Audio/i.test(object.attributes)
              ? 'voice'
              : undefined
        message.files = [fileOf(file, name ?? 'file', { name, ...(kind === undefined ? {} : { kind }) })]
      } else if (type === 'Event/Call') message.text = '📞'
      else message.text = plainText(body)
      if (message.text === '' && message.files === undefined) return content === '' ? 'notice' : { unread: type }
      return { head, message }
    }
  }
}

/** messages.json of Skype. */
export const skype = jsonHistory({
  format: 'skype',
  matches: ({ shape }) =>
    hasAll(shape, 'conversations[].MessageList[].id') || (hasAll(shape, 'userId', 'conversations[].id') && shape?.has('exportDate') === true),
  around: ['$.userId', '$.conversations.*.id', '$.conversations.*.displayName'],
  messages: ['$.conversations.*.MessageList.*'],
  learns: true,
  open
})
