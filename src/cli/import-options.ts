/** Options of an import, from the command line. */
import { ImportColumns, ImportOptions } from '../contract/history-files.ts'
import { ENCODINGS } from '../engine/history-files/decoding.ts'
import { text, UsageError, type Values } from './profile.ts'

/** Throws UsageError. `columns` is read by columnsOf, once the headings are known. */
export function importOptions(values: Values, password: string | null): ImportOptions {
  const options = ImportOptions.safeParse({
    encoding: text(values, 'encoding'),
    order: text(values, 'date-order'),
    columns: null,
    badTimes: text(values, 'bad-times'),
    password
  })
  if (!options.success || (options.data.encoding !== null && !ENCODINGS.some((name) => name === options.data.encoding)))
    throw new UsageError('--encoding, --date-order and --bad-times take what --help says')
  return options.data
}

export const COLUMNS = ImportColumns.keyof().options

/** Columns of --columns time=Date,text=3: by heading, or by number from 1; all others are left out. Throws UsageError. */
export function columnsOf(given: string, heading: readonly string[]): ImportColumns {
  const columns: ImportColumns = { time: null, clock: null, sender: null, text: null, conversation: null, direction: null, files: null }
  const plain = (name: string): string => name.normalize('NFKC').trim().toLowerCase()
  // a heading may contain a comma
  for (const pair of given.split(new RegExp(`,(?=\\s*(?:${COLUMNS.join('|')})\\s*=)`, 'i'))) {
    const [, name = '', place = ''] = /^([^=]*)=(.*)$/s.exec(pair) ?? []
    const column = COLUMNS.find((one) => one === plain(name))
    if (column === undefined) throw new UsageError(`--columns knows: ${COLUMNS.map((one) => `${one}=NAME`).join(',')}`)
    const named = heading.findIndex((one) => plain(one) === plain(place) && plain(place) !== '')
    const number = /^\d{1,3}$/.test(plain(place)) ? Number(plain(place)) - 1 : -1
    const index = named >= 0 ? named : number
    if (index < 0 || index > 500 || (heading.length > 0 && index >= heading.length))
      throw new UsageError(
        `there is no column '${place.trim()}'${heading.length === 0 ? '; the table has no headings: give numbers from 1' : `; there are: ${heading.join(', ')}`}`
      )
    columns[column] = index
  }
  if (columns.time === null || columns.text === null) throw new UsageError('--columns takes at least time=NAME,text=NAME')
  return columns
}
