/** Test disks: small, full and read-only. They need root; without it, tests that use them are skipped. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'

/** Mounts a small disk at `path`; false if that is not possible. */
export function mountSmallDisk(path: string, megabytes: number): boolean {
  mkdirSync(path, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Makes the disk read-only, or writable again. */
export function makeReadOnly(path: string, on: boolean): void {
  execFileSync('mount', ['-o', `remount,${on ? 'ro' : 'rw'}`, path], { stdio: 'ignore' })
}

/** Unmounts the disk; its content is gone. */
export function unmount(path: string): void {
  execFileSync('umount', ['-l', path], { stdio: 'ignore' })
}

/** Writes until the disk is full. */
export function fillDisk(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (const block = Buffer.alloc(65_536); ;) writeSync(file, block)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}
