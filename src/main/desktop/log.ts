/** A log file in the profile; no message text, address or password goes in. */
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../../engine/log.ts'

const LARGEST = 1_000_000

/** What looks like an address is cut out, whoever wrote the line. */
export const redact = (text: string): string => text.replace(/[^\s@"'<>()]+@[^\s@"'<>(),;]+/g, '<address>')

/** A line that cannot be written, on a full disk or in a folder that takes nothing, is left out: whoever had something to tell has to go on. */
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
