/** Words of phones and programs in histories: directions, names of groups, left-out content, and the user's own name. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test/support/files.ts'
import { wholeHistory, type WholeHistory } from '../../../../test/support/whole-history.ts'

async function read(file: string, content: string): Promise<WholeHistory> {
  using folder = temporaryFolder()
  const path = join(folder.path, file)
  writeFileSync(path, content)
  return await wholeHistory(path)
}
const told = ({ conversations }: WholeHistory): string[] =>
  Object.entries(conversations).flatMap(([name, messages]) =>
    messages.map(({ sender, text, outgoing }) => `${name} ${outgoing === undefined ? '' : outgoing ? '>' : '<'}${sender}: ${text}`)
  )

test.each([
  ['German', 'Datum;Richtung;Kontakt;Nachricht', 'Eingehend', 'Ausgehend'],
  ['German, past', 'Datum;Richtung;Kontakt;Nachricht', 'Empfangen', 'Gesendet'],
  ['French', 'Date;Sens;Contact;Message', 'Reçu', 'Envoyé'],
  ['Spanish', 'Fecha;Dirección;Contacto;Mensaje', 'Recibido', 'Enviado'],
  ['Italian', 'Data;Direzione;Contatto;Messaggio', 'In entrata', 'In uscita'],
  ['Russian', 'Дата;Направление;Контакт;Сообщение', 'Входящее', 'Исходящее'],
  ['Polish', 'Data;Kierunek;Kontakt;Wiadomość', 'Przychodzące', 'Wychodzące'],
  ['Turkish', 'Tarih;Yön;Kişi;Mesaj', 'Gelen', 'Giden'],
  ['Chinese', '时间;方向;联系人;内容', '接收', '发送'],
  ['Japanese', '日時;方向;連絡先;本文', '受信', '送信'],
  ['Korean', '날짜;방향;연락처;내용', '수신', '발신']
])('a table with directions and contacts in %s', async (_, heading, received, sent) => {
  const whole = await read(
    'calls.csv',
    `${heading}\n13.05.2024 21:05;${received};Jürgen;Hallo\n13.05.2024 21:06;${sent};Jürgen;Selber hallo\n14.05.2024 21:06;${sent};Ann;hi\n`
  )
  expect(told(whole)).toEqual(['Jürgen <Jürgen: Hallo', 'Jürgen >Me: Selber hallo', 'Ann >Me: hi'])
})

test('directions in unknown words leave the columns open', async () => {
  await expect(read('a.csv', 'Date;Direction;Contact;Text\n2024-05-13 21:05;qwe;Ann;hi\n2024-05-13 21:06;rty;Ann;ho\n')).rejects.toMatchObject({
    reason: 'columns'
  })
})

test.each([
  ['Messages and calls are end-to-end encrypted. No one outside of this chat can read them.', 'hi'],
  ['消息和通话已进行端到端加密。只有此聊天中的成员可以查看、收听或分享。', '你好']
])('the first line of an iPhone names the group: %s', async (notice, text) => {
  const line = (name: string, said: string): string => `[31/12/2023, 21:15:10] ${name}: ${said}`
  const group = await read('_chat.txt', [`\u200e${line('Trip 🏔', `\u200e${notice}`)}`, line('Ann', text), line('Bo', text), line('Cy', text)].join('\n'))
  expect(told(group)).toEqual([`Trip 🏔 Ann: ${text}`, `Trip 🏔 Bo: ${text}`, `Trip 🏔 Cy: ${text}`])
  expect(group.notices).toBe(1)
  const direct = await read('_chat.txt', [`\u200e${line('Ann', `\u200e${notice}`)}`, line('Ann', text), line('Zoë', text)].join('\n'))
  expect(told(direct)).toEqual([`Ann Ann: ${text}`, `Ann Zoë: ${text}`])
  expect(direct.self).toBe('Zoë')
})

test.each(['This message was deleted.', 'You deleted this message', '已删除这条消息', '您撤回了此消息', '此訊息已刪除', 'このメッセージは削除されました'])(
  'WhatsApp: %s is a retracted message',
  async (text) => {
    const { conversations } = await read('Ann.txt', `[31/12/2023, 21:15:10] Ann: \u200e${text}\n[31/12/2023, 21:15:11] Bo: they said: ${text}\n`)
    expect(conversations['Ann']).toMatchObject([{ text: '', retracted: true }, { text: `they said: ${text}` }])
    expect(conversations['Ann']?.[1]?.retracted).toBeUndefined()
  }
)

test.each(['You missed a voice call', 'Missed video call', '未接语音通话', 'Verpasster Sprachanruf'])('WhatsApp: %s is a call', async (text) => {
  expect(told(await read('Ann.txt', `[31/12/2023, 21:15:10] Ann: \u200e${text}\n[31/12/2023, 21:15:11] Bo: hi\n`))).toEqual([
    `Ann Ann: 📞 ${text}`,
    'Ann Bo: hi'
  ])
})

test.each(['[图片: a1b2.jpg(请在附件中查看)]', '[图片: a1b2.jpg (请在附件中查看)]', '[图片：a1b2.jpg（请在附件中查看）]'])(
  'WeChat mail: %s is a file',
  async (text) => {
    const { conversations } = await read('mail.txt', `微信群“茶”的聊天记录如下:\n\n————— 2024-05-03 —————\n\n小明  20:15\n\n${text}\n`)
    expect(conversations['茶']).toMatchObject([{ text: '', files: [{ kind: 'image', name: 'a1b2.jpg' }] }])
  }
)

test('blanks around the separators of a table are no part of its texts', async () => {
  expect(told(await read('pipe.txt', '2024-05-03T10:00:00Z | Ann | pipes here\n2024-05-03T10:01:00Z | Bob | one | two\n'))).toEqual([
    'pipe Ann: pipes here',
    'pipe Bob: one | two'
  ])
})

test.each(['我', 'me', 'Me'])("the sender '%s' is the user, in LINE and in JSON", async (own) => {
  expect(
    told(await read('line.txt', `[LINE] 與阿華的聊天記錄\n儲存日期： 2024/05/04 10:00\n\n2024/05/03（五）\n09:15\t阿華\t早安\n09:16\t${own}\t好\n`))
  ).toEqual(['阿華 阿華: 早安', `阿華 >${own}: 好`])
  const json = JSON.stringify([
    { time: '2024-05-03 09:15', sender: 'Ann', text: 'hi' },
    { time: '2024-05-03 09:16', sender: own, text: 'ho' }
  ])
  expect(told(await read('chat.json', json))).toEqual(['chat Ann: hi', `chat >${own}: ho`])
})

test('copied times without a year are of the latest one that has begun', async () => {
  const now = new Date()
  const [past, ahead] = [-3, 3].map((days) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 15, 4, 11))
  const line = (name: string, date = now): string => `${name} ${date.getMonth() + 1}/${date.getDate()} 15:04:11\n`
  const { format, conversations } = await read('chat.txt', `${line('张三', ahead)}你好\n\n${line('李四', past)}好的\n`)
  expect(format).toBe('copied')
  const lastYear = new Date((ahead?.getFullYear() ?? 0) - 1, ahead?.getMonth() ?? 0, ahead?.getDate(), 15, 4, 11)
  expect(conversations['chat']?.map(({ time, sender, text }) => [time, sender, text])).toEqual([
    [lastYear.getTime(), '张三', '你好'],
    [past?.getTime(), '李四', '好的']
  ])
  const { conversations: feishu } = await read('feishu.txt', '张三 5月3日 15:04\n你好\n\n李四 5月3日 15:05\n好的\n')
  expect(feishu['feishu']?.map(({ sender, text }) => `${sender}: ${text}`)).toEqual(['张三: 你好', '李四: 好的'])
})

test('a first message that the phone writes for a person is no notice', async () => {
  const poll = '31/05/2024, 09:30 - Ann: \u200ePOLL:\nWhere?\n\u200eOPTION: Rome (2 votes)\n31/05/2024, 09:31 - Bo: ok\n'
  expect(told(await read('chat.txt', poll))).toEqual(['chat Ann: POLL:\nWhere?\nOPTION: Rome (2 votes)', 'chat Bo: ok'])
  const place = '31/05/2024, 09:30 - Ann: \u200eLocation: https://maps.google.com/?q=52.5,13.4\n31/05/2024, 09:31 - Bo: ok\n'
  expect(told(await read('chat.txt', place))).toEqual(['chat Ann: Location: https://maps.google.com/?q=52.5,13.4', 'chat Bo: ok'])
})

test('messages that an admin deleted are retracted, and a file may have no extension', async () => {
  const text = (said: string): string => `31/05/2024, 09:30 - Ann: ${said}\n31/05/2024, 09:31 - Bo: ok\n`
  for (const said of ['This message was deleted by admin Zoë', 'You deleted this message as admin'])
    expect((await read('chat.txt', text(said))).conversations['chat']?.[0]).toMatchObject({ text: '', retracted: true })
  expect((await read('chat.txt', text('README (file attached)'))).conversations['chat']?.[0]).toMatchObject({ text: '', files: [{ name: 'README' }] })
  expect(told(await read('chat.txt', text('see my notes (file attached)')))).toEqual(['chat Ann: see my notes (file attached)', 'chat Bo: ok'])
})

test('QQ: a line of a text that begins with a time is no message', async () => {
  const content =
    '消息记录（此消息记录为文本格式，不支持重新导入）\n\n消息对象:同学\n\n2024-05-31 9:30:05 张三(12345)\n2024-05-31 9:30:05 报错\n你好\n\n2024-05-31 9:31:00 李四(23456)\n好\n'
  expect(told(await read('qq.txt', content))).toEqual(['同学 张三: 2024-05-31 9:30:05 报错\n你好', '同学 李四: 好'])
})

test('tables: times in µs, roles, and words alone for files in KakaoTalk’s', async () => {
  expect(told(await read('a.csv', 'id,ts_us,user,body\n1,1717147800000000,Ann,hi\n2,1717147801000000,Bo,ho\n'))).toEqual(['a Ann: hi', 'a Bo: ho'])
  expect(told(await read('b.json', JSON.stringify([{ role: 'user', content: 'hi', timestamp: 1717147800 }])))).toEqual(['b user: hi'])
  const { conversations } = await read('k.csv', 'Date,User,Message\n2024-05-31 09:30:00,"Ann","사진"\n2024-05-31 09:31:00,"Bo","사진 보내줘"\n')
  expect(conversations['k']).toMatchObject([{ text: '', files: [{ kind: 'image', name: '사진' }] }, { text: '사진 보내줘' }])
})

test('tables without a heading: names longer than texts, and numbers of rows', async () => {
  expect(told(await read('a.csv', '2024-05-31 09:30:00,Alexandra,hi\n2024-05-31 09:31:00,Bo,ho\n'))).toEqual(['a Alexandra: hi', 'a Bo: ho'])
  expect(told(await read('b.csv', '1,2024-05-31 09:30,Ann,hi\n2,2024-05-31 09:31,Bo,ho\n'))).toEqual(['b Ann: hi', 'b Bo: ho'])
  const { conversations } = await read('c.csv', '发送时间,发送人,消息类型,消息内容\n2024/05/31 09:30:00,张三,文本,你好\n2024/05/31 09:31:00,李四,图片,\n')
  expect(conversations['c']).toMatchObject([{ text: '你好' }, { text: '', files: [{ kind: 'image', name: '图片' }] }])
})

test('messages by their ids, and lines of a time, a name and a text', async () => {
  const map = { messages: { m1: { sender: 'Ann', timestamp: 1717147800000, text: 'hi' }, m2: { sender: 'Bo', timestamp: 1717147801000, text: 'ho' } } }
  expect(told(await read('a.json', JSON.stringify(map)))).toEqual(['a Ann: hi', 'a Bo: ho'])
  const chats = { chats: { c1: { name: 'Tea', messages: { m1: { sender: 'Ann', timestamp: 1717147800000, text: 'hi' } } } } }
  expect(told(await read('b.json', JSON.stringify(chats)))).toEqual(['Tea Ann: hi'])
  const log = await read('c.txt', '2024-05-31 09:30:00 Ann: hi\n2024-05-31 09:31:00 Bo: ho\nsecond line\n')
  expect(told(log)).toEqual(['c Ann: hi', 'c Bo: ho\nsecond line'])
  expect(log.conversations['c']?.map(({ time }) => new Date(time ?? 0).getMinutes())).toEqual([30, 31])
})

test('WhatsApp: a call has its notes behind a mark', async () => {
  const whole = await read(
    'Ann.txt',
    '[31/12/2023, 21:15:10] Ann: \u200eVerpasster Sprachanruf, \u200eTippe, um zurückzurufen\n[31/12/2023, 21:15:11] Bo: \u200e语音通话，\u200e12 分钟\n'
  )
  expect(told(whole)).toEqual(['Ann Ann: 📞 Verpasster Sprachanruf, Tippe, um zurückzurufen', 'Ann Bo: 📞 语音通话，12 分钟'])
})

test('tables: times of Greenwich by their heading, and attachments by their addresses', async () => {
  const { conversations } = await read(
    'a.csv',
    'Timestamp (UTC),Author,Content,Attachments\n2024-05-31 09:30:00,Ann,hi,\n2024-05-31 09:31:00,Bo,,https://cdn.example.org/p.png?ex=1\n'
  )
  expect(conversations['a']).toMatchObject([
    { time: Date.UTC(2024, 4, 31, 9, 30) },
    { time: Date.UTC(2024, 4, 31, 9, 31), files: [{ kind: 'image', name: 'p.png' }] }
  ])
})

test('a wide colon behind the names, and the time before them', async () => {
  expect(told(await read('a.txt', '[2024/5/31 09:30] 张三：你好\n[2024/5/31 09:31] 李四：嗯\n'))).toEqual(['a 张三: 你好', 'a 李四: 嗯'])
  expect(told(await read('b.txt', '2024年5月31日 09:30 张三\n你好\n\n2024年5月31日 09:31 李四\n嗯\n'))).toEqual(['b 张三: 你好', 'b 李四: 嗯'])
})
