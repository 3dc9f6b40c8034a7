/** Content of a WeChat message, from the number of its type and its XML, as in its database. */
import type { ParsedFile, ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { notHere } from './left-out.ts'
import { attributeOf, elementOf, plainText, textIn } from './markup.ts'

export type WeChatContent = Pick<ParsedMessage, 'text' | 'files'> | 'notice'

/** Types of file messages, with default file names. */
const FILES: Record<number, [ParsedFile['kind'], string]> = { 3: ['image', '图片'], 34: ['voice', '语音'], 43: ['video', '视频'], 62: ['video', '视频'] }
/** Cards of type 49 without text of their own. */
const CARDS: Record<number, string> = {
  3: '音乐',
  4: '链接',
  5: '链接',
  8: '动画表情',
  17: '位置共享',
  19: '聊天记录',
  33: '小程序',
  36: '小程序',
  51: '视频号',
  63: '视频号直播',
  87: '群公告',
  2000: '转账',
  2001: '红包',
  2003: '红包封面'
}
const NOTICES = new Set([0, 10000, 10002, 9999, 51])

const isXml = (text: string): boolean => /^\s*(?:<\?xml|<(?:msg|appmsg|sysmsg|voipmsg|voipinvitemsg|img|emoji|location)\b)/i.test(text)

/** Title of a card, with its address and description. */
function cardOf(xml: string, type: number, file: TextFile): WeChatContent {
  const app = elementOf(xml, 'appmsg')?.inner ?? xml
  const title = textIn(app, 'title') ?? ''
  if (type === 6 || type === 74) return { text: '', files: [fileOf(file, title || '文件', { kind: 'file', ...(title === '' ? {} : { name: title }) })] }
  if (type === 57) return { text: quoted(title, textIn(xml, 'displayname'), textIn(xml, 'content')) }
  if (type === 62) return 'notice'
  const pay = elementOf(app, 'wcpayinfo')?.inner ?? ''
  const money = [textIn(pay, 'feedesc'), textIn(pay, 'pay_memo')].filter((part) => part !== null)
  const words =
    type === 2000 && money.length > 0
      ? money
      : [title, type === 19 ? textIn(app, 'des') : null, textIn(app, 'url')].filter((part) => part !== null && part !== '')
  const label = CARDS[type] ?? '分享'
  return { text: words.length === 0 ? `[${label}]` : `[${label}] ${words.join('\n')}` }
}

/** Text below a quotation of the answered message. */
export function quoted(text: string, name: string | null, said: string | null): string {
  if (said === null || said.trim() === '') return text
  const inner = isXml(said) ? (textIn(said, 'title') ?? '[…]') : said
  return `> ${name === null ? '' : `${name}: `}${inner.replaceAll('\n', '\n> ')}\n${text}`
}

/** `type` and `sub`: as in the database; version 4 stores the sub-type in the upper half. */
export function weChatContent(type: number, sub: number, content: string, file: TextFile): WeChatContent {
  const kind = type > 0xffff_ffff ? type % 0x1_0000_0000 : type
  const card = type > 0xffff_ffff ? Math.floor(type / 0x1_0000_0000) : sub
  if (NOTICES.has(kind)) return 'notice'
  if (kind === 1) return { text: content }
  const known = FILES[kind]
  if (known !== undefined) {
    const path = isXml(content) || content.startsWith('[') || content.includes('\n') ? '' : content
    const [sort, name] = known
    return { text: '', files: [path === '' ? notHere(sort, name) : fileOf(file, path, { kind: sort })] }
  }
  if (kind === 42) return { text: `👤 ${attributeOf(elementOf(content, 'msg')?.attributes ?? '', 'nickname') ?? '[名片]'}` }
  if (kind === 47) return { text: '', files: [notHere('image', '动画表情')] }
  if (kind === 48) {
    const place = elementOf(content, 'location')?.attributes ?? ''
    const words = [attributeOf(place, 'poiname'), attributeOf(place, 'label')].filter((part) => part !== null && part !== '' && part !== '[位置]')
    const [x, y] = [attributeOf(place, 'x'), attributeOf(place, 'y')]
    return { text: `📍 ${[words.join(', '), x === null || y === null ? '' : `${x}, ${y}`].filter((part) => part !== '').join(' ') || '[位置]'}` }
  }
  if (kind === 50) return { text: `📞 ${textIn(content, 'msg') ?? (isXml(content) ? '' : content)}`.trim() }
  if (kind === 49) {
    const inner = Number(textIn(elementOf(content, 'appmsg')?.inner ?? '', 'type') ?? card)
    return isXml(content) ? cardOf(content, inner, file) : { text: content === '' ? `[${CARDS[inner] ?? '分享'}]` : content }
  }
  return isXml(content) ? { text: textIn(content, 'title') ?? plainText(content) } : { text: content }
}

/** Type names in export tools. */
const WORDS: [RegExp, number, number][] = [
  [/^(?:图片|圖片|image|picture)/i, 3, 0],
  [/^(?:语音|語音|voice|audio)(?!通话)/i, 34, 0],
  [/^(?:视频|影片|video)(?!号|通话)/i, 43, 0],
  [/^(?:动画表情|表情包|表情|自定义表情|sticker|emoji|emoticon)/i, 47, 0],
  [/^(?:位置|地理位置|location)/i, 48, 0],
  [/^(?:名片|card)/i, 42, 0],
  [/^(?:文件|file)/i, 49, 6],
  [/^(?:系统|系統|system|撤回|拍一拍|灰条)/i, 10000, 0],
  [/^(?:音视频通话|语音通话|视频通话|通话|call|voip)/i, 50, 0]
]
/** Type numbers of a type name; text for unknown names. */
export function weChatKind(word: string): { type: number; sub: number } {
  const found = WORDS.find(([pattern]) => pattern.test(word.trim()))
  return found === undefined ? { type: 1, sub: 0 } : { type: found[1], sub: found[2] }
}
