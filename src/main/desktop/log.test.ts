import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fillDisk, mountSmallDisk, unmount } from '../../../test/support/disk.ts'
import { temporaryFolder } from '../../../test/support/files.ts'
import { fileLog, redact } from './log.ts'

test('no address reaches the log', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'logs', 'mnemo.log')
  fileLog(path).warn('storing messages of 李雷@例子.中国 failed; <bob@example.org/phone> too')
  expect(readFileSync(path, 'utf8')).toMatch(/ warn storing messages of <address> failed; <<address>> too\n$/)
  expect(redact('room@rooms.example.org refused to let us in: conflict')).toBe('<address> refused to let us in: conflict')
})

test('logging never throws, whatever the path, and resumes when it can', () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'file'), '')
  mkdirSync(join(folder.path, 'folder.log'))
  const hopeless = [join(folder.path, 'file', 'mnemo.log'), join(folder.path, 'folder.log'), `${folder.path}/\0`]
  for (const path of hopeless) {
    const log = fileLog(path)
    log.info('a line')
    log.warn('another one')
  }
  const path = join(folder.path, 'file', 'mnemo.log')
  const log = fileLog(path)
  log.warn('lost')
  rmSync(join(folder.path, 'file'))
  log.warn('written')
  expect(readFileSync(path, 'utf8')).toMatch(/ warn written\n$/)
})

test('on a full disk lines are dropped, and their writers go on', (context) => {
  using folder = temporaryFolder()
  const disk = join(folder.path, 'disk')
  if (!mountSmallDisk(disk, 1)) context.skip('no small disk here: that takes root')
  try {
    const path = join(disk, 'logs', 'mnemo.log')
    const log = fileLog(path)
    log.warn('before')
    fillDisk(join(disk, 'filler'))
    for (let i = 0; i < 2000; i++) log.warn(`while it is full ${i}`)
    rmSync(join(disk, 'filler'))
    log.warn('after')
    expect(readFileSync(path, 'utf8')).toMatch(/^\S+ warn before\n[^]*\S+ warn after\n$/)
  } finally {
    unmount(disk)
  }
})
