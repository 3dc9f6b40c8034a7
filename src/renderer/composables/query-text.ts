/** Edits to the text of a query: parts are added and removed. Pure. */
import { isMe, type FilterMeaning, type Range } from '../../contract/search.ts'

export function withoutRange(query: string, [start, end]: Range): string {
  return `${query.slice(0, start).trimEnd()} ${query.slice(end).trimStart()}`.trim()
}

/** Query without several parts, given in order. */
export const withoutRanges = (query: string, ranges: readonly Range[]): string => ranges.toReversed().reduce(withoutRange, query)

const quoted = (value: string): string => `"${value.replace(/(["\\])/g, '\\$1')}"`
/** A filter such as from:"Li Lei". */
export const filterText = (operator: string, value: string): string => `${operator}:${/[\s"]/.test(value) ? quoted(value) : value}`

/** A filter by time in the user's language: a month (2024-05), or first..last day. */
export const duringFilter = (language: string, value: string): string => filterText(language === 'zh-CN' ? '期间' : 'during', value)

/** Operators and values that the filter buttons write. */
const WORDS: Record<FilterMeaning, { en: string; zh: string }> = {
  text: { en: 'type:text', zh: '类型:文字' },
  image: { en: 'has:image', zh: '有:图片' },
  video: { en: 'has:video', zh: '有:视频' },
  media: { en: 'has:media', zh: '有:媒体' },
  voice: { en: 'has:voice', zh: '有:语音' },
  file: { en: 'has:file', zh: '有:文件' },
  link: { en: 'has:link', zh: '有:链接' },
  mention: { en: 'is:mention', zh: '是:提及' },
  starred: { en: 'is:starred', zh: '是:星标' },
  edited: { en: 'is:edited', zh: '是:编辑过' },
  unread: { en: 'is:unread', zh: '是:未读' },
  encrypted: { en: 'is:encrypted', zh: '是:加密' }
}

/** A filter by kind or state in the user's language. */
export const meaningFilter = (language: string, meaning: FilterMeaning): string => WORDS[meaning][language === 'zh-CN' ? 'zh' : 'en']

/** A filter by sender in the user's language; null is the user. A name that equals a word for "me" is quoted. */
export function senderFilter(language: string, name: string | null): string {
  const operator = language === 'zh-CN' ? '来自' : 'from'
  return name !== null && isMe(name) ? `${operator}:${quoted(name)}` : filterText(operator, name ?? (language === 'zh-CN' ? '我' : 'me'))
}

/** A filter by conversation. */
export const placeFilter = (language: string, name: string): string => filterText(language === 'zh-CN' ? '在' : 'in', name)
