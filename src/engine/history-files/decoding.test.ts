import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import { decode, decoded, encodingOf, type EncodingName } from './decoding.ts'

const pieces = (bytes: Buffer, size = 7) =>
  async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }

test.each<[EncodingName, string]>([
  ['utf-8', '31/12/2023, 21:10 - Ann: plain'],
  ['utf-8', '2023/12/31 21:10 - 李雷: 明天见 🙂'],
  ['utf-16le', 'time,sender,text\n2024-05-31 09:30,李雷,明天见\n'],
  ['utf-16be', 'time,sender,text\n2024-05-31 09:30,Ann,hello\n'],
  ['gb18030', '2023/12/31 21:10 - 韩梅梅: 今晚七点在学校门口等你\n'],
  ['gb18030', '时间,发送者,内容\n2024-05-31 09:30,韩梅梅,好的\n'],
  ['big5', '2023/12/31 21:10 - 王小明: 記得帶雨傘，明天會下雨\n'],
  ['big5', '時間,發送者,內容\n2024-05-31 09:30,小明,收到\n'],
  ['shift_jis', '2023/12/31 21:10 - 田中: 明日は駅で会いましょう\n'],
  ['shift_jis', 'time,sender,text\n2024-05-31 09:30,田中,了解\n'],
  ['euc-jp', '2023/12/31 21:10 - 鈴木: ありがとうございます、また来週\n'],
  ['euc-kr', '2023. 12. 31. 오후 9:15 - 민지: 새해 복 많이 받아\n'],
  ['euc-kr', 'time,sender,text\n2024-05-31 09:30,민지,네 알겠어요\n'],
  ['windows-1251', '31.12.2023, 21:10 - Иван: Привет, как дела?\n'],
  ['windows-1252', '31.12.2023, 21:10 - Jörg: schönes neues Jahr, Grüße\n'],
  ['windows-1252', 'time,sender,text\n2024-05-31 09:30,José,mañana à la café\n'],
  ['windows-1250', '31.12.2023, 21:10 - Łukasz: Zażółć gęślą jaźń, dziękuję\n'],
  ['windows-1253', '31/12/2023, 21:10 - Νίκος: Καλημέρα, τι κάνεις\n'],
  ['windows-1254', '31.12.2023, 21:10 - Ayşe: günaydın, nasılsın? çok iyiyim\n'],
  ['windows-1255', '31.12.2023, 21:10 - דוד: שלום מה נשמע\n'],
  ['windows-1256', '31/12/2023, 21:10 - ليلى: مرحبا بك كيف حالك\n'],
  ['windows-874', '31/12/2566 21:10 - สมชาย: สวัสดีครับ พรุ่งนี้เจอกัน\n'],
  ['windows-1252', 'Il fait beau, où êtes-vous déjà allés cet été ?'],
  ['windows-1252', 'Olá, tudo bem? Não sei, amanhã à tarde'],
  ['windows-1252', 'Være så god, på gensyn på søndag'],
  ['windows-1250', 'Szép jó estét, őrült nagy hűség'],
  ['windows-1257', 'Šiandien gražus oras, eikime į parką, žąsis'],
  ['iso-8859-2', 'Dziś jest piękna pogoda, chodźmy na spacer żółtą łódką'],
  ['iso-8859-5', 'Сегодня хорошая погода, пойдём гулять'],
  ['iso-8859-6', 'الجو جميل اليوم هيا نذهب إلى الحديقة'],
  ['cp866', 'Сегодня хорошая погода, пойдём гулять в парк'],
  ['koi8-r', 'Привет, как дела?'],
  ['koi8-u', 'Сьогодні гарна погода, їдьмо до парку'],
  ['macintosh', 'schönes Wetter, gehen wir über die Brücke nach Größe'],
  ['gb18030', '好的'],
  ['gb18030', '李雷: 你好'],
  ['shift_jis', '明日は駅で'],
  ['euc-jp', 'はい'],
  ['euc-kr', '네'],
  ['gb18030', '老王: 吃饭了吗'],
  ['shift_jis', '山田: ｱｼﾀ ﾃﾞｽ'],
  ['euc-kr', '영희: 응응 ㅋㅋ'],
  ['windows-1255', 'שלום'],
  ['windows-1256', 'سلام خوبي؟ چه خبر']
])('%s is found: %s', async (name, text) => {
  const bytes = pieces(iconv.encode(text, name))
  const found = await encodingOf(bytes, null)
  expect(found).toMatchObject({ name, damaged: 0 })
  let read = ''
  for await (const piece of decoded(bytes, found.name)) read += piece
  expect(read).toBe(text)
})

test('the chosen encoding is used, and invalid characters are counted', async () => {
  const bytes = pieces(iconv.encode('李雷: 明天见', 'gb18030'))
  expect(await encodingOf(bytes, 'gb18030')).toMatchObject({ name: 'gb18030', sample: '李雷: 明天见', damaged: 0 })
  expect((await encodingOf(bytes, 'utf-8')).damaged).toBeGreaterThan(0)
})

test('a damaged character does not make another encoding of UTF-8; it is counted', async () => {
  const good = Buffer.from('2023/12/31 21:10 - 李雷: 明天见，别忘了带身份证\n'.repeat(20))
  const found = await encodingOf(pieces(Buffer.concat([good, Buffer.from([0xe6, 0x98]), Buffer.from('\n'), good]), 64), null)
  expect(found).toMatchObject({ name: 'utf-8', sure: false, damaged: 2 })
})

test('a mark of byte order is no text', () => {
  expect(decode(Buffer.from('\ufeffabc', 'utf16le'), 'utf-16le')).toBe('abc')
})

test.each([
  ['gb18030', '李雷: 好\n韩梅梅: 嗯'],
  ['shift_jis', '鈴木: 了解'],
  ['big5', '阿明: 好喔']
])('a few characters of %s are no proof: the user is asked', async (name, text) => {
  expect((await encodingOf(pieces(iconv.encode(text, name)), null)).sure).toBe(false)
})
