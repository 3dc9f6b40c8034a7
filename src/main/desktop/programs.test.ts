/** File types that are never opened from Mnemo, and the mark of the internet on files. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/files.ts'
import { markAsForeign } from './origin-mark.ts'
import { isProgram } from './programs.ts'

test.each([
  'a.exe',
  'A.EXE',
  'a.exe.',
  'a.exe ',
  'a.txt.lnk',
  'a.exe:stream',
  'a.txt:evil.exe',
  'a\u200b.e\u200bxe',
  'a.ｅｘｅ',
  '.exe',
  'form.docm',
  'disk.iso',
  'x.settingcontent-ms',
  'x.library-ms',
  'x.inetloc',
  'x.mobileconfig',
  'x.pyz',
  'x.jnlp',
  'x.msix',
  'x.appx',
  'x.vhd',
  'x.chm',
  'x.xll',
  'x.slk',
  'x.xlsm',
  'page.html',
  'drawing.svg',
  'run.sh',
  'x.AppImage',
  'x.desktop',
  'x.command'
])('%j is a program', (name) => {
  expect(isProgram(name)).toBe(true)
})
test.each(['a.txt', 'a.pdf', 'exe', 'a.exe.txt', 'a.docx', 'photo.jpg', 'notes', 'a.zip', '会议纪要.xlsx', 'a:b.txt', ''])('%j is none', (name) => {
  expect(isProgram(name)).toBe(false)
})

test('on Windows a saved file gets the mark of the internet; other systems without marks get none', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'a.docx')
  writeFileSync(path, 'x')
  // on other systems, a stream is a file of that name
  await markAsForeign(path, 'win32')
  expect(readFileSync(`${path}:Zone.Identifier`, 'latin1')).toBe('[ZoneTransfer]\r\nZoneId=3\r\n')
  await markAsForeign(join(folder.path, 'nowhere', 'b'), 'win32')
  await markAsForeign(join(folder.path, 'c'), 'linux')
  expect(existsSync(join(folder.path, 'c'))).toBe(false)
})
