/** WeChat exports as pages: by WechatExporter (one <div class="msg …"> per message) and by MemoTrace (a list of objects in a script). */
import type { ConversationHead, ParsedFile } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { decodeHTML } from 'entities'
import { chunkHistory, type ChunkReader, type ReadChunk } from './chunk-history.ts'
import { notHere } from './left-out.ts'
import { attributeOf, plainText, textIn } from './markup.ts'
import { instantOf } from './json-stream.ts'
import { parseTime } from './times.ts'
import { weChatContent } from './wechat-content.ts'

const titleOf = (markup: string): string | null =>
  textIn(markup, 'title')
    ?.replace(/ - 微信聊天记录$/, '')
    .trim() || null

function openExporter(file: TextFile): ChunkReader {
  const head: ConversationHead = { name: file.name, id: null }
  return {
    before(markup) {
      const title = titleOf(markup)
      if (title !== null) head.name = title
    },
    head: () => head,
    read(chunk): ReadChunk {
      const opening = /^<div([^>]*)>/.exec(chunk)?.[1] ?? ''
      const classes = attributeOf(opening, 'class') ?? ''
      if (/\b(?:chat-notice|system|notice)\b/.test(classes)) return 'notice'
      const box = /<div class="nt-box">([\s\S]*?)<\/div>/.exec(chunk)?.[1] ?? ''
      const sender = plainText(/<span[^>]*>([\s\S]*?)<\/span>/.exec(box)?.[1] ?? '')
      const written = plainText(box.replace(/<span[^>]*>[\s\S]*?<\/span>/, ''))
      const rest = /<div class="content-box[^"]*">([\s\S]*)$/.exec(chunk)?.[1] ?? ''
      if (sender === '' && written === '') return 'notice'
      const files: ParsedFile[] = []
      for (const [, attributes = ''] of rest.matchAll(/<img\b([^>]*)>/g)) {
        const path = attributeOf(attributes, 'rawUrl') ?? attributeOf(attributes, 'src')
        const css = attributeOf(attributes, 'class') ?? ''
        if (path !== null && /\bimage\b/.test(css)) files.push(fileOf(file, path, { kind: 'image' }))
      }
      for (const [, tag = '', attributes = ''] of rest.matchAll(/<(video|audio|source)\b([^>]*)>/g)) {
        const path = attributeOf(attributes, 'src')
        if (path !== null) files.push(fileOf(file, path, { kind: tag === 'audio' || /\.(?:mp3|m4a|silk)$/i.test(path) ? 'voice' : 'video' }))
      }
      const text = files.length > 0 ? '' : plainText(rest.replace(/<img\b[^>]*class="(?:avatar|[^"]*thumb)[^>]*>/g, ''))
      const outgoing = /\b(?:chat-right|right)\b/.test(classes) ? true : /\b(?:chat-left|left)\b/.test(`${classes} ${box}`) ? false : undefined
      const id = attributeOf(opening, 'msgid')
      if (text === '' && files.length === 0) return { unread: attributeOf(opening, 'msgtype') ?? 'text' }
      return {
        sender: sender === '' ? head.name : sender,
        time: parseTime(written),
        written,
        text,
        ...(files.length > 0 ? { files } : {}),
        ...(outgoing === undefined ? {} : { outgoing }),
        ...(id === null || id === '' ? {} : { id })
      }
    }
  }
}

/** Pages of WechatExporter. */
export const wechatExporterPage = chunkHistory({
  format: 'wechat',
  matches: ({ head }) => /<div class="msg [^"]*"[^>]* msgid=/.test(head) || (/微信聊天记录/.test(head) && /<html/i.test(head)),
  starts: ['<div class="msg '],
  open: openExporter
})

/** Keys and values of a flat JavaScript object literal. */
const PAIR = /(?:"([^"\\]+)"|'([^'\\]+)'|([A-Za-z_]\w*))\s*:\s*(?:'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"|`((?:[^`\\]|\\[\s\S])*)`|(-?[\w.]+))/g
const ESCAPES: Record<string, string> = { n: '\n', r: '', t: '\t', b: '', f: '', v: '', '0': '' }
const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g, (_, unicode: string | undefined, hex: string | undefined, one: string | undefined) =>
    (unicode ?? hex) !== undefined ? String.fromCharCode(parseInt(unicode ?? hex ?? '', 16)) : (ESCAPES[one ?? ''] ?? one ?? '')
  )

function objectOf(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const [, double, single, bare, a, b, c, d] of text.matchAll(PAIR)) {
    const key = double ?? single ?? bare ?? ''
    if (!values.has(key)) values.set(key, d ?? unescaped(a ?? b ?? c ?? ''))
  }
  return values
}

function openMemoTrace(file: TextFile): ChunkReader {
  const head: ConversationHead = { name: file.name, id: null }
  return {
    before(markup) {
      const title = titleOf(markup)
      if (title !== null && title !== 'Chat Records') head.name = title
    },
    head: () => head,
    read(chunk): ReadChunk {
      const values = objectOf(chunk)
      const type = Number(values.get('type') ?? NaN)
      const time = instantOf(values.get('timestamp') ?? '')
      if (Number.isNaN(type) || !values.has('is_send')) return null
      if (type === 0 || type === 10000) return 'notice'
      const text = decodeHTML((values.get('text') ?? '').replace(/<br\s*\/?>/gi, '\n')).replace(/\u00a0/g, ' ')
      const outgoing = values.get('is_send') === '1' || values.get('is_send') === 'true'
      const sender = decodeHTML(values.get('displayname') ?? '') || (outgoing ? '我' : head.name)
      const sub = Number(values.get('sub_type') ?? 0)
      const words = ['title', 'description', 'artist', 'url', 'link_url'].map((key) => decodeHTML(values.get(key) ?? '')).filter((one) => one !== '')
      const quote = values.get('refer_text')
      let content: ReturnType<typeof weChatContent>
      if (type === 49 && sub === 6) content = { text: '', files: [fileOf(file, text, { kind: 'file', name: values.get('file_name') || null })] }
      else if (quote !== undefined && quote !== '') content = { text: `> ${decodeHTML(quote).replaceAll('\n', '\n> ')}\n${text}` }
      else if (type === 49 && words.length > 0) content = { text: words.join('\n') }
      else if (type === 34) content = { text: decodeHTML(values.get('voice_to_text') ?? ''), files: [fileOf(file, text, { kind: 'voice' })] }
      // a sticker of MemoTrace is a picture with a URL
      else if (type === 3 && /^https?:/i.test(text)) content = { text: '', files: [notHere('image', '动画表情')] }
      else content = weChatContent(type, sub, text, file)
      if (content === 'notice') return 'notice'
      if (content.text === '' && content.files === undefined) return { unread: String(type) }
      return { sender, time, written: values.get('timestamp') ?? '', outgoing, ...content }
    }
  }
}

/** Pages of MemoTrace. */
export const memoTracePage = chunkHistory({
  format: 'wechat',
  matches: ({ head }) => /chatMessages\s*=\s*\[/.test(head) || (/<title>/i.test(head) && /\{\s*"?type"?\s*:\s*\d+\s*,[^{}]{0,400}is_send/.test(head)),
  starts: ['{ type:', '{type:', '{"type":', '{ "type":', "{'type':"],
  open: openMemoTrace
})
