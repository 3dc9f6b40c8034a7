/** Skype's messages.json, which Microsoft provides on request: all conversations in one file; texts are XML fragments. */
import { lookUp } from '../../../contract/look-up.ts'
import { beginning, reactionsBy, type ConversationHead, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { HeadsByKey, jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { firstText, instantOf, isRecord, recordsOf, textOf } from './json-stream.ts'
import { attributeOf, elementOf, plainText } from './markup.ts'

const NOTICE = /^(?:ThreadActivity|Event\/|Signal|InviteFreeRelationshipChanged|Translation|PopCard)/
/** '8:live:anna' is a person's Skype address with its type '8:'. */
const idOf = (from: unknown): string => (textOf(from) ?? '?').replace(/^\d+:/, '')

/** Locations are in millionths of a degree. */
const MICRO = 1_000_000
/** Skype's names of reactions by the picture that other apps show. */
const EMOTIONS: Record<string, string> = { like: '👍', heart: '❤️', laugh: '😄', surprised: '😮', sad: '😢', angry: '😠', dislike: '👎', cry: '😭', clap: '👏' }

/** Reactions to a message; the list is a text in some exports. */
function reactionsIn(properties: unknown, called: (who: unknown) => string): NonNullable<ParsedMessage['reactions']> {
  let list: unknown = isRecord(properties) ? properties['emotions'] : null
  try {
    if (typeof list === 'string') list = JSON.parse(list)
  } catch {
    list = null
  }
  return recordsOf(list).flatMap((one) => {
    const key = textOf(one['key'])
    return reactionsBy(
      key === null ? null : (lookUp(EMOTIONS, key) ?? `:${key}:`),
      recordsOf(one['users']).map((who) => called(who['mri'])),
      null
    )
  })
}

/** Quoted text, without the parts for old clients. */
function quotationOf({ attributes, inner }: { attributes: string; inner: string }): string {
  const said = plainText(inner.replace(/<legacyquote>[\s\S]*?<\/legacyquote>/gi, '')).trim()
  const author = attributeOf(attributes, 'authorname') ?? attributeOf(attributes, 'author')
  return said === '' ? '' : `${author === null ? '' : `${author}: `}${said}`.replaceAll(/^/gm, '> ')
}

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
      // older clients name no message: its text stays as a quotation
      const quotation = quoted === null || message.replyTo !== undefined ? '' : quotationOf(quoted)
      const reactions = reactionsIn(raw['properties'], (who) => called(who, null))
      if (reactions.length > 0) message.reactions = reactions
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
      } else if (type === 'Event/Call') {
        if (/^started$/i.test(attributeOf(elementOf(body, 'partlist')?.attributes ?? '', 'type') ?? '')) return 'notice'
        const seconds = Math.max(0, ...[...body.matchAll(/<duration>([\d.]+)<\/duration>/gi)].map(([, length]) => Math.round(Number(length))))
        message.text = seconds > 0 ? `📞 ${seconds} s` : '📞'
      } else if (type === 'RichText/Contacts')
        message.text = [...body.matchAll(/<c\b([^>]*)>/gi)]
          .map(([, attributes = '']) => `👤 ${attributeOf(attributes, 'f') ?? ''} ${attributeOf(attributes, 's') ?? attributeOf(attributes, 'p') ?? ''}`.trim())
          .join('\n')
      else if (type === 'RichText/Location') {
        const { attributes = '', inner = '' } = elementOf(body, 'location') ?? {}
        const degrees = ['latitude', 'longitude'].map((name) => String(Number(attributeOf(attributes, name) ?? NaN) / MICRO))
        message.text = `📍 ${[plainText(inner), degrees.includes('NaN') ? '' : degrees.join(', ')].filter((part) => part !== '').join(' ')}`.trim()
      } else message.text = [quotation, plainText(body)].filter((part) => part !== '').join('\n')
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
