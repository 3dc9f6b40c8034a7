import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/files.ts'
import { gradient } from '../../../test/support/pictures.ts'
import { LARGEST_STICKER } from '../../contract/stickers.ts'
import { isAnimated, stickerName, stickerPicture, stickersInZip } from './sticker-files.ts'

const PNG = gradient(64, 48, [255, 0, 0], [0, 0, 255])
/** GIF of one pixel, with and without the loop extension (GIF89a, Netscape). */
const STILL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const MOVING = Buffer.concat([
  STILL.subarray(0, 19),
  Buffer.from([0x21, 0xff, 11]),
  Buffer.from('NETSCAPE2.0'),
  Buffer.from([3, 1, 0, 0, 0]),
  STILL.subarray(19)
])

async function zip(files: Record<string, Buffer>, change: (archive: Buffer) => Buffer = (archive) => archive, mode = 0o100644): Promise<string> {
  const archive = new ZipFile()
  for (const [name, content] of Object.entries(files)) archive.addBuffer(content, name, { mode })
  archive.end()
  const path = join(folder.path, `${Object.keys(files).length}-${Math.random()}.zip`)
  writeFileSync(path, change(await buffer(archive.outputStream)))
  return path
}
const folder = temporaryFolder()
const names = async (path: string): Promise<string[]> => (await stickersInZip(path)).pictures.map(({ name }) => name)

test('the pictures of a pack are taken, all else is left out', async () => {
  const path = await zip({
    'cats/开心.png': PNG,
    'cats/wave.gif': MOVING,
    'readme.txt': Buffer.from('hi'),
    'a.png': Buffer.from('no picture'),
    '__MACOSX/cats/._开心.png': PNG
  })
  const { pictures, skipped } = await stickersInZip(path)
  expect(pictures.map(({ name, ending, width, height, animated }) => [name, ending, width, height, animated])).toEqual([
    ['开心', 'png', 64, 48, false],
    ['wave', 'gif', 1, 1, true]
  ])
  expect(skipped).toBe(2)
})

test('an archive with names outside of its folder is refused entirely', async () => {
  const out = (to: string) => (archive: Buffer) => Buffer.from(archive.toString('latin1').replaceAll('aa/bb/', to), 'latin1')
  for (const to of ['../../', '/root/', 'C:/aa/']) await expect(names(await zip({ 'aa/bb/x.png': PNG }, out(to)))).rejects.toThrow()
})

test('an entry that unpacks too large is skipped, or refused if its size is false', async () => {
  expect(await names(await zip({ 'bomb.png': Buffer.alloc(50 * LARGEST_STICKER), 'a.png': PNG }))).toEqual(['a'])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(5 * LARGEST_STICKER)
  const lying = (archive: Buffer): Buffer => {
    const small = Buffer.alloc(4)
    small.writeUInt32LE(1000)
    for (let at = archive.indexOf(size); at >= 0; at = archive.indexOf(size, at)) small.copy(archive, at)
    return archive
  }
  await expect(names(await zip({ 'bomb.png': Buffer.alloc(5 * LARGEST_STICKER) }, lying))).rejects.toThrow()
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}.png`, PNG]))
  await expect(names(await zip(many))).rejects.toThrow('too many')
  // each picture is small, the sum is too large
  const large = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`${i}.png`, Buffer.alloc(LARGEST_STICKER)]))
  await expect(names(await zip(large))).rejects.toThrow('too large')
})

test('links are not followed, and a file that is no archive is refused', async () => {
  expect(await names(await zip({ 'link.png': Buffer.from('/etc/passwd'), 'b.png': PNG }, undefined, 0o120777))).toEqual([])
  const path = join(folder.path, 'none.zip')
  writeFileSync(path, PNG)
  await expect(names(path)).rejects.toThrow()
})

test('pictures and animations are recognized by their content', () => {
  expect(stickerPicture(gradient(2000, 10, [0, 0, 0], [1, 1, 1]))).toBeNull()
  expect(stickerPicture(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'))).toBeNull()
  expect([isAnimated(STILL, 'gif'), isAnimated(MOVING, 'gif'), isAnimated(PNG, 'png')]).toEqual([false, true, false])
  const header = Buffer.from('RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02', 'latin1')
  expect(isAnimated(header, 'webp')).toBe(true)
  const apng = Buffer.concat([PNG.subarray(0, 33), Buffer.from('\0\0\0\x08acTL\0\0\0\x02\0\0\0\0xxxx', 'latin1'), PNG.subarray(33)])
  expect(isAnimated(apng, 'png')).toBe(true)
  expect(stickerName('a/b\u202egnp.sticker.webp')).toBe('bgnp')
})
