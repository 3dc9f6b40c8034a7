/** Database handles by permission: readable or writable. */
import type Database from 'better-sqlite3'

export type WritableDB = Database.Database & { readonly __may: 'write' }
export type ReadableDB = Database.Database & { readonly __may?: 'write' | 'read' }
