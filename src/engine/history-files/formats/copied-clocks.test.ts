/** Texts copied out of windows that show only the time of the day, or words for days. */
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test/support/files.ts'
import { FOUND } from '../history.ts'
import { readHistory } from '../read.ts'
import { shownTime } from './day-words.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => (folder = temporaryFolder()))
afterEach(() => folder[Symbol.dispose]())

// a Friday
const SAVED = new Date(2024, 4, 31, 16, 0)
const two = (number: number): string => String(number).padStart(2, '0')
async function read(text: string): Promise<string[]> {
  const path = join(folder.path, 'copy.txt')
  writeFileSync(path, text)
  utimesSync(path, SAVED, SAVED)
  const { history } = await readHistory(path, null, FOUND)
  expect(history.format).toBe('copied')
  const found: string[] = []
  await history.read({
    conversation: () => undefined,
    message({ time, sender, text: said, files = [] }) {
      const date = new Date(time ?? NaN)
      const when = `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
      found.push(`${when} ${sender}: ${[said, ...files.map(({ kind, name }) => `[${kind} ${name}]`)].filter((part) => part !== '').join(' ')}`)
    },
    notice: () => undefined,
    unread: () => undefined,
    rest: () => Promise.resolve()
  })
  return found
}

test.each([
  [
    'Slack, name and time in one line',
    'Ann Lee  9:30 AM\nhello\n9:31\nmore\nBob  9:32 AM\nhi\n',
    ['05-31 09:30 Ann Lee: hello', '05-31 09:31 Ann Lee: more', '05-31 09:32 Bob: hi']
  ],
  ['Teams without blank lines', '[Yesterday 3:04 PM] Ann Lee\nhello\n[Today 3:05 PM] Bob\nok\n', ['05-30 15:04 Ann Lee: hello', '05-31 15:05 Bob: ok']],
  ['name and time (Feishu, DingTalk)', '张三 15:04\n你好\n\n李四 15:05\n好的\n第二行\n', ['05-31 15:04 张三: 你好', '05-31 15:05 李四: 好的\n第二行']],
  ['name and time with seconds', '张三 15:04:11\n你好\n张三 15:04:30\n在吗\n', ['05-31 15:04 张三: 你好', '05-31 15:04 张三: 在吗']],
  ['time in brackets first (Teams)', '[3:04 PM] Ann Lee\nhello\n\n[3:05 PM] Bob\nok\n', ['05-31 15:04 Ann Lee: hello', '05-31 15:05 Bob: ok']],
  ['words for days', '张三 昨天 15:04\n你好\n\n李四 今天 09:05\n好的\n', ['05-30 15:04 张三: 你好', '05-31 09:05 李四: 好的']],
  ['weekdays', '张三 星期三 下午3:04\n你好\n\n李四 昨天 09:05\n好的\n', ['05-29 15:04 张三: 你好', '05-30 09:05 李四: 好的']],
  ['Discord', 'Ann — Yesterday at 3:04 PM\nhello\n\nBob — Today at 9:05 AM\nok\n', ['05-30 15:04 Ann: hello', '05-31 09:05 Bob: ok']],
  ['German', 'Anna gestern 15:04\nhallo\n\nBernd heute 09:05\nok\n', ['05-30 15:04 Anna: hallo', '05-31 09:05 Bernd: ok']],
  ['Japanese', '山田 昨日 15:04\nこんにちは\n\n田中 今日 9:05\nどうも\n', ['05-30 15:04 山田: こんにちは', '05-31 09:05 田中: どうも']],
  [
    'over midnight, before the file was saved',
    '张三 23:58\n睡了吗\n\n李四 0:03\n没有\n\n张三 15:00\n早\n',
    ['05-30 23:58 张三: 睡了吗', '05-31 00:03 李四: 没有', '05-31 15:00 张三: 早']
  ],
  ['later than the file was saved: the day before', '张三 17:00\n走\n\n李四 17:01\n好\n', ['05-30 17:00 张三: 走', '05-30 17:01 李四: 好']],
  [
    'Slack, with more of one person',
    'Ann Lee\n  9:30 AM\nhello there\n9:31\nsecond\nBob\n  9:32 AM\nhi\n',
    ['05-31 09:30 Ann Lee: hello there', '05-31 09:31 Ann Lee: second', '05-31 09:32 Bob: hi']
  ],
  [
    'name, and a whole date below it',
    '张三\n2024-05-03 15:04\n你好\n\n李四\n2024-05-03 15:05\n[图片]\n',
    ['05-03 15:04 张三: 你好', '05-03 15:05 李四: [image 图片]']
  ],
  ['name, and the time below it (Teams)', 'Ann Lee\n3:04 PM\nhello\n\nBob\n3:05 PM\nok\n', ['05-31 15:04 Ann Lee: hello', '05-31 15:05 Bob: ok']],
  [
    'name, and a date in words below it',
    'Ann Lee\nYesterday 3:04 PM\nhello\n\nAnn Lee\nFriday 3:05 PM\nok\n',
    ['05-30 15:04 Ann Lee: hello', '05-24 15:05 Ann Lee: ok']
  ],
  [
    'times between names (WeChat)',
    '昨天 15:04\n张三:\n你好\n李四:\n好的\n10:05\n张三:\n早\n',
    ['05-30 15:04 张三: 你好', '05-30 15:04 李四: 好的', '05-31 10:05 张三: 早']
  ],
  [
    'times between lines of name and text',
    '2024年5月3日 15:04\n张三: 你好\n李四：好的\n注意: 下雨\n2024年5月4日 9:00\n张三: 早\n李四: 早\n',
    ['05-03 15:04 张三: 你好', '05-03 15:04 李四: 好的\n注意: 下雨', '05-04 09:00 张三: 早', '05-04 09:00 李四: 早']
  ],
  ['time, name, text on three lines', '15:04\n张三\n你好\n\n15:05\n李四\n好的\n', ['05-31 15:04 张三: 你好', '05-31 15:05 李四: 好的']],
  ['a log without dates', '15:04 张三: 你好\n[15:05] 李四：好的\n还有\n', ['05-31 15:04 张三: 你好', '05-31 15:05 李四: 好的\n还有']],
  ['dates without a year', '张三\n5月3日 15:04\n你好\n\n李四\n6月1日 15:05\n好的\n', ['05-03 15:04 张三: 你好', '06-01 15:05 李四: 好的']],
  [
    'a date, then times of that day',
    '张三 2024-05-03 23:50\n你好\n\n李四 23:55\n好的\n\n张三 0:10\n晚安\n',
    ['05-03 23:50 张三: 你好', '05-03 23:55 李四: 好的', '05-04 00:10 张三: 晚安']
  ],
  ['a text that ends with a time', '张三 15:04\n明天见 9:00\n\n李四 15:05\n好\n', ['05-31 15:04 张三: 明天见 9:00', '05-31 15:05 李四: 好']]
])('%s', async (_, text, expected) => {
  expect(await read(text)).toEqual(expected)
})

test.each([
  'Meeting at 15:04\nbring paper\n',
  'Shopping\n- milk 2:00\n- bread\n',
  'Timetable\n9:00 maths\n10:00 physics\n',
  '会议安排\n15:00 开会\n16:00 散会\n',
  '09:00 Opening: welcome\n10:00 Keynote: search\n',
  'Dear Ann,\nwe meet at 9:30.\nBob\n'
])('a note with times is no chat: %j', async (text) => {
  const path = join(folder.path, 'note.txt')
  writeFileSync(path, text)
  // such a file is a table at most, whose columns are asked for
  const found = await readHistory(path, null, FOUND).then(
    ({ history: { format, columns } }) => [format, columns?.sure ?? true],
    () => null
  )
  expect([null, ['csv', false]]).toContainEqual(found)
})

test.each([
  ['15:04', { hour: 15, minute: 4 }],
  ['下午 3:04', { hour: 15, minute: 4 }],
  ['오후 3:04', { hour: 15, minute: 4 }],
  ['٣:٠٤ م', { hour: 15, minute: 4 }],
  ['昨天15:04', { hour: 15, minute: 4 }],
  ['어제 오후 3:04', { hour: 15, minute: 4 }],
  ['hier à 15:04', { hour: 15, minute: 4 }],
  ['вчера в 15:04', { hour: 15, minute: 4 }],
  ['Mon 15:04', { hour: 15, minute: 4 }],
  ['lunes, 15:04', { hour: 15, minute: 4 }]
])('%s is a time that windows show', (text, clock) => {
  expect(shownTime(text)).toMatchObject({ clock })
})
test.each(['', '15', 'Ann', '9:99', 'at noon', 'Sun Wukong 9', '1.234.567', 'today'])('%j is none', (text) => {
  expect(shownTime(text)).toBeNull()
})

test('a phone’s export whose dates end with points is no copy', async () => {
  const path = join(folder.path, 'WhatsApp Chat with X.txt')
  writeFileSync(path, '31.05.24 г., 21:15 ч. - Иван: здрасти\n31.05.24 г., 21:16 ч. - Ана: да\n')
  expect((await readHistory(path, null, FOUND)).history.format).toBe('whatsapp')
})

test.each([
  [
    'a line each',
    '小明: 你好\n小红: 在吗\n小明: 明天见面吧\n下午：三点\n老地方\n小红：好的：就这样\n',
    ['小明: 你好', '小红: 在吗', '小明: 明天见面吧\n下午：三点\n老地方', '小红: 好的：就这样']
  ],
  [
    'names above texts',
    'Ann:\nhi\n\nBo:\nhello\nhow are you\n\nAnn:\n[Photo]\nBo:\nok\n',
    ['Ann: hi', 'Bo: hello\nhow are you', 'Ann: [image Photo]', 'Bo: ok']
  ],
  ['a person with one line', 'Ann: hi\nBo: hello\nCy: who is there?\nAnn: we\nBo: us\n', ['Ann: hi', 'Bo: hello', 'Cy: who is there?', 'Ann: we', 'Bo: us']]
])('names without any time: %s', async (_, text, expected) => {
  expect(await read(text)).toEqual(expected.map((one) => `05-31 16:00 ${one}`))
})

test.each([
  ['a card', 'BEGIN:VCARD\nFN:Ann\nEND:VCARD\nBEGIN:VCARD\nFN:Bo\nEND:VCARD\n'],
  ['records', 'name: Ann\nage: 5\ncity: X\nname: Bo\nage: 6\ncity: Y\nname: Cy\nage: 7\ncity: Z\n'],
  ['prose', 'Note: this is a text.\nIt has several lines\nWarning: nothing here\nand more text\nNote: end\n'],
  ['a log', 'INFO: started\nWARN: slow\nINFO: stopped\nWARN: done\n'],
  ['settings', 'host: a\nport: 5\nuser: me\npath: /x\n']
])('%s is no conversation', async (_, text) => {
  const path = join(folder.path, 'some.txt')
  writeFileSync(path, text)
  const { history } = await readHistory(path, null, FOUND)
  expect(history.columns?.sure).toBe(false)
})
