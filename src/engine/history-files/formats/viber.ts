/** Viber export of its desktop app (.csv): date, time, name, number and text, without a heading. */
import { beginning, ImportError, type ConversationHead, type ParsedMessage } from '../history.ts'
import type { TextFile } from '../source.ts'
import { csvRows, PLAIN_CSV } from './csv.ts'
import type { Format, Probe } from './format.ts'
import { bareOf } from './left-out.ts'
import { readStamp } from './stamps.ts'
import { Orders, timeOf } from './times.ts'

/** 31/05/2024,09:30:15,Anna,+491701234567,text */
const ROW = /^"?\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}"?[,;]"?\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?"?[,;](?:"[^"]*"|[^,;]*)[,;]"?(?:\+?[\d ()-]{5,20}|Me)?"?[,;]/i

async function* rowsOf(file: TextFile, separator: string): AsyncIterable<string[]> {
  for await (const { cells } of csvRows(file, { ...PLAIN_CSV, separator })) yield cells
}

const isViber = ({ lines }: Probe): boolean => lines.length > 0 && lines.slice(0, 5).filter((line) => ROW.test(line)).length >= Math.min(2, lines.length)

/** Table of Viber (.csv). */
export const viber: Format = {
  name: 'viber',
  matches: isViber,
  async read(file, options) {
    const orders = new Orders()
    let separator = ','
    for await (const piece of file.pieces()) {
      separator = (piece.slice(0, 200).split(';').length ?? 0) > piece.slice(0, 200).split(',').length ? ';' : ','
      break
    }
    const stampOf = ([date = '', clock = '']: string[]): ReturnType<typeof readStamp> => readStamp(`${date.trim()} ${clock.trim()}`)
    let found = 0
    for await (const row of rowsOf(file, separator)) {
      const stamp = stampOf(row)
      if (stamp === null) continue
      found++
      orders.add(stamp)
    }
    if (found === 0) throw new ImportError(file.file, null, 'there are no messages in it', 'empty')
    const order = options.order === null ? orders.best() : { order: options.order, sure: true }
    const head: ConversationHead = { name: file.name, id: null }
    return {
      format: 'viber',
      self: null,
      encoding: file.encoding,
      order,
      columns: null,
      async read(sink) {
        sink.conversation(head)
        let last = -Infinity
        let count = 0
        for await (const row of rowsOf(file, separator)) {
          if (++count % 2000 === 0) await sink.rest()
          const stamp = stampOf(row)
          const [date = '', clock = '', name = '', number = '', ...text] = row
          if (row.length < 5) {
            sink.unread('row', `${count}: ${beginning(row.join(separator))}`)
            continue
          }
          const time = stamp === null ? null : timeOf(stamp, order.order, last)
          if (time !== null) last = time
          const message: ParsedMessage = { sender: name.trim() || number.trim() || '?', time, text: text.join(separator) }
          if (time === null) message.stamp = beginning(`${date} ${clock}`)
          if (number.trim() === 'Me' || name.trim() === 'Me') message.outgoing = true
          Object.assign(message, bareOf(message.text, file))
          if (message.text === '' && message.files === undefined) sink.unread('text', `${count}: ${beginning(row.join(separator))}`)
          else sink.message(message)
        }
        await sink.rest()
      }
    }
  }
}
