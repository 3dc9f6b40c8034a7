/** Disks of tests: small ones, full ones, read-only ones. They take root; without it the tests that need them are left out. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'

/** A small disk of its own at `path`; false where this may not be had. */
export function mountSmallDisk(path: string, megabytes: number): boolean {
  mkdirSync(path, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Nothing can be written to it any more, or again. */
export function makeReadOnly(path: string, on: boolean): void {
  execFileSync('mount', ['-o', `remount,${on ? 'ro' : 'rw'}`, path], { stdio: 'ignore' })
}

/** The disk and all that is on it is gone. */
export function unmount(path: string): void {
  execFileSync('umount', ['-l', path], { stdio: 'ignore' })
}

/** Writes until the disk has no room. */
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
