/** Facts about the machine needed before Electron is ready. Uses Node only. */
import { accessSync, constants, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unwritable } from '../engine/store/database.ts'

/** Shared memory of Chromium's pages and its browser process (shm_open(3)). */
const SHARED_MEMORY = '/dev/shm'
/** Minimum free shared memory, bytes. A window of Mnemo takes 5 to 20 MB of it. */
const ENOUGH_SHARED_MEMORY = 128 << 20

/** Whether /dev/shm is missing, not writable by this user, or too full for windows; only Linux has it. */
export function sharedMemoryIsShort(folder = SHARED_MEMORY): boolean {
  if (process.platform !== 'linux') return false
  try {
    accessSync(folder, constants.W_OK)
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize < ENOUGH_SHARED_MEMORY
  } catch {
    return true
  }
}

/** Errors of a full disk, whose history can still be read. */
const FULL = new Set(['ENOSPC', 'EDQUOT'])

/** Creates the profile's folder and writes a byte there. Throws StoreOpenError 'io' with a sentence for the user. */
export function ensureWritable(folder: string): void {
  const probe = join(folder, `.writable-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(probe, '.')
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error))
    if (!('code' in cause && FULL.has(String(cause.code)))) throw unwritable(folder, cause)
  }
  try {
    rmSync(probe, { force: true })
  } catch {
    // a folder that accepts files but does not return them, such as a mail drop: the lock file decides
  }
}
