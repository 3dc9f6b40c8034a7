/** An empty store, made once per run by vitest's global set-up: tests begin with a copy of it, instead of with the migrations of every version. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWritable } from '../../src/engine/store/database.ts'
import { BLANK_STORE, storeFiles } from './files.ts'

export function setup(): () => void {
  // several projects of one run share one store
  if (process.env[BLANK_STORE] !== undefined) return () => undefined
  const folder = mkdtempSync(join(tmpdir(), 'mnemo-blank-'))
  const files = storeFiles(folder)
  openWritable(files).close()
  process.env[BLANK_STORE] = files.file
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
