/** Pages are split into messages wherever their bytes are cut, and overlong pieces are truncated. */
import { expect, test } from 'vitest'
import { chunksOf } from './chunk-history.ts'

async function chunks(text: string, size: number, starts: string[]): Promise<string[]> {
  const found: string[] = []
  const pieces = async function* (): AsyncIterable<string> {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
  }
  for await (const chunk of chunksOf({ pieces }, starts)) found.push(chunk)
  return found
}

test.each([1, 2, 3, 5, 7, 100])('words that are cut between pieces of %i are found', async (size) => {
  expect(await chunks('head<tr>one<tr x>two</table>', size, ['<tr>', '<tr '])).toEqual(['head', '<tr>one', '<tr x>two</table>'])
  expect(await chunks('<tr>one', size, ['<tr>'])).toEqual(['<tr>one'])
})

test('a piece of megabytes keeps its beginning, and later ones are read', async () => {
  const found = await chunks(`<tr>one${'A'.repeat(9_000_000)}<tr>two${'B'.repeat(3_000_000)}`, 65_536, ['<tr>'])
  expect(found.map((chunk) => chunk.slice(0, 7))).toEqual(['<tr>one', '<tr>two'])
  expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(2_100_000)
})
