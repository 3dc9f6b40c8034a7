/** Signal exports by signal-export as Markdown (chat.md, older ones index.md): '[2024-05-31 09:30:05] name: text', pictures and files as links. */
import type { ConversationHead, ParsedFile, ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { notHere } from './left-out.ts'
import { readStamp } from './stamps.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'

const ENTRY = /^\[(\d{4}-\d{2}-\d{2},? \d{2}:\d{2}(?::\d{2})?)\] ([^\n]*?): ?(.*)$/u
/** ![name](./media/name), [name](./media/name), [😀](../exported_stickers/pack/1.webp) */
const LINK = /!?\[([^\]\n]*)\]\(((?:\.{1,2}\/)[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\) ?/gu
/** (- Ann: 👍, Me: ❤ -) */
const REACTIONS = /^\(- (.+) -\)\s*(?=$|!?\[)/mu
/** (( 😀 )) */
const STICKER = /^\(\( (.+) \)\)\s*$/mu
const DELETED = '(This message was deleted)'
const CALL = /^(?:(?:Incoming|Outgoing|Missed) (?:(?:voice|video|group|direct|adhoc) )?call)(?: \([^()]*\))?$/i

function open(file: TextFile): TextReader {
  // each chat has a folder with its name
  const head: ConversationHead = { name: /^(?:chat|index)$/i.test(file.name) && file.folder !== '' ? file.folder : file.name, id: null }
  return {
    line(text): LineRead {
      const [, written, sender = '', said = ''] = ENTRY.exec(text) ?? []
      if (written === undefined) return null
      return { stamp: readStamp(written.replace(',', '')), written, sender, text: said, ...(sender === 'Me' ? { outgoing: true } : {}) }
    },
    head: () => head,
    content(text): Partial<ParsedMessage> | 'notice' {
      if (text.trim() === DELETED) return { text: '', retracted: true }
      const files: ParsedFile[] = []
      const reactions = (REACTIONS.exec(text)?.[1] ?? '').split(', ').flatMap((one) => {
        const at = one.lastIndexOf(': ')
        return at < 0 ? [] : [{ sender: one.slice(0, at), emoji: one.slice(at + 2).trim() }]
      })
      const words = text
        .replace(REACTIONS, '')
        .replace(STICKER, (_, label: string) => (label === 'sticker' ? (files.push(notHere('image', 'sticker')), '') : label))
        .replaceAll(LINK, (_, name: string, path: string) => {
          files.push(fileOf(file, path, { name: path.startsWith('../') ? null : name || null }))
          return path.startsWith('../') && name !== 'sticker' ? name : ''
        })
        // two blanks at the end of a line are a line break of Markdown
        .replaceAll(/ {2}$/gmu, '')
        .replaceAll(/\n{3,}/g, '\n\n')
        .replaceAll(/(?<=^>.*)\n\n(?!>)/gmu, '\n')
        .trim()
      const message: Partial<ParsedMessage> = { text: CALL.test(words) ? `📞 ${words}` : words }
      if (files.length > 0) message.files = files
      if (reactions.length > 0) message.reactions = reactions
      return words === '' && files.length === 0 ? 'notice' : message
    }
  }
}

/** Markdown of signal-export. WhatsApp has the same times on some phones, but neither its links nor its line breaks. */
export const signalMarkdown = textHistory({
  format: 'signal',
  matches({ lines, name }) {
    const entries = lines.filter((line) => ENTRY.test(line))
    if (entries.length === 0 || !ENTRY.test(lines[0] ?? '')) return false
    const links = lines.filter((line) => /\]\(\.\/media\//.test(line) || /^\(- .+ -\)/u.test(line)).length
    const breaks = entries.filter((line) => line.endsWith('  ')).length
    return links > 0 || breaks * 2 > entries.length || (/^(?:chat|index)$/i.test(name) && breaks > 0)
  },
  open
})
