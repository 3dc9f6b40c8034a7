import { expect, test } from 'vitest'
import { fileNameParts } from './file-name.ts'

const CASES: [name: string, stem: string, ending: string][] = [
  ['report.pdf', 'report', '.pdf'],
  ['2026 年度报告（终稿）.docx', '2026 年度报告（终稿）', '.docx'],
  ['backup.2026-11-26.tar.gz', 'backup.2026-11-26', '.tar.gz'],
  ['README', 'README', ''],
  ['.profile', '.profile', ''],
  ['What happened. And then', 'What happened. And then', ''],
  ['v1.2', 'v1', '.2'],
  ['photo\u202egpj.exe', 'photo\u202egpj', '.exe'],
  ['photo.\u202egpj', 'photo.\u202egpj', ''],
  ['', '', '']
]

test.each(CASES)('the extension of %j is split off', (name, stem, ending) => {
  expect(fileNameParts(name)).toEqual({ stem, ending })
})
