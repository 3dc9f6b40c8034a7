/** Signal exports by sigtop as text: 'Conversation: name', then a block for each message with its fields, a blank line and the text. */
import { kindOf, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import type { TextFile } from '../source.ts'
import { readStamp } from './stamps.ts'
import { textHistory, type Entry, type LineRead, type TextReader } from './text-history.ts'

const CONVERSATION = /^Conversation: (.+)$/
const FIELD = /^(From|Type|Sent|Received|Attachment|Reaction|Edited): (.*)$/
const MARKED = /^[>|]/

function open(file: TextFile): TextReader {
  const head: ConversationHead = { name: file.name, id: null }
  /** True while the fields of a block are read. */
  let fields = false
  let blank = true
  return {
    line(text): LineRead {
      const conversation = CONVERSATION.exec(text)
      if (conversation !== null) {
        head.name = (conversation[1] ?? '').replace(/ \([^()]*\)$/, '')
        return 'skip'
      }
      const from = blank ? /^From: (.*)$/.exec(text) : null
      blank = text.trim() === ''
      // a block without a sender begins with its type; otherwise the line continues a text
      if (from !== null || (!fields && /^Type: (?:incoming|outgoing|[a-z-]+)$/.test(text))) {
        fields = true
        return {
          stamp: null,
          written: '',
          sender: from === null ? null : (from[1] ?? '').replace(/ \((?:\+?\d+|[0-9a-f-]{36})\)$/, ''),
          text: from === null ? text : ''
        }
      }
      if (fields && !FIELD.test(text)) fields = false
      return null
    },
    head: () => head,
    content(text, entry: Entry): Partial<ParsedMessage> | 'notice' {
      const body: string[] = []
      const files: ParsedFile[] = []
      const reactions: NonNullable<ParsedMessage['reactions']> = []
      const message: Partial<ParsedMessage> = {}
      let head = true
      for (const line of text.split('\n').slice(1)) {
        const [, field, value = ''] = head ? (FIELD.exec(line) ?? []) : []
        if (field === undefined) {
          // a quotation, and earlier versions of an edited text, are between the fields and the text
          const version = /^\| ?(.*)$/.exec(line)?.[1]
          if (MARKED.test(line) && version === undefined) body.push(line)
          else if (version !== undefined) {
            if (body.length > 0 && /^Version: /.test(version)) head = false
            if (!/^(?:Version|Sent|Attachment): /.test(version) && message.edited === true && !body.includes('\u0000')) body.push(version)
            if (/^Version: /.test(version) && !/^Version: \d+$/.test(version)) continue
            if (/^Version: /.test(version) && body.some((one) => one.trim() !== '')) body.push('\u0000')
          } else body.push(line)
          if (!/^\s*$/.test(line) && version === undefined) head = false
        } else if (field === 'Sent') {
          entry.written = value
          entry.stamp = readStamp(value.replace(/^\p{L}+, /u, ''))
        } else if (field === 'Attachment') {
          const name = value.replace(/ \([^()]*\)$/, '')
          files.push({ kind: kindOf(name), name, bytes: Number(/(\d+) bytes\)$/.exec(value)?.[1] ?? NaN) || null, source: null })
        } else if (field === 'Reaction') {
          const [, emoji = '', sender = ''] = /^(\S+) from (.+)$/.exec(value) ?? []
          if (emoji !== '') reactions.push({ sender, emoji })
        } else if (field === 'Edited') message.edited = true
      }
      const end = body.indexOf('\u0000')
      const words = (end < 0 ? body : body.slice(0, end)).join('\n').trim()
      if (words === '' && files.length === 0) return 'notice'
      message.text = words
      message.outgoing = entry.sender === 'You'
      if (files.length > 0) message.files = files
      if (reactions.length > 0) {
        message.reactions = reactions
        message.id = `${entry.written} ${entry.sender ?? ''}`
      }
      return message
    }
  }
}

/** Text of sigtop. */
export const sigtopText = textHistory({
  format: 'signal',
  matches: ({ lines }) => CONVERSATION.test(lines[0] ?? '') && lines.slice(1, 5).some((one) => /^(?:From|Type): /.test(one)),
  open
})
