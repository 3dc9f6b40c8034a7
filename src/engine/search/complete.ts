/** Completion at the cursor of a query: operators, people, conversations, dates, values. */
import { isMe, type Completion, type NameMatch, type Range } from '../../contract/search.ts'
import { DATE_WORDS, parseDate } from './dates.ts'
import { OPERATORS, takesDate, tokenize, VALUES } from './query.ts'

export interface CompletionQuery {
  query: string
  /** Cursor position, UTF-16 units. */
  cursor: number
  language: 'zh-CN' | 'en'
  now?: number
}

type Names = (input: { text: string; limit: number }) => NameMatch[]

const MOST = 8
const quoted = (value: string): string => (/[\s"]/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value)
/** Quotes a name that equals a word for oneself. */
const nameOf = (value: string): string => (isMe(value) ? `"${value}"` : quoted(value))

export function complete(input: CompletionQuery, names: Names, senders: (text: string) => string[]): Completion[] {
  const { query, cursor, now = Date.now() } = input
  const language = input.language === 'zh-CN' ? 'zh' : 'en'
  const token = tokenize(query).find(({ start, end }) => start < cursor && cursor <= end)
  if (token === undefined) return []
  const typed = query.slice(token.start, cursor)
  if (token.kind !== 'filter') return operators(typed.replace(/^-/, ''), [token.start + (typed.startsWith('-') ? 1 : 0), token.end], language)
  const operator = token.operator ?? 'file'
  const colon = typed.search(/[:：]/)
  if (colon < 0) return []
  const start = token.start + colon + 1
  const range: Range = [start, token.end]
  const value = query.slice(start, cursor).replace(/^["“]/, '')
  const made = (kind: Completion['kind'], label: string, detail: string, insert = quoted(label)): Completion => ({
    kind,
    label,
    detail,
    range,
    insert: `${insert} `
  })
  const list: Completion[] = []
  if (operator === 'from' || operator === 'to') {
    if ('me'.startsWith(value.toLowerCase()) || '我'.startsWith(value)) list.push(made('person', language === 'zh' ? '我' : 'me', ''))
    const people = names({ text: value, limit: MOST }).filter(({ kind }) => kind === 'direct')
    list.push(...people.map(({ name, jid }) => made('person', name, jid, nameOf(name))))
    const others = senders(value).filter((name) => !people.some((one) => one.name === name))
    if (operator === 'from') list.push(...others.map((name) => made('person', name, '', nameOf(name))))
  } else if (operator === 'in') list.push(...names({ text: value, limit: MOST }).map(({ name, jid }) => made('conversation', name, jid)))
  else if (takesDate(operator)) {
    const format = new Intl.DateTimeFormat(input.language, { dateStyle: 'medium' })
    for (const word of DATE_WORDS[language]) {
      const span = word.startsWith(value.toLowerCase()) ? parseDate(word, now) : null
      if (span === null) continue
      const last = format.format(span.to - 1)
      const first = format.format(span.from)
      list.push(made('date', word, first === last ? first : `${first} – ${last}`))
    }
  } else list.push(...(VALUES[operator]?.[language] ?? []).filter((word) => word.startsWith(value.toLowerCase())).map((word) => made('value', word, '')))
  // leave out suggestions that are typed already
  return list.filter(({ insert }) => insert.trim() !== query.slice(start, token.end)).slice(0, MOST)
}

function operators(typed: string, range: Range, language: 'zh' | 'en'): Completion[] {
  if (typed === '') return []
  const word = typed.toLowerCase()
  return Object.values(OPERATORS).flatMap(({ en, zh }): Completion[] => {
    const own = language === 'zh' ? zh : en
    const fits =
      own.find((name) => name.startsWith(word) && name !== word) ??
      own.find((name) => name === word) ??
      (language === 'zh' ? en : zh).find((name) => name.startsWith(word))
    return fits === undefined ? [] : [{ kind: 'operator', label: `${fits}:`, detail: `${language === 'zh' ? en[0] : zh[0]}:`, range, insert: `${fits}:` }]
  })
}
