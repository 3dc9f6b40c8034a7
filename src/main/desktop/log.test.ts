import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/files.ts'
import { fileLog, redact } from './log.ts'

test('no address reaches the log', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'logs', 'mnemo.log')
  fileLog(path).warn('storing messages of 李雷@例子.中国 failed; <bob@example.org/phone> too')
  expect(readFileSync(path, 'utf8')).toMatch(/ warn storing messages of <address> failed; <<address>> too\n$/)
  expect(redact('room@rooms.example.org refused to let us in: conflict')).toBe('<address> refused to let us in: conflict')
})
