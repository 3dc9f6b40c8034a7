import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { shareSockets } from './desktop.ts'

const isRoot = process.getuid?.() === 0
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'mnemo-sockets-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const mode = (path: string): number => statSync(path).mode & 0o1777

test.runIf(isRoot)("every user may create a socket in the folder of displays, whatever the umask and the folder's owner", () => {
  const missing = join(folder(), 'sockets')
  shareSockets(missing)
  expect(mode(missing)).toBe(0o1777)
  const narrow = join(folder(), 'sockets')
  mkdirSync(narrow, { mode: 0o755 })
  shareSockets(narrow)
  expect(mode(narrow)).toBe(0o1777)
})

test.runIf(isRoot)('a symbolic link in its place does not open up another folder', () => {
  const target = folder()
  const link = join(folder(), 'sockets')
  symlinkSync(target, link)
  const before = mode(target)
  shareSockets(link)
  expect(mode(target)).toBe(before)
})
