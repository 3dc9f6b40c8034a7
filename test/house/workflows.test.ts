/** Workflows of .github, checked by GitHub's own language service: keys, values, expressions, dependencies between jobs. */
import { validate } from '@actions/languageservice'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { ROOT } from '../support/files.ts'

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Counter for unique addresses: the service caches each text by its address. */
let texts = 0

/** Problems of a workflow, with their lines. */
async function faults(file: string, text: string): Promise<string[]> {
  const found = await validate(TextDocument.create(`file:///${++texts}/${file}`, 'yaml', 1, text))
  return found.map(({ range, message }) => `${file}:${range.start.line + 1}: ${message}`)
}

const files = globSync('.github/workflows/*.yml', { cwd: ROOT }).sort()

test.each(files)('%s is valid', async (file) => {
  expect(await faults(file, read(file))).toEqual([])
})

test.each([
  ['runs-on: ${{ matrix.system }}', 'runs_on: ${{ matrix.system }}', /runs_on/],
  ['timeout-minutes: 60', 'timeout-minutes: soon', /soon/],
  ['contents: read', 'contents: reed', /reed/],
  ['${{ matrix.system }}', '${{ matrix.sistem }}', /sistem/],
  ['${{ matrix.system }}', '${{ matrx.system }}', /matrx/],
  ['needs: pack', 'needs: pak', /pak/]
])('an error is found: %s as %s', async (right, wrong, message) => {
  const file = '.github/workflows/release.yml'
  expect(read(file)).toContain(right)
  expect((await faults(file, read(file).replace(right, wrong))).join('\n')).toMatch(message)
})
