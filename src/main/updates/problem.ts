/** Problems of an update, as shown to the user. */
import type { UpdateProblem } from '../../contract/updates.ts'

/** Maps an error by its code: of electron-updater, of Node's file system, or of Chromium's network (net::ERR_...). */
export function problemOf(error: unknown): UpdateProblem {
  const { code = '', message = '', statusCode } = error as { code?: string; message?: string; statusCode?: number }
  if (code === 'ERR_CHECKSUM_MISMATCH') return 'checksum'
  if (code === 'ERR_UPDATER_INVALID_SIGNATURE') return 'signature'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full'
  if (
    statusCode !== undefined ||
    message.includes('net::ERR_') ||
    /^(E(CONN|PIPE|HOST|NET|AI|TIMEDOUT)|ENOTFOUND)/.test(code) ||
    /abort|closed|socket|network|timed? ?out/i.test(message)
  )
    return 'network'
  return 'other'
}
