/** Page exports of Meta in an archive, and files within an SMS backup. */
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { temporaryFolder } from '../../../../test/support/files.ts'
import { wholeHistory } from '../../../../test/support/whole-history.ts'
import { FOUND, type ParsedFile } from '../history.ts'
import { readHistory } from '../read.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => (folder = temporaryFolder()))
afterEach(() => folder[Symbol.dispose]())

async function zipped(files: Record<string, string>): Promise<string> {
  const archive = new ZipFile()
  for (const [path, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), path)
  archive.end()
  const path = join(folder.path, 'export.zip')
  await pipeline(archive.outputStream, createWriteStream(path))
  return path
}
const entry = (sender: string, content: string, time: string): string =>
  `<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_3-95 _2pim _a6-h _a6-i">${sender}</h2><div class="_3-95 _a6-p">${content}</div><div class="_3-94 _a6-o">${time}</div></div>`
const page = (title: string, ...entries: string[]): string => `<html><head><title>${title}</title></head><body>${entries.join('')}</body></html>`

test('threads of deleted people with one name stay two; pages of a thread are joined with their files, and other pages are named as left out', async () => {
  const root = 'your_instagram_activity/messages/inbox'
  const photo = `${root}/instagramuser_2/photos/7.jpg`
  const { format, conversations, ids, unread } = await wholeHistory(
    await zipped({
      [`${root}/instagramuser_1/message_1.html`]: page('Instagram User', entry('Instagram User', '<div>one</div>', 'May 31, 2024 9:30 am')),
      [`${root}/instagramuser_2/message_1.html`]: page(
        'Instagram User',
        entry('me', `<div><a href="${photo}"><img src="${photo}" /></a></div>`, 'May 31, 2024 9:30 am')
      ),
      [`${root}/instagramuser_2/message_2.html`]: page('Instagram User', entry('Instagram User', '<div>older</div>', 'May 30, 2024 9:30 am')),
      [photo]: 'jpg',
      'your_instagram_activity/likes/liked_posts.html': page('Likes', entry('someone', '', 'May 1, 2024 9:30 am'), entry('other', '', 'May 2, 2024 9:30 am'))
    })
  )
  expect(format).toBe('messenger')
  expect(new Set(ids)).toEqual(new Set(['messenger-page:inbox/instagramuser_1', 'messenger-page:inbox/instagramuser_2']))
  expect(conversations['Instagram User']?.map(({ sender, text, files = [] }) => [sender, text, ...files.map(({ source }) => source)])).toEqual([
    ['Instagram User', 'one'],
    ['me', '', photo],
    ['Instagram User', 'older']
  ])
  expect(unread).toEqual(['other: export.zip/your_instagram_activity/likes/liked_posts.html'])
})

test('files within an SMS backup are extracted, whatever their length, and a text that only looks like one is a text', async () => {
  const long = Buffer.alloc(3_000_000, 'picture ')
  const part = (name: string, data: Buffer): string => `<part seq="0" ct="image/jpeg" name="${name}" text="null" data="${data.toString('base64')}" />`
  const path = join(folder.path, 'sms.xml')
  writeFileSync(
    path,
    `<?xml version='1.0' encoding='UTF-8' ?><!-- It's "data='x'" --><smses count="2"><sms address="1" date="1717147800000" type="1" body='é data="no"' />` +
      `<mms date="1717147890000" msg_box="1" address="1"><parts>${part('a.jpg', long)}<part ct="text/plain" text="between" />${part('b.jpg', Buffer.from('b'))}</parts></mms></smses>`
  )
  const opened = await readHistory(path, null, FOUND)
  const texts: string[] = []
  const files: ParsedFile[] = []
  await opened.history.read({
    conversation: () => undefined,
    message: (message) => {
      texts.push(message.text)
      files.push(...(message.files ?? []))
    },
    notice: () => undefined,
    unread: (kind, line) => expect.unreachable(`${kind}: ${line}`),
    rest: () => Promise.resolve()
  })
  expect(texts).toEqual(['é data="no"', 'between'])
  const contents: Buffer[] = []
  for (const { source } of files) contents.push(await buffer((await opened.open(source ?? '')) ?? expect.unreachable('it is not there')))
  expect(files.map(({ name }) => name)).toEqual(['a.jpg', 'b.jpg'])
  expect(contents[0]?.equals(long)).toBe(true)
  expect(contents[1]?.toString()).toBe('b')
  opened.close()
})
