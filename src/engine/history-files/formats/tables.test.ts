/** Tables and JSON of any program: the same two messages in every supported shape. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test/support/files.ts'
import { wholeHistory } from '../../../../test/support/whole-history.ts'

const FIRST = new Date(2024, 4, 13, 9, 30).getTime()
const SECOND = new Date(2024, 4, 14, 21, 5).getTime()

async function messagesOf(file: string, content: string): Promise<string[]> {
  using folder = temporaryFolder()
  const path = join(folder.path, file)
  writeFileSync(path, content)
  const { conversations } = await wholeHistory(path)
  return Object.values(conversations)
    .flat()
    .map(({ sender, time, text }) => `${time} ${sender}: ${text}`)
}
const EXPECTED = [`${FIRST} Ann: hello`, `${SECOND} Bo: bye`]

test.each([
  ['a backslash before quotes', 'sender,time,text\n"Ann",2024-05-13 09:30,"hello"\n"Bo \\"B\\" Li",2024-05-14 21:05,bye', 'Bo "B" Li'],
  ['blanks before quotes', '"sender", "time", "text"\n"Ann", "2024-05-13 09:30", "hello"\n"Bo", "2024-05-14 21:05", "bye"'],
  ['a title above the heading', 'Chat export of May\n\nsender,time,text\nAnn,2024-05-13 09:30,hello\nBo,2024-05-14 21:05,bye'],
  ['rows without a word', 'sender,time,text\nAnn,2024-05-13 09:30,hello\n,,\nBo,2024-05-14 21:05,bye\n,,'],
  ['a clock with a half of the day', '日期,時間,發送者,訊息\n2024/05/13,上午 09:30,Ann,hello\n2024/05/14,下午 09:05,Bo,bye'],
  ['Polish', 'Data;Godzina;Nadawca;Wiadomość\n13.05.2024;09:30;Ann;hello\n14.05.2024;21:05;Bo;bye'],
  ['Dutch', 'Datum;Tijd;Afzender;Bericht\n13-05-2024;09:30;Ann;hello\n14-05-2024;21:05;Bo;bye'],
  ['Swedish', 'Datum;Tid;Avsändare;Meddelande\n2024-05-13;09:30;Ann;hello\n2024-05-14;21:05;Bo;bye'],
  ['Ukrainian', 'Дата;Час;Відправник;Повідомлення\n13.05.2024;09:30;Ann;hello\n14.05.2024;21:05;Bo;bye'],
  [
    'elements of HTML, as of Teams',
    '"ConversationTopic","From","To","SentTime","Body"\n"Team","Ann","Bo","2024-05-13T09:30:00","<p>hel<b>lo</b></p>"\n"Team","Bo","Ann","2024-05-14T21:05:00","<div>bye</div>"'
  ],
  [
    'names of a program',
    'MessageId,ThreadId,SenderDisplayName,CreatedDateTime,Content\n1,19:x,Ann,5/13/2024 9:30:00 AM,hello\n2,19:x,Bo,5/14/2024 9:05:00 PM,bye'
  ],
  ['days of a table program', 'sender,time,text\nAnn,45425.3958333333,hello\nBo,45426.8784722222,bye']
])('a table with %s', async (_, content, second = 'Bo') => {
  expect(await messagesOf('some.csv', content)).toEqual([EXPECTED[0], EXPECTED[1]?.replace('Bo', second)])
})

test.each([
  ['a quote is a letter', 'Ann,2024-05-13 09:30,a 5" screen', 'a 5" screen'],
  ['quotes within quotes', 'Ann,2024-05-13 09:30,"say ""hi"" now"', 'say "hi" now'],
  ['commas in the last column', 'Ann,2024-05-13 09:30,hello, my friend', 'hello, my friend'],
  ['cells that are empty behind it', 'Ann,2024-05-13 09:30,hello,,', 'hello']
])('in a text %s', async (_, row, text) => {
  expect(await messagesOf('some.csv', `sender,time,text\n${row}\nBo,2024-05-14 21:05,bye`)).toEqual([`${FIRST} Ann: ${text}`, EXPECTED[1]])
})

test.each([
  ['of many lines', Array.from({ length: 6001 }, (_, at) => `line ${at}`)],
  ['that is longer than is held', Array.from({ length: 90 }, (_, at) => `${at} ${'x'.repeat(100_000)}`)]
])('no text of a cell %s is lost', async (_, texts) => {
  const messages = await messagesOf('some.csv', `sender,time,text\nAnn,2024-05-13 09:30,"\n${texts.join('\n')}\n"\nBo,2024-05-14 21:05,bye`)
  expect(messages.pop()).toBe(EXPECTED[1])
  // one message, or pieces of it with the same sender and time
  expect(
    messages
      .map((message) => message.replace(`${FIRST} Ann: `, ''))
      .join('')
      .trim() === texts.join('\n')
  ).toBe(true)
  expect(messages.length).toBeLessThan(3)
})

test('text after an unclosed quote belongs to its message', async () => {
  const rows = 'Ann,2024-05-13 09:30,"hello\nand more\n\n"and" more\nBo,2024-05-14 21:05,bye'
  expect(await messagesOf('some.csv', `sender,time,text\n${rows}`)).toEqual([`${FIRST} Ann: "hello\nand more\n\n"and" more`, EXPECTED[1]])
})

test('a zone may be a bare hour after UTC or GMT', async () => {
  expect(await messagesOf('some.csv', 'sender,time,text\nAnn,2024-05-13 09:30 UTC+8,hello\nBo,2024-05-13 09:30 GMT-3,bye')).toEqual([
    `${Date.UTC(2024, 4, 13, 1, 30)} Ann: hello`,
    `${Date.UTC(2024, 4, 13, 12, 30)} Bo: bye`
  ])
})

const MESSAGES = [
  { sender: 'Ann', time: '2024-05-13T09:30:00', text: 'hello' },
  { sender: 'Bo', time: '2024-05-14T21:05:00', text: 'bye' }
]
const each = (make: (message: (typeof MESSAGES)[number]) => unknown): unknown[] => MESSAGES.map(make)
test.each<[string, unknown]>([
  ['an array', MESSAGES],
  ['messages', { messages: MESSAGES }],
  ['messages within data', { data: { total: 2, messages: MESSAGES } }],
  [
    'chats',
    {
      chats: [
        { name: 'Home', messages: MESSAGES.slice(0, 1) },
        { name: 'Work', messages: MESSAGES.slice(1) }
      ]
    }
  ],
  ['days', { '2024-05-13': MESSAGES.slice(0, 1), '2024-05-14': MESSAGES.slice(1) }],
  ['people', { Ann: MESSAGES.slice(0, 1), Bo: MESSAGES.slice(1) }],
  ['rows', [['sender', 'time', 'text'], ...each(({ sender, time, text }) => [sender, time, text])]],
  ['authors', each(({ sender, time, text }) => ({ author: { id: 7, name: sender }, created_at: time, content: text }))],
  ['texts within texts', each(({ sender, time, text }) => ({ from: sender, date: time, message: { body: text } }))],
  ['parts of texts', each(({ sender, time, text }) => ({ from: sender, date: time, text: [text.slice(0, 2), { type: 'bold', text: text.slice(2) }] }))],
  ['day and clock', each(({ sender, time, text }) => ({ sender, date: time.slice(0, 10), time: time.slice(11), text }))],
  ['dates of MongoDB', each(({ sender, time, text }) => ({ sender, time: { $date: new Date(time).toISOString() }, text }))],
  ['numbers of MongoDB', each(({ sender, time, text }) => ({ sender, time: { $date: { $numberLong: String(new Date(time).getTime()) } }, text }))],
  ['seconds of Firestore', each(({ sender, time, text }) => ({ sender, time: { _seconds: new Date(time).getTime() / 1000, _nanoseconds: 0 }, text }))]
])('JSON of %s', async (_, content) => {
  expect(await messagesOf('some.json', JSON.stringify(content))).toEqual(EXPECTED)
  expect(await messagesOf('some.json', JSON.stringify(content, null, 2))).toEqual(EXPECTED)
})

test('the name of a conversation is beside its messages', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'backup.json')
  writeFileSync(
    path,
    JSON.stringify({
      conversations: [
        { messages: MESSAGES.slice(0, 1), title: 'Home' },
        { title: 'Work', messages: MESSAGES.slice(1) }
      ]
    })
  )
  expect(Object.keys((await wholeHistory(path)).conversations)).toEqual(['Home', 'Work'])
})
