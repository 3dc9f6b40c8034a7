/** History files of Psi and Psi+, ADDRESS.history: '|2024-05-31T09:30:00|1|from|N---|text', one message per line; times are local. */
import type { ConversationHead } from '../history.ts'
import type { TextFile } from '../source.ts'
import { readStamp } from './stamps.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'

const LINE = /^\|(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\|(\d+)\|(to|from)\|([^|]*)\|(.*)$/
/** Event types written by people: message, chat. */
const WRITTEN = new Set(['0', '1', '4', '5'])

function open(file: TextFile): TextReader {
  const address = file.name.replaceAll('_at_', '@').replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  const head: ConversationHead = { name: address, id: address.includes('@') ? `xmpp:${address}` : null }
  return {
    line(text): LineRead {
      const [, written, kind = '', direction, flags = '', rest = ''] = LINE.exec(text) ?? []
      if (written === undefined) return null
      // with flag 'S' a subject precedes the text, with 'U' addresses: both end at the next bar
      const parts = flags.replace(/^N|-/g, '').length > 0 && rest.includes('|') ? rest.slice(rest.lastIndexOf('|') + 1) : rest
      const said = parts.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one === 'p' ? '|' : one === '\\' ? '\\' : `\\${one}`))
      return {
        stamp: readStamp(written),
        written,
        sender: WRITTEN.has(kind) && said !== '' ? (direction === 'to' ? 'Me' : address) : null,
        text: said,
        outgoing: direction === 'to'
      }
    },
    head: () => head
  }
}

/** History of Psi. */
export const psi = textHistory({ format: 'psi', matches: ({ lines }) => LINE.test(lines[0] ?? ''), open })
