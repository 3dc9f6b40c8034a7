/** Histories in SQLite databases: Gajim, Dino, Monal, and Apple's chat.db. They are opened read-only. */
import Database from 'better-sqlite3'
import { basename } from 'node:path'
import { ImportError, type ParsedHistory, type ReadOptions, type Sink } from '../history.ts'
import type { DatabaseFormat, ReadDatabase } from './database-format.ts'
import { dino } from './dino.ts'
import { gajim, gajimArchive } from './gajim.ts'
import { imessageDatabase } from './imessage-database.ts'
import { monal } from './monal.ts'

const FORMATS: readonly DatabaseFormat[] = [dino, gajim, gajimArchive, monal, imessageDatabase]

/** True if these first bytes belong to an SQLite database (https://sqlite.org/fileformat.html#magic_header_string). */
export const isDatabase = (first: Buffer): boolean => first.toString('latin1', 0, 16) === 'SQLite format 3\u0000'

/** Throws ImportError. */
export function readDatabase(path: string, { addon }: Pick<ReadOptions, 'addon'>, media: (source: string) => number | null): ParsedHistory {
  const open = (): ReadDatabase =>
    new Database(path, { readonly: true, fileMustExist: true, ...(addon === undefined || addon === null ? {} : { nativeBinding: addon }) })
  const db = open()
  try {
    const tables = new Set(db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all())
    const format = FORMATS.find((one) => one.matches(tables))
    if (format === undefined) throw new ImportError(basename(path), null, 'this is a database, but not one of Gajim, Dino, Monal or Messages', 'other-format')
    const { read, ...known } = format.read(db, media)
    void read
    return {
      ...known,
      async read(sink) {
        const again = open()
        let told = 0
        const counting: Sink = {
          conversation: (head) => sink.conversation(head),
          message: (message) => {
            told++
            sink.message(message)
          },
          notice: () => sink.notice(),
          unread: (kind, line) => sink.unread(kind, line),
          rest: () => sink.rest()
        }
        try {
          await format.read(again, media).read(counting)
        } catch (error) {
          // a damaged page ends the reading; everything before it is valid
          if (told === 0 || !(error instanceof Database.SqliteError)) throw error
          sink.unread('broken', `${basename(path)}: ${error.message}`)
        } finally {
          again.close()
        }
      }
    }
  } finally {
    db.close()
  }
}
