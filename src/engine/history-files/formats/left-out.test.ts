/** Placeholders of files that exports leave out. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test/support/files.ts'
import { wholeHistory } from '../../../../test/support/whole-history.ts'

/** Messages of a file, each as its files and text. */
async function read(name: string, content: string): Promise<string[]> {
  using folder = temporaryFolder()
  const path = join(folder.path, name)
  writeFileSync(path, content)
  const { conversations } = await wholeHistory(path)
  return Object.values(conversations)
    .flat()
    .map(({ text, files = [] }) =>
      [...files.map(({ kind, name: called, source }) => `[${kind} ${called}${source === null ? '' : ' here'}]`), text].join(' ').trim()
    )
}
const android = (texts: readonly string[]): string =>
  texts.map((text, index) => `31/12/2023, 21:1${index % 10} - ${index % 2 === 0 ? 'Ann' : 'Bo'}: ${text}\n`).join('')
const iphone = (texts: readonly string[]): string =>
  texts.map((text, index) => `[31/12/2023, 21:15:${String(index).padStart(2, '0')}] ${index % 2 === 0 ? 'Ann' : 'Bo'}: ${text}\n`).join('')

describe('WhatsApp', () => {
  const MEDIA =
    'Media omitted|Medien ausgeschlossen|Médias omis|Fichier omis|Archivo omitido|Multimedia omitido|Mídia oculta|Arquivo de mídia oculto|Ficheiro não revelado|Media omesso|Media weggelaten|Без медиафайлов|Файл пропущен|Медіа пропущено|Medya dahil edilmedi|Medya atlanmış|pominięto multimedia|pliki pominięto|Media tidak disertakan|Bỏ qua tệp phương tiện|สื่อถูกลบ|मीडिया के बिना|মিডিয়া বাদ দেওয়া হয়েছে|تم استبعاد الوسائط|המדיה לא נכללה|רسانه حذف شد|Media har utelämnats|Mediefil udeladt|Uten vedlegg|Media jätetty pois|Média vynechány|Hiányzó médiafájl|Conținut media omis|Εξαίρεση πολυμέσων|省略多媒体文件|忽略多媒體檔|媒体文件已省略|メディアは含まれていません|미디어 파일을 생략한 대화내용'
      .replace('רسانه', 'رسانه')
      .split('|')
  test.each(MEDIA)('<%s> is a file that is not here', async (words) => {
    expect(await read('chat.txt', android([`<${words}>`, 'hi', `<${words}>\nthe caption`]))).toEqual([`[file ${words}]`, 'hi', `[file ${words}] the caption`])
  })

  const KINDS: Record<string, string> = {
    image:
      'image omitted|GIF omitted|sticker omitted|imagen omitida|imagem ocultada|imagem não revelada|image absente|GIF retiré|immagine omessa|sticker non incluso|Bild weggelassen|afbeelding weggelaten|изображение отсутствует|стикер не добавлен|зображення відсутнє|görüntü dahil edilmedi|Çıkartma dahil edilmedi|obraz pominięty|gambar tidak disertakan|đã bỏ qua hình ảnh|ไม่มีรูปภาพ|फ़ोटो हटाई गई|لم يتم إدراج الصورة|תמונה הושמטה|התמונה הושמטה|تصویر حذف شد|bild utesluten|billede udeladt|bilde ikke inkludert|ei kuvaa|obrázek vynechán|matrica kihagyva|imagine omisă|εικόνα παραλείφθηκε|图像已忽略|照片已忽略|GIF 动态图已被忽略|贴图已省略|圖片已略去|貼圖已忽略|画像は含まれていません|スタンプは含まれていません|이미지 생략됨|스티커 제외됨',
    video:
      'video omitted|video note omitted|vídeo omitido|vidéo absente|video omesso|Video weggelassen|видео отсутствует|video dahil edilmedi|wideo pominięte|วิดีโอถูกลบ|वीडियो छोड़ा गया|視訊已略過|视频已忽略|影片已略去|ビデオは含まれていません|비디오 생략됨',
    voice:
      'audio omitted|voice message omitted|áudio ocultado|ficheiro de áudio não revelado|audio omis|Audio weggelassen|аудиофайл отсутствует|ses dahil edilmedi|音频已忽略|音訊已略去|音声は含まれていません|오디오 생략됨|קטע קול הושמט',
    file: 'document omitted|Contact card omitted|documento omitido|document manquant|Fiche contact manquante|Dokument weggelassen|Kontaktkarte ausgelassen|документ отсутствует|Карточка контакта отсутствует|belge dahil edilmedi|文档已省略|文件已略去|联系人卡片已忽略|連絡先カードを省略|문서 생략됨'
  }
  test.each(Object.entries(KINDS).flatMap(([kind, all]) => all.split('|').map((words) => [kind, words] as const)))('%s: ‎%s', async (kind, words) => {
    expect(await read('_chat.txt', iphone([`\u200e${words}`, 'hi', `at the pier \u200e${words}`]))).toEqual([
      `[${kind} ${words}]`,
      'hi',
      `[${kind} ${words}] at the pier`
    ])
  })

  test('documents keep the name that stands beside the words', async () => {
    expect(await read('_chat.txt', iphone(['Quote.pdf • \u200e12 pages \u200edocument omitted', 'hi']))).toEqual(['[file Quote.pdf]', 'hi'])
    expect(await read('chat.txt', android(['<Medien ausgeschlossen>\n4Bit Adder.mod', 'hi']))).toEqual(['[file 4Bit Adder.mod]', 'hi'])
    expect(await read('chat.txt', android(['‎<attached: 00000034-PHOTO.jpg>', '<附件：00000035-PHOTO.jpg>']))).toEqual([
      '[image 00000034-PHOTO.jpg]',
      '[image 00000035-PHOTO.jpg]'
    ])
  })

  test('views that are over are pictures and voices', async () => {
    expect(await read('chat.txt', android(['<View once voice message omitted>', 'view once photo omitted', '<Video message omitted>']))).toEqual([
      '[voice View once voice message omitted]',
      '[image view once photo omitted]',
      '[video Video message omitted]'
    ])
  })

  test('words of an unknown language are told by their repetition', async () => {
    expect(await read('chat.txt', android(['<Foo barbaz>', 'hi', '<Foo barbaz>', '<Foo barbaz>', '<only once>', '<3']))).toEqual([
      '[file Foo barbaz]',
      'hi',
      '[file Foo barbaz]',
      '[file Foo barbaz]',
      '<only once>',
      '<3'
    ])
  })

  test('the same words within a sentence, or without the mark of the phone, are a person’s', async () => {
    const said = ['why does it say image omitted?', 'image omitted', 'he wrote <Media omitted> again', 'the image is missing', '<image>', '<grin>']
    expect(await read('_chat.txt', iphone(['\u200eimage omitted', ...said]))).toEqual(['[image image omitted]', ...said])
  })

  test('a person who sent nothing but pictures stays', async () => {
    expect(
      await read(
        '_chat.txt',
        iphone(['hi', 'ho', 'x', 'y']).replace(/$/, '') + '[31/12/2023, 22:00:00] Cy: \u200eimage omitted\n[31/12/2023, 22:00:01] Cy: \u200evideo omitted\n'
      )
    ).toEqual(['hi', 'ho', 'x', 'y', '[image image omitted]', '[video video omitted]'])
  })
})

describe('tools for WeChat and QQ', () => {
  const qq = (...texts: string[]): string =>
    `消息记录（此消息记录为文本格式，不支持重新导入）\n\n消息对象:同学\n\n${texts.map((text, i) => `2024-05-03 18:15:${10 + i} 张三(23333233)\n${text}\n\n`).join('')}`
  test.each([
    ['[图片]', '[image 图片]'],
    ['[图片][图片]', '[image 图片] [image 图片]'],
    ['[语音]', '[voice 语音]'],
    ['[语音] 12"', '[voice 语音 12"]'],
    ['[语音 12秒]', '[voice 语音 12秒]'],
    ['[视频]', '[video 视频]'],
    ['[文件]', '[file 文件]'],
    ['[文件] 报价单.pdf', '[file 报价单.pdf]'],
    ['[文件]报价单.pdf(1.2MB)', '[file 报价单.pdf]'],
    ['[文件：2024年 计划.xlsx]', '[file 2024年 计划.xlsx]'],
    ['[动画表情]', '[image 动画表情]'],
    ['[闪照]', '[image 闪照]'],
    ['海边\n[图片]', '[image 图片] 海边'],
    ['看[图片]这里', '看[图片]这里'],
    ['[微笑]', '[微笑]'],
    ['[视频通话]', '[视频通话]'],
    ['[位置]', '[位置]'],
    ['[图片] 说的是什么', '[图片] 说的是什么']
  ])('%s', async (text, expected) => {
    expect(await read('同学.txt', qq(text, '好'))).toEqual([expected, '好'])
  })
})

describe('LINE', () => {
  const phone = (...texts: string[]): string =>
    `[LINE] Chat history with Ann\nSaved on: 2024/05/04 10:00\n\nFri, 05/03/2024\n${texts.map((text, i) => `09:${10 + i}\tAnn\t${text}\n`).join('')}`
  test.each([
    ['[Photo]', '[image Photo]'],
    ['[写真]', '[image 写真]'],
    ['[照片]', '[image 照片]'],
    ['[사진]', '[image 사진]'],
    ['[スタンプ]', '[image スタンプ]'],
    ['[動画]', '[video 動画]'],
    ['[Voice message]', '[voice Voice message]'],
    ['[ボイスメッセージ]', '[voice ボイスメッセージ]'],
    ['[語音訊息]', '[voice 語音訊息]'],
    ['[ファイル]', '[file ファイル]'],
    ['[File] plan.docx', '[file plan.docx]'],
    ['[Location]', '[Location]'],
    ['[写真] これ確認して', '[写真] これ確認して'],
    ['写真', '写真']
  ])('%s', async (text, expected) => {
    expect(await read('line.txt', phone(text, 'ok'))).toEqual([expected, 'ok'])
  })
  test('on a computer the words have no brackets', async () => {
    expect(await read('line.txt', '2024.05.03 Friday\n09:10 Ann Photos\n09:11 Bob hello\n09:12 Ann スタンプ\n09:13 Ann Photos of the trip\n')).toEqual([
      '[image Photos]',
      'hello',
      '[image スタンプ]',
      'Photos of the trip'
    ])
  })
})

test.each([
  ['사진', '[image 사진]'],
  ['사진 3장', '[image 사진 3장]'],
  ['동영상', '[video 동영상]'],
  ['이모티콘', '[image 이모티콘]'],
  ['음성메시지', '[voice 음성메시지]'],
  ['<사진 읽지 않음>', '[image 사진 읽지 않음]'],
  ['<동영상 읽지 않음>', '[video 동영상 읽지 않음]'],
  ['파일: 견적서.pdf', '[file 견적서.pdf]'],
  ['Photo', '[image Photo]'],
  ['4f0c9d1e2b3a4f0c9d1e2b3a4f0c9d1e2b3a4f0c9d1e2b3a4f0c9d1e2b3a4f0c.jpg', '[image 4f0c9d1e2b3a4f0c9d1e2b3a4f0c9d1e2b3a4f0c9d1e2b3a4f0c9d1e2b3a4f0c.jpg]'],
  ['사진 보내줘', '사진 보내줘'],
  ['파일', '파일']
])('KakaoTalk: %s', async (text, expected) => {
  const day = '--------------- 2024년 5월 3일 금요일 ---------------'
  expect(
    await read('talk.txt', `민지 님과 카카오톡 대화\n저장한 날짜 : 2024-05-04 10:00:00\n\n${day}\n[민지] [오후 9:15] ${text}\n[준호] [오후 9:16] 응\n`)
  ).toEqual([expected, '응'])
})

describe('Telegram', () => {
  const GONE = '(File not included. Change data exporting settings to download.)'
  test.each([
    [{ photo: GONE }, '[image Photo]'],
    [{ photo: GONE, text: 'sunset' }, '[image Photo] sunset'],
    [{ file: GONE, media_type: 'voice_message', mime_type: 'audio/ogg' }, '[voice Voice message]'],
    [{ file: GONE, media_type: 'video_message' }, '[video Video message]'],
    [{ file: GONE, file_name: 'plan.pdf' }, '[file plan.pdf]'],
    [{ file: '(File exceeds maximum size. Change data exporting settings to download.)', media_type: 'video_file' }, '[video Video file]'],
    [{ file: '(File unavailable, please try again later)' }, '[file File]']
  ])('%j', async (more, expected) => {
    const message = { id: 1, type: 'message', date: '2024-05-31T09:30:00', date_unixtime: '1717147800', from: 'Ann', from_id: 'user1', text: '', ...more }
    expect(await read('result.json', JSON.stringify({ name: 'Ann', type: 'personal_chat', id: 1, messages: [message] }))).toEqual([expected])
  })

  test.each([
    ['media_photo', 'Photo', '[image Photo]'],
    ['media_video', 'Video file', '[video Video file]'],
    ['media_voice_message', 'Voice message', '[voice Voice message]'],
    ['media_file', 'plan.pdf', '[file plan.pdf]'],
    ['media_photo', 'Sticker', '[image Sticker]']
  ])('page: %s, %s', async (css, title, expected) => {
    const page = `<!DOCTYPE html><html><body><div class="page_header"><div class="text bold">Ann</div></div><div class="page_body chat_page"><div class="history">
<div class="message default clearfix" id="message8"><div class="body"><div class="pull_right date details" title="08.12.2020 03:47:00 UTC+03:00">03:47</div><div class="from_name">Ann</div>
<div class="media_wrap clearfix"><div class="media clearfix pull_left ${css}"><div class="fill pull_left"></div><div class="body"><div class="title bold">${title}</div>
<div class="description">Not included, change data exporting settings to download.</div><div class="status details">01:00, 21.4 MB</div></div></div></div>
<div class="text">below</div></div></div></div></div></body></html>`
    expect(await read('messages.html', page)).toEqual([`${expected} below`])
  })
})

test('a table of any app has placeholders, Mnemo’s own export has texts', async () => {
  expect(
    await read('chat.csv', 'time,sender,text\n2024-05-31 09:30,Ann,<Media omitted>\n2024-05-31 09:31,Bo,[图片]\n2024-05-31 09:32,Bo,image omitted\n')
  ).toEqual(['[file Media omitted]', '[image 图片]', '[image image omitted]'])
  expect(await read('own.jsonl', '{"conversation":"Bo","sender":"Bo","outgoing":false,"time":"2023-12-31T21:10:00.000Z","text":"[图片]"}\n')).toEqual([
    '[图片]'
  ])
})
