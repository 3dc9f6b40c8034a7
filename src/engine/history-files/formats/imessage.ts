/** Apple's Messages, exported by imessage-exporter: as text (time, name, text in blocks) and as pages. */
import { kindOf, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { decodedAddress, fileOf, type TextFile } from '../source.ts'
import { chunkHistory, type ChunkReader, type ReadChunk } from './chunk-history.ts'
import { attributeOf, plainText } from './markup.ts'
import { readStamp } from './stamps.ts'
import { textHistory, type Entry, type LineRead, type TextReader } from './text-history.ts'
import { parseTime } from './times.ts'

const TIME = String.raw`\p{L}{3} \d{1,2}, \d{4} +\d{1,2}:\d{2}:\d{2} [AP]M`
const HEADER = new RegExp(`^(${TIME})( \\([^()]*\\))?$`, 'u')
const ANNOUNCED = new RegExp(`^(${TIME}) \\S`, 'u')
const PATH = /^(?:[~/]|attachments[/\\]|[A-Za-z]:\\)[^\n]*\.\w{1,5}$/
const ANSWER = /^This message responded to an earlier message\.$/
const EFFECT = /^Sent with [A-Z][\w ]+$/
/** Emoji of the words for tapbacks. */
const TAPBACKS: Record<string, string> = { loved: '❤️', liked: '👍', disliked: '👎', laughed: '😂', emphasized: '‼️', questioned: '❓' }
const TAPBACK = /^\s*(?:(Loved|Liked|Disliked|Laughed|Emphasized|Questioned)|(\S+)) by (.+)$/

function reactionOf(line: string): { sender: string; emoji: string } | null {
  const [, word, emoji, sender] = TAPBACK.exec(line) ?? []
  return sender === undefined ? null : { sender: sender.trim(), emoji: word === undefined ? (emoji ?? '') : (TAPBACKS[word.toLowerCase()] ?? word) }
}
const nameOf = (file: TextFile): ConversationHead => ({ name: file.name, id: null })

function openText(file: TextFile): TextReader {
  const head = nameOf(file)
  let begins = false
  let count = 0
  return {
    line(text): LineRead {
      const written = HEADER.exec(text)?.[1]
      if (written !== undefined) {
        begins = true
        return { stamp: readStamp(written), written, sender: '', text: '' }
      }
      const announced = ANNOUNCED.exec(text)?.[1]
      if (announced !== undefined) return { stamp: readStamp(announced), written: announced, sender: null, text }
      // replies appear below the answered message, indented by four blanks, and again at their own position
      if (/^ {4}/.test(text) && !TAPBACK.test(text)) return 'skip'
      if (begins) begins = false
      return null
    },
    head: () => head,
    content(text, entry: Entry): Partial<ParsedMessage> | 'notice' {
      const [, sender = '', ...rest] = text.split('\n')
      entry.sender = sender.trim()
      const said: string[] = []
      const files: ParsedFile[] = []
      const reactions: NonNullable<ParsedMessage['reactions']> = []
      let edited = false
      let tapbacks = false
      for (const line of rest) {
        if (/^Tapbacks:$/.test(line.trim())) tapbacks = true
        else if (tapbacks && reactionOf(line) !== null) reactions.push(reactionOf(line) ?? { sender: '?', emoji: '' })
        else if (ANSWER.test(line) || EFFECT.test(line)) continue
        else if (PATH.test(line)) files.push(fileOf(file, line.trim(), { kind: kindOf(line) }))
        else if (/^Edited .* later: /.test(line)) {
          // the last version of an edited text is the valid one
          edited = true
          said.splice(0, said.length, line.replace(/^Edited .*? later: /, ''))
        } else said.push(line)
      }
      const words = said.join('\n').trim()
      if (entry.sender === '' || (words === '' && files.length === 0)) return 'notice'
      const message: Partial<ParsedMessage> = { sender: entry.sender, text: words, outgoing: entry.sender === 'Me' }
      if (files.length > 0) message.files = files
      if (edited) message.edited = true
      if (reactions.length > 0) {
        message.reactions = reactions
        message.id = `${entry.written} ${++count}`
      }
      return message
    }
  }
}

/** Text of imessage-exporter (.txt). */
export const imessageText = textHistory({
  format: 'imessage',
  matches: ({ lines }) => HEADER.test(lines[0] ?? '') || (ANNOUNCED.test(lines[0] ?? '') && lines.some((one) => HEADER.test(one))),
  open: openText
})

function openPage(file: TextFile): ChunkReader {
  const head = nameOf(file)
  return {
    head: () => head,
    read(chunk): ReadChunk {
      const [, css = ''] = /<div class="((?:sent|received)[^"]*)"/.exec(chunk) ?? []
      const stamp = plainText(/<span class="timestamp">([\s\S]*?)<\/span>/.exec(chunk)?.[1] ?? '')
      const written = new RegExp(TIME, 'u').exec(stamp)?.[0] ?? stamp
      const sender = plainText(/<span class="sender">([\s\S]*?)<\/span>/.exec(chunk)?.[1] ?? '')
      // replies appear below the answered message, and again at their own position
      const [own = ''] = chunk.split(/<div class="(?:replies|reply)"/)
      if (css === '' || sender === '') return 'notice'
      const said = [...own.matchAll(/<span class="bubble">([\s\S]*?)<\/span>(?=\s*(?:<\/div>|<hr|<div|$))/g)].map(([, inner = '']) => plainText(inner))
      const files: ParsedFile[] = []
      for (const [, , attributes = ''] of own.matchAll(/<(img|source|video|audio|a)\b([^>]*)>/g)) {
        const path = attributeOf(attributes, 'src') ?? (/<a\b/.test(attributes) ? null : attributeOf(attributes, 'href'))
        if (path !== null && !/^(?:sms:|https?:|data:)/i.test(path) && !files.some((one) => one.name === path.split('/').at(-1)))
          files.push(fileOf(file, decodedAddress(path)))
      }
      const reactions = [...own.matchAll(/<(?:span|div|p) class="tapback">([\s\S]*?)<\/(?:span|div|p)>/g)]
        .map(([, inner = '']) => reactionOf(plainText(inner)))
        .filter((one) => one !== null)
      const text = said.join('\n')
      const id = /message-guid=([^"&]+)/.exec(chunk)?.[1]
      const answered = /class="reply_context"[\s\S]*?href="#(?:r-)?([^"]+)"/.exec(own)?.[1]
      if (text === '' && files.length === 0) return { unread: 'text' }
      return {
        sender,
        time: parseTime(written),
        written,
        text,
        outgoing: css.startsWith('sent'),
        ...(files.length > 0 ? { files } : {}),
        ...(reactions.length > 0 ? { reactions } : {}),
        ...(id === undefined ? {} : { id }),
        ...(answered === undefined ? {} : { replyTo: answered }),
        ...(/class="edited"/.test(own) ? { edited: true } : {})
      }
    }
  }
}

/** Pages of imessage-exporter. */
export const imessagePage = chunkHistory({
  format: 'imessage',
  matches: ({ head }) => /<div class="message">/.test(head) && /<span class="timestamp">/.test(head),
  starts: ['<div class="message">', '<div class="announcement">'],
  open: openPage
})
