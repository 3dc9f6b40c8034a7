/**
 * Query language. Pure.
 *
 *   query    = item*                        every item must match
 *   item     = factor ("OR" factor)*        also: 或 |
 *   factor   = ["-"] (phrase | filter | word)
 *   phrase   = '"' text '"'                 the literal text, including spaces; \" for a quote within; also “…”
 *   filter   = operator (":" | "：") value   the value may be quoted
 *   word     = anything else without white space; messages must contain it, also within a longer word; words that are the digits
 *              of one number (138 0013 8000, (010) 6234-5678) also find it in another grouping, or in none
 *
 *   operator          value                                               in Chinese
 *   from              sender; me                                          来自 发件人 从
 *   to                recipient; me                                       发给 给 收件人
 *   in                conversation                                        在 会话 群
 *   before after      earlier, later than all of a date                   早于 之前 / 晚于 之后
 *   on during         within a date                                       日期 当天 / 期间
 *   has               image video voice file link                         有 含      图片 视频 语音 文件 链接
 *                     media: an image or a video                                     媒体
 *   is                mention starred unread edited encrypted             是         提及 星标 未读 编辑 加密
 *   type              text image video voice file link                    类型
 *   file              part of an attachment's name                        文件名
 *
 * Dates: see dates.ts. "-" means "not" only before a letter, a digit, a quote or an operator, and before a word only if
 * the query has other items; so -_-, --help and -foo alone are texts, and -has:image alone finds every message without an
 * image. The words for oneself are a name if quoted. Unknown syntax is text, never an error; a filter with an invalid
 * value is a problem with its position.
 */
import { lookUp } from '../../contract/look-up.ts'
import { isMe, type FilterMeaning, type QueryFilter, type QueryProblem, type Range } from '../../contract/search.ts'
import { longDate, parseDate } from './dates.ts'
import { codeOf, isAmountBorder, isNumberPart, nationalOf, numberOf, thousandsOf } from './numbers.ts'
import { simplified } from './traditional.ts'

type Flag = 'image' | 'video' | 'voice' | 'file' | 'link' | 'mention' | 'starred' | 'edited' | 'encrypted'
export type Filter =
  /** `name` null: oneself */
  | { by: 'sender' | 'recipient'; name: string | null }
  | { by: 'conversation'; name: string }
  | { by: 'time'; from: number | null; to: number | null }
  | { by: 'flag'; flag: Flag }
  | { by: 'unread' }
  | { by: 'text-only' }

export type QueryNode =
  | { kind: 'text'; text: string; field: 'any' | 'files' }
  /** Digits of a number in any grouping; `whole`: of a code, with its letters. */
  | { kind: 'number'; digits: string; whole?: string }
  /** Other spelling of the same words; its hits come after those of the words as typed. */
  | { kind: 'other'; node: QueryNode }
  | { kind: 'filter'; filter: Filter; range: Range }
  | { kind: 'all'; nodes: QueryNode[] }
  | { kind: 'any'; nodes: QueryNode[] }
  | { kind: 'not'; node: QueryNode }

type OperatorName = 'from' | 'to' | 'in' | 'before' | 'after' | 'on' | 'during' | 'has' | 'is' | 'type' | 'file'

interface ParsedQuery {
  /** Root; null: an empty query. */
  node: QueryNode | null
  /** Texts to highlight; without negated ones. */
  texts: string[]
  /** Texts in other spellings. */
  others: string[]
  /** Digits of numbers, and codes, searched in any grouping. */
  numbers: string[]
  filters: QueryFilter[]
  problems: QueryProblem[]
}

/** Words of each operator; the first of each language is offered by completion. */
export const OPERATORS: Record<OperatorName, { en: readonly string[]; zh: readonly string[] }> = {
  from: { en: ['from'], zh: ['来自', '发件人', '从'] },
  to: { en: ['to'], zh: ['发给', '给', '收件人'] },
  in: { en: ['in'], zh: ['在', '会话', '群'] },
  before: { en: ['before'], zh: ['早于', '之前'] },
  after: { en: ['after', 'since'], zh: ['晚于', '之后'] },
  on: { en: ['on', 'date'], zh: ['日期', '当天'] },
  during: { en: ['during'], zh: ['期间'] },
  has: { en: ['has'], zh: ['有', '含'] },
  is: { en: ['is'], zh: ['是'] },
  type: { en: ['type'], zh: ['类型'] },
  file: { en: ['file', 'filename'], zh: ['文件名'] }
}
const BY_WORD = new Map(Object.entries(OPERATORS).flatMap(([name, { en, zh }]) => [...en, ...zh].map((word) => [word, name as OperatorName] as const)))

/** Words by flag, separated by |, in lower case and simplified characters. */
const flagsOf = (words: Partial<Record<Flag, string>>): Record<string, Flag> =>
  Object.fromEntries(Object.entries(words).flatMap(([flag, list]) => list.split('|').map((word) => [word, flag as Flag])))
const MEDIA = flagsOf({
  image: 'image|images|img|picture|pictures|pic|pics|photo|photos|gif|gifs|sticker|stickers|图片|照片|图像|相片|贴图|贴纸|貼图|貼紙|写真|画像|スタンプ',
  video: 'video|videos|clip|clips|movie|视频|影片|短片|视讯|视訊|动画|ビデオ',
  voice: 'voice|voices|audio|recording|recordings|语音|音频|音讯|音訊|录音|錄音|録音|音声|ボイス',
  file: 'file|files|document|documents|doc|docs|attachment|attachments|文件|文档|档案|附件|ファイル|添付',
  link: 'link|links|url|urls|链接|连结|网址|網址|リンク'
})
const STATES = flagsOf({
  mention: 'mention|mentions|mentioned|提及|提到我|@我|メンション|言及',
  starred: 'starred|star|stars|星标|星号|收藏|スター',
  edited: 'edited|编辑|编辑过|已编辑|编集|编集済み|編集済み',
  encrypted: 'encrypted|secret|加密|已加密|暗号化'
})

/** Values offered by completion. */
export const VALUES: Partial<Record<OperatorName, { en: readonly string[]; zh: readonly string[] }>> = {
  has: { en: ['image', 'video', 'media', 'voice', 'file', 'link'], zh: ['图片', '视频', '媒体', '语音', '文件', '链接'] },
  type: { en: ['text', 'image', 'video', 'media', 'voice', 'file', 'link'], zh: ['文字', '图片', '视频', '媒体', '语音', '文件', '链接'] },
  is: { en: ['mention', 'starred', 'unread', 'edited', 'encrypted'], zh: ['提及', '星标', '未读', '编辑过', '加密'] }
}
export const takesDate = (operator: OperatorName): boolean => operator === 'before' || operator === 'after' || operator === 'on' || operator === 'during'

/** Meaning of a filter by kind or state; null for others. */
function meaningOf(filter: Filter | { by: 'media' }): FilterMeaning | null {
  if (filter.by === 'flag') return filter.flag
  if (filter.by === 'text-only') return 'text'
  return filter.by === 'media' || filter.by === 'unread' ? filter.by : null
}

/** Filter of an operator and its value, or null for an invalid value. 'media' stands for two filters. */
function toFilter(operator: OperatorName, value: string, quoted: boolean, now: number): Filter | { by: 'media' } | null {
  const word = simplified(value.toLowerCase())
  switch (operator) {
    case 'from':
      return { by: 'sender', name: !quoted && isMe(value) ? null : value }
    case 'to':
      return { by: 'recipient', name: !quoted && isMe(value) ? null : value }
    case 'in':
      return { by: 'conversation', name: value }
    case 'has':
    case 'type': {
      if (operator === 'type' && /^(?:text|文字|文本)$/.test(word)) return { by: 'text-only' }
      if (/^(?:media|媒体|メディア)$/.test(word)) return { by: 'media' }
      const flag = lookUp(MEDIA, word)
      return flag === undefined ? null : { by: 'flag', flag }
    }
    case 'is': {
      if (/^(?:unread|未读|未読)$/.test(word)) return { by: 'unread' }
      const flag = lookUp(STATES, word)
      return flag === undefined ? null : { by: 'flag', flag }
    }
    case 'file':
      return null
    default: {
      const span = parseDate(value, now)
      if (span === null) return null
      // after a day: from the next day on; after 3 o'clock: from then on
      return {
        by: 'time',
        from: operator === 'before' ? null : operator === 'after' && span.clock !== true ? span.to : span.from,
        to: operator === 'before' ? span.from : operator === 'after' ? null : span.to
      }
    }
  }
}

interface Token {
  kind: 'text' | 'or' | 'filter'
  /** Text as written, in case it turns out not to be negated. */
  raw: string
  negative: boolean
  text: string
  /** True if the text, or the filter's value, is in quotes. */
  quoted: boolean
  operator: OperatorName | null
  start: number
  end: number
}

const OPERATOR_AT = /([a-z]+|\p{Script=Han}{1,3})[:：]/iuy
const QUOTED_AT = /"((?:[^"\\]|\\.)*)"|“([^”]*)”/uy
const VALUE_AT = /[^\s"“][^\s]*/uy

const at = (pattern: RegExp, text: string, position: number): RegExpExecArray | null => {
  pattern.lastIndex = position
  return pattern.exec(text)
}
const unquote = (match: RegExpExecArray): string => (match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(["\\])/g, '$1'))

/** Tokens with their ranges, separated by white space only. */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = []
  for (let position = 0; position < query.length;) {
    if (/\s/u.test(query.charAt(position))) {
      position++
      continue
    }
    const start = position
    const negative = query.charAt(position) === '-' && /^-[\p{L}\p{N}"“]/u.test(query.slice(position, position + 3))
    if (negative) position++
    const add = (kind: Token['kind'], text: string, end: number, quoted: boolean, operator: OperatorName | null = null): void => {
      tokens.push({ kind, raw: query.slice(start, end), negative, text, quoted, operator, start, end })
      position = end
    }
    const quoted = at(QUOTED_AT, query, position)
    if (quoted !== null && !goesOnAsWord(query, position + quoted[0].length)) {
      add('text', unquote(quoted), position + quoted[0].length, true)
      continue
    }
    const operator = at(OPERATOR_AT, query, position)
    const name = BY_WORD.get(simplified((operator?.[1] ?? '').toLowerCase()))
    if (operator !== null && name !== undefined) {
      const from = position + operator[0].length
      const value = at(QUOTED_AT, query, from)
      const long = takesDate(name) ? longDate(query.slice(from)) : null
      const plain = long ?? at(VALUE_AT, query, from)?.[0] ?? ''
      add('filter', value === null ? plain : unquote(value), from + (value === null ? plain.length : value[0].length), value !== null, name)
      continue
    }
    const word = /\S+/uy
    word.lastIndex = position
    const text = word.exec(query)?.[0] ?? ''
    add(!negative && /^(?:OR|或|\|{1,2})$/.test(text) ? 'or' : 'text', text, position + text.length, false)
  }
  return tokens
}

/** A quote followed by word characters, such as "a"b, is no phrase. */
const goesOnAsWord = (query: string, end: number): boolean => end < query.length && !/\s/u.test(query.charAt(end))

const textOf = (text: string): QueryNode => ({ kind: 'text', text, field: 'any' })
const allOf = (nodes: QueryNode[]): QueryNode => (nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: 'all', nodes })

/** Other spellings of iPhone15, GPT-4 and A4: letters and a number with nothing, a blank or a hyphen in between; none for other words. */
function apartOf(word: string): string[] {
  const found = /^(\p{L}+|\d+)(\p{Dash}?)(\p{L}+|\d+)$/u.exec(word)
  if (found?.[1] === undefined || found[3] === undefined || /\d/.test(found[1]) === /\d/.test(found[3]) || UNSPACED.test(word)) return []
  return (found[2] === '' ? [' ', '-'] : ['', ' ']).map((sign) => `${found[1]}${sign}${found[3]}`)
}
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

/** Part of a number, neither quoted nor negated. */
const isNumberWord = (token: Token | undefined): boolean => token?.kind === 'text' && !token.negative && token.raw === token.text && isNumberPart(token.raw)

/** Query without other spellings. */
export function asTyped(node: QueryNode): QueryNode {
  if (node.kind === 'all') return { kind: 'all', nodes: node.nodes.map(asTyped) }
  if (node.kind !== 'any') return node
  const nodes = node.nodes.filter(({ kind }) => kind !== 'number' && kind !== 'other').map(asTyped)
  return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: 'any', nodes }
}

/** `now`: ms, for words such as 'yesterday'. */
export function parseQuery(query: string, now: number): ParsedQuery {
  const tokens = tokenize(query)
  const filters: QueryFilter[] = []
  const problems: QueryProblem[] = []
  const texts: string[] = []
  const others: string[] = []
  const anythingElse = tokens.some((token) => token.kind === 'filter' || (token.kind === 'text' && !token.negative))
  const numbers: string[] = []
  /** Nodes by token index: the node of a number that begins there; empty for its other words. */
  const numbersAt = new Map<number, QueryNode[]>()
  for (let first = 0, last = 0; first < tokens.length; first = Math.max(last, first + 1)) {
    for (last = first; isNumberWord(tokens[last]) && (last === first || !isAmountBorder(tokens[last - 1]?.raw ?? '', tokens[last]?.raw ?? ''));) last++
    // OR applies to its neighbours only
    if (last - first > 1 && (tokens[first - 1]?.kind === 'or' || tokens[last]?.kind === 'or')) continue
    const words = tokens.slice(first, last).map(({ raw }) => raw)
    const digits = numberOf(words)
    const thousands = digits === null ? thousandsOf(words) : null
    if (digits === null && thousands === null) continue
    texts.push(...words)
    others.push(...(thousands ?? []))
    if (digits !== null) numbers.push(digits)
    const national = nationalOf(words)
    if (national !== null) numbers.push(national)
    const other: QueryNode[] =
      digits === null
        ? [{ kind: 'other', node: { kind: 'any', nodes: (thousands ?? []).map(textOf) } }]
        : [digits, national].flatMap((one) => (one === null ? [] : [{ kind: 'number', digits: one }]))
    numbersAt.set(first, [{ kind: 'any', nodes: [allOf(words.map(textOf)), ...other] }])
    for (let index = first + 1; index < last; index++) numbersAt.set(index, [])
  }
  const factors: (QueryNode | 'or')[] = tokens.flatMap((token, index): (QueryNode | 'or')[] => {
    if (token.kind === 'or') {
      const between = [tokens[index - 1], tokens[index + 1]].every((neighbour) => neighbour !== undefined && neighbour.kind !== 'or')
      if (between) return ['or']
    }
    const number = numbersAt.get(index)
    if (number !== undefined) return number
    // a single word: its dash is part of it
    const negative = token.negative && anythingElse
    // an OR without alternatives is a word
    const node =
      token.kind === 'filter'
        ? filterNode(token, negative)
        : textNode(negative || !token.negative ? token.text : token.raw, negative, token.raw !== token.text && token.raw !== `-${token.text}`)
    return node === null ? [] : [negative ? { kind: 'not', node } : node]
  })

  function textNode(text: string, negative: boolean, quoted: boolean): QueryNode | null {
    if (text.trim() === '') return null
    if (!negative) texts.push(text)
    const apart = negative || quoted ? [] : apartOf(text)
    const code = negative || quoted ? null : codeOf(text)
    others.push(...apart)
    if (code !== null) numbers.push(code.whole)
    const ways: QueryNode[] = [
      ...apart.map((one): QueryNode => ({ kind: 'other', node: textOf(one) })),
      ...(code === null ? [] : [{ kind: 'number' as const, ...code }])
    ]
    return ways.length === 0 ? textOf(text) : { kind: 'any', nodes: [textOf(text), ...ways] }
  }

  function filterNode(token: Token, negative: boolean): QueryNode | null {
    const operator = token.operator ?? 'file'
    const range: Range = [token.start, token.end]
    const value = token.text.trim()
    if (value === '') {
      problems.push({ code: 'missing-value', range, value: operator })
      return null
    }
    const filter = toFilter(operator, value, token.quoted, now)
    const own = filter !== null && 'name' in filter && filter.name === null
    filters.push({ operator, value, negative, range, own, meaning: filter === null ? null : meaningOf(filter) })
    if (operator === 'file') {
      if (!negative) texts.push(value)
      return { kind: 'text', text: value, field: 'files' }
    }
    if (filter === null) {
      problems.push({ code: takesDate(operator) ? 'bad-date' : 'unknown-value', range, value })
      return null
    }
    if (filter.by === 'media')
      return { kind: 'any', nodes: (['image', 'video'] as const).map((flag) => ({ kind: 'filter', filter: { by: 'flag', flag }, range })) }
    return { kind: 'filter', filter, range }
  }

  const nodes: QueryNode[] = []
  for (let i = 0; i < factors.length; i++) {
    const factor = factors[i]
    if (factor === undefined) continue
    if (factor === 'or') {
      const before = nodes.pop()
      const after = factors[i + 1]
      if (before === undefined || after === undefined || after === 'or') {
        // a neighbour was an invalid filter
        if (before !== undefined) nodes.push(before)
        continue
      }
      nodes.push({ kind: 'any', nodes: [before, after].flatMap((one) => (one.kind === 'any' ? one.nodes : [one])) })
      i++
    } else nodes.push(factor)
  }
  const [only] = nodes
  return {
    node: nodes.length === 0 ? null : nodes.length === 1 ? (only ?? null) : { kind: 'all', nodes },
    texts: [...new Set(texts)],
    others,
    numbers,
    filters,
    problems
  }
}
