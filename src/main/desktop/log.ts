/** Log file in the profile; it holds no message text, address or password. */
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../../engine/log.ts'

const LARGEST = 1_000_000

/** Removes anything that looks like an address, whichever code wrote the line. */
export const redact = (text: string): string => text.replace(/[^\s@"'<>()]+@[^\s@"'<>(),;]+/g, '<address>')

/** Opens the log. A line that cannot be written, as on a full disk or in a read-only folder, is dropped: its writer has to go on. */
export function fileLog(path: string): Log {
  const write = (level: string, message: string): void => {
    try {
      mkdirSync(dirname(path), { recursive: true })
      if (existsSync(path) && statSync(path).size > LARGEST) renameSync(path, `${path}.1`)
      appendFileSync(path, `${new Date().toISOString()} ${level} ${redact(message)}\n`, { mode: 0o600 })
    } catch {
      return
    }
  }
  return { info: (message) => write('info', message), warn: (message) => write('warn', message) }
}
