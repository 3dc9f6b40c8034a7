/**
 * Facebook Messenger and Instagram exports of 'Download your information' as pages: message_1.html, message_2.html ... of a thread, since 2018, and one page
 * of all threads (messages.htm) before. Their class names are short and have been stable for years.
 */
import type { ConversationHead, ParsedFile, ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { chunkHistory, type ChunkReader, type ReadChunk } from './chunk-history.ts'
import type { Probe } from './format.ts'
import { attributeOf, elementsOf, plainText, within } from './markup.ts'
import { readStamp } from './stamps.ts'

const STARTS = [
  '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"',
  '<div class="pam _3-95 _2pi0 _2lej uiBoxWhite noborder"',
  '<div class="_3-95 _a6-g"',
  '<div class="_a6-g"',
  '<section class="_a6-g"'
]
const OLD_STARTS = ['<div class="thread">', '<div class="message">']
const SENDER = /<(h[1-6]|div)\b[^>]*class="[^"]*(?:\b_a6-i\b|\b_2lel\b)[^"]*"[^>]*>([\s\S]*?)<\/\1>/
/** Path of a thread in the messages folder. */
const PLACE = /((?:inbox|archived_threads|filtered_threads|message_requests|e2ee_cutover)\/[^/]+)\/message_\d+\.html?$/i
/** Annotations of the page beside the written text. */
const BESIDE = /^(?:IP Address: [\da-f.:]+|Click for (?:video|audio):?)$/i

/** Id of a thread by its folder; differs from the id in JSON, whose times have seconds, so that no message of it would be recognised. */
function idOf({ file, name, folder }: TextFile): string | null {
  const place = PLACE.exec(file)?.[1]
  if (place !== undefined) return `messenger-page:${place}`
  return /^message_\d+$/.test(name) && /_[\w-]{5,}$/.test(folder) ? `messenger-page:inbox/${folder}` : null
}

/** Content of a message: media and reactions are removed from its markup; the rest is the text. */
function contentOf(markup: string, file: TextFile): Pick<ParsedMessage, 'text' | 'files' | 'reactions'> {
  const files: ParsedFile[] = []
  const add = (path: string | null, kind?: ParsedFile['kind']): void => {
    if (path === null || path === '' || /^(?:https?|data|javascript|#)/i.test(path)) return
    const one = fileOf(file, path, kind === undefined ? {} : { kind })
    if (!files.some(({ name }) => name === one.name)) files.push(one)
  }
  const reactions: NonNullable<ParsedMessage['reactions']> = []
  const rest = markup
    .replace(/<ul\b[^>]*>([\s\S]*?)<\/ul>/g, (_, list: string) => {
      for (const item of elementsOf(list, 'li')) {
        const said = plainText(item.replace(/<span\b[^>]*> ?\([^<]*\)<\/span>/g, '')).trim()
        const [emoji = ''] = [...new Intl.Segmenter().segment(said)].map(({ segment }) => segment)
        const sender = said.slice(emoji.length).trim()
        if (/\p{L}/u.test(emoji) || sender === '') continue
        reactions.push({ sender, emoji })
      }
      return ''
    })
    .replace(/<(video|audio)\b([^>]*)>([\s\S]*?)<\/\1>/g, (_, kind: string, attributes: string, inner: string) => {
      const path = attributeOf(attributes, 'src') ?? attributeOf(/<(?:source|a)\b([^>]*)>/.exec(inner)?.[1] ?? '', 'src')
      // voice messages are videos in a separate folder
      add(path, kind === 'audio' || /(?:^|\/)audio\//.test(path ?? '') ? 'voice' : 'video')
      return ''
    })
    .replace(/<a\b([^>]*)>([\s\S]*?)<\/a>/g, (whole, attributes: string, inner: string) => {
      const path = attributeOf(attributes, 'href') ?? ''
      if (path === '' || /^(?:[a-z]+:|#)/i.test(path)) return whole
      add(path, /<img\b/.test(inner) ? 'image' : undefined)
      return ''
    })
    .replace(/<img\b([^>]*)>/g, (_, attributes: string) => {
      add(attributeOf(attributes, 'src'), 'image')
      return ''
    })
  let blocks = rest
  for (let before = ''; before !== blocks;) {
    before = blocks
    blocks = blocks.replace(/<(div|span|p)\b[^>]*>\s*<\/\1>/g, '')
  }
  const text = plainText(blocks.replace(/<\/div>(?:\s*<\/div>)+/g, '</div>'))
    .split('\n')
    .filter((line) => !BESIDE.test(line.trim()))
    .join('\n')
    .trim()
  return { text, ...(files.length > 0 ? { files } : {}), ...(reactions.length > 0 ? { reactions } : {}) }
}

function open(file: TextFile): ChunkReader {
  const head: ConversationHead = { name: file.folder || file.name, id: idOf(file) }
  let count = 0
  return {
    before(markup) {
      const title = plainText(/<title>([\s\S]*?)<\/title>/i.exec(markup)?.[1] ?? '')
      if (title !== '') head.name = title
    },
    head: () => head,
    read(chunk): ReadChunk {
      const sender = plainText(SENDER.exec(chunk)?.[2] ?? '')
      const footer = within(chunk, '_3-94 (?:_a6-o|_2lem)') || within(chunk, '_a72d')
      const written = plainText(footer).split('\n')[0]?.trim() ?? ''
      // the list of people, and the address that invites to a group, have no time
      if (sender === '' || written === '') return null
      const content = contentOf(within(chunk, '[^"]*(?:_a6-p|_2let)\\b'), file)
      if (content.text === '' && content.files === undefined) return { unread: 'text' }
      const message: ReadChunk = { sender, time: null, dated: readStamp(written), written, ...content }
      // reactions need a message id, which the format lacks
      if (content.reactions !== undefined) message.id = `${written} ${++count}`
      return message
    }
  }
}

/** True if pages with these classes contain messages: posts, likes and people use the same classes. */
function areMessages({ head, name }: Probe): boolean {
  if (!/\b(?:_a6-g|_2lej)\b/.test(head)) return false
  if (/^message_\d+$/i.test(name)) return true
  const senders = [...head.matchAll(new RegExp(SENDER, 'g'))].map(([, , inner = '']) => plainText(inner))
  // lists of people and of activities name each person once, without participants above
  const peopled = /class="(?:[^"]* )?(?:_a6-h|_2lek)"/.test(head)
  return senders.length > 1 && (peopled || new Set(senders).size <= senders.length / 2) && /\b(?:_a6-p|_2let)\b/.test(head)
}

/** Pages of a thread. */
export const messengerPage = chunkHistory({ format: 'messenger', matches: areMessages, starts: STARTS, open })

function openOld(file: TextFile): ChunkReader {
  let head: ConversationHead = { name: file.name, id: null }
  return {
    head: () => head,
    read(chunk): ReadChunk {
      if (chunk.startsWith('<div class="thread">')) {
        const name = plainText(chunk).trim()
        head = { name: name === '' ? file.name : name, id: null }
        return null
      }
      const sender = plainText(within(chunk, 'user'))
      const written = plainText(within(chunk, 'meta'))
      if (sender === '' || written === '') return null
      const text = elementsOf(chunk, 'p').map(plainText).join('\n').trim()
      // the page does not tell that a file was sent, nor which
      return text === '' ? { unread: 'text' } : { sender, time: null, dated: readStamp(written.replace(/ at (?=\d)/, ' ')), written, text }
    }
  }
}
/** Page of all threads, in use until 2018. */
export const messengerOldPage = chunkHistory({
  format: 'messenger',
  matches: ({ head }) => /<div class="thread">/.test(head) && /<div class="message_header">/.test(head),
  starts: OLD_STARTS,
  open: openOld
})
