/** Format of a history in an SQLite database. */
import type Database from 'better-sqlite3'
import type { ParsedHistory } from '../history.ts'

export type ReadDatabase = Database.Database
export interface DatabaseFormat {
  matches(tables: ReadonlySet<string>): boolean
  /** `media`: size of a file in bytes by its path beside the database; null: missing. */
  read(db: ReadDatabase, media: (source: string) => number | null): ParsedHistory
}

/** Columns of a table: older versions have fewer. */
export const columnsOf = (db: ReadDatabase, table: string): ReadonlySet<string> =>
  new Set(db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table))
