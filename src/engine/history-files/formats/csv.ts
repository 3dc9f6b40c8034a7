/** Rows of CSV as a stream, whoever reads them; what is no CSV is an ImportError with its line. */
import { CsvError, parse, type Options } from 'csv-parse'
import { Readable } from 'node:stream'
import { ImportError } from '../history.ts'
import type { TextFile } from '../source.ts'

/** No row is so long, characters. */
const LONGEST_ROW = 50_000_000

/** Records as the options ask for them. Throws ImportError. */
export async function* csvRows(file: TextFile, options: Options): AsyncIterable<unknown> {
  const parser = parse({ bom: true, skip_empty_lines: true, relax_column_count: true, relax_quotes: true, max_record_size: LONGEST_ROW, ...options })
  const source = Readable.from(file.pieces())
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)
  try {
    for await (const row of parser) yield row
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new ImportError(file.file, Number((error as unknown as { lines?: number }).lines ?? 0) || null, `this is not CSV (${error.message})`, 'broken')
  } finally {
    source.destroy()
  }
}
