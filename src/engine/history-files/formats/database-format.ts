/** The shape of a history that is an SQLite database. */
import type Database from 'better-sqlite3'
import type { ParsedHistory } from '../history.ts'

export type ReadDatabase = Database.Database
export interface DatabaseFormat {
  matches(tables: ReadonlySet<string>): boolean
  /** `media`: bytes of a file by its path beside the database; null: it is not there. */
  read(db: ReadDatabase, media: (source: string) => number | null): ParsedHistory
}

/** The columns of a table: older versions have fewer. */
export const columnsOf = (db: ReadDatabase, table: string): ReadonlySet<string> =>
  new Set(db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table))
