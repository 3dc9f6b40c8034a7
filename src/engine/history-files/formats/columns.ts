/** Meaning of the columns of a table, or of the keys of an object: by their names in many languages, by their contents, or as the user says. */
import { createHash } from 'node:crypto'
import type { ImportColumns } from '../../../contract/history-files.ts'
import { readStamp } from './stamps.ts'

export type Column = keyof ImportColumns

/** Names of columns; lower case, without blanks and separators. `clock`: the time of day, beside a date. */
const NAMES: Record<Column, string> = {
  time: 'createddatetime|sentdatetime|senttimestamp|originalarrivaltime|composetime|messagetimestamp|time|date|datetime|dateandtime|timestamp|timestampms|unixtime|sent|sentat|senttime|sentdate|createdat|created|createtime|createdate|createddate|strtime|msgtime|messagetime|messagedate|when|received|receivedat|时间|日期|时间戳|发送时间|消息时间|聊天时间|創建時間|时刻|時間|日付|日時|送信日時|傳送時間|發送時間|시간|날짜|일시|보낸시간|fecha|fechayhora|data|dataeora|datum|zeit|zeitpunkt|gesendetam|date/time|дата|время|датаивремя|التاريخ|الوقت|tarih|ngày|วันที่|tanggal|data i godzina|czas|tid|dato|dátum|időpont|päivämäärä|aika|čas|datum a čas|ημερομηνία|час|תאריך|तारीख|दिनांक|तिथि|تاریخ|thời gian|waktu|heure d’envoi|sent on|date sent|date_sent|datetime utc|ts|tsms|tsus|tsns|timems|timestampus|timestampns|timestamps|epoch|epochms|unix|unixts|unixtimestamp|datesentutc|sentutc',
  clock:
    'clock|timeofday|hour|时分|時刻|heure|hora|uhrzeit|ora|saat|giờ|เวลา|jam|tijd|godzina|kl|klokkeslett|kello|kellonaika|idő|ώρα|година|שעה|समय|زمان|ساعت|ura|sat',
  sender:
    'sender|sendername|senderdisplayname|fromdisplayname|imdisplayname|from|fromname|author|authorname|name|user|username|who|nickname|displayname|remark|contact|speaker|发送者|发送人|发件人|昵称|姓名|发言人|联系人|聯絡人|連絡先|연락처|kontakt|kontaktname|contactname|contacto|contato|contatto|контакт|kişi|yhteystieto|kapcsolat|επαφή|איש קשר|संपर्क|liên hệ|ผู้ติดต่อ|kontak|جهة الاتصال|مخاطب|用户|用户名|备注|寄件者|發送者|傳送者|發送人|暱稱|送信者|名前|差出人|보낸사람|이름|발신자|사용자|de|remitente|remetente|autor|autore|mittente|expéditeur|auteur|absender|von|afzender|отправитель|от|автор|المرسل|gönderen|ngườigửi|ผู้ส่ง|pengirim|nadawca|avsändare|avsender|afsender|lähettäjä|odesílatel|odesilatel|odosielateľ|feladó|küldő|expeditor|αποστολέας|відправник|שולח|מאת|प्रेषक|فرستنده|nguoi gui|pošiljatelj|подател|sender_display_name|from name|from user|user_name|screenname|author username|role|by|sentby|发言人|speakername',
  text: 'text|message|messagetext|body|content|contents|msg|msgcontent|strcontent|comment|内容|消息|正文|文本|消息内容|聊天内容|訊息|內容|訊息內容|メッセージ|本文|テキスト|메시지|내용|본문|mensaje|texto|contenido|mensagem|conteúdo|messaggio|testo|contenu|texte|nachricht|inhalt|bericht|сообщение|текст|الرسالة|النص|mesaj|tinnhắn|nộidung|ข้อความ|pesan|wiadomość|treść|meddelande|melding|besked|viesti|zpráva|správa|üzenet|mesaj text|μήνυμα|повідомлення|הודעה|संदेश|پیغام|پیام|متن|poruka|съобщение|bericht tekst|tekst|clean_text|message_body|message content|msgtext|plaintext',
  conversation:
    'conversation|conversationname|conversationtopic|conversationtitle|chattopic|threadid|conversationid|chat|chatname|channel|channelname|room|roomname|group|groupname|thread|threadname|talker|talkername|会话|聊天|群|群聊|群名|会话名称|聊天对象|對話|聊天室|群組|chatsession|トーク|ルーム|グループ|채팅방|대화방|chat name|conversación|conversa|unterhaltung|чат|المحادثة|sohbet',
  direction:
    'outgoing|direction|issender|isself|isme|fromme|isfromme|issent|isoutgoing|isoutcoming|方向|是否本人|收发|是否发送|送受信|收发方向|傳送方向|방향|richtung|dirección|direção|direzione|sens|richting|направление|напрямок|посока|kierunek|riktning|retning|suunta|směr|smer|irány|direcție|κατεύθυνση|כיוון|दिशा|yön|hướng|ทิศทาง|arah|smjer|الاتجاه|جهت',
  files:
    'files|attachments|file|attachment|attachmentname|filename|附件|文件|文件名|檔案|附加檔案|ファイル|添付|파일|첨부|archivo|adjunto|anexo|arquivo|allegato|fichier|pièce jointe|datei|anhang|файл|вложение'
}
const BY_NAME = new Map((Object.keys(NAMES) as Column[]).flatMap((column) => NAMES[column].split('|').map((name) => [plain(name), column] as const)))
function plain(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-./:()[\]"']/gu, '')
}

/** True for the name of a column that has the other side, also for the user's own messages. */
export const isContact = (name: string): boolean => CONTACTS.has(plain(name))
const CONTACTS = new Set(
  'contact|contact name|联系人|聯絡人|連絡先|연락처|kontakt|kontaktname|contacto|contato|contatto|контакт|kişi|yhteystieto|kapcsolat|επαφή|איש קשר|संपर्क|liên hệ|ผู้ติดต่อ|kontak|جهة الاتصال|مخاطب'
    .split('|')
    .map(plain)
)

/** Column of a name, or undefined. */
export const columnOf = (name: string): Column | undefined => BY_NAME.get(plain(name)) ?? BY_NAME.get(plain(name).replace(/(?:utc|gmt)$/, ''))
/** True for the name of a column of times that has those of Greenwich. */
export const isUtc = (name: string): boolean => /(?:^|[^a-z])(?:utc|gmt)(?:$|[^a-z])/i.test(name)

export const NO_COLUMNS: ImportColumns = { time: null, clock: null, sender: null, text: null, conversation: null, direction: null, files: null }
/** Date and time of day from two values in either order; null: they are something else. */
export function dayAndClock(one: string, other: string): { day: string; clock: string } | null {
  if (isClock(other) && !isClock(one)) return { day: one, clock: other }
  return isClock(one) && !isClock(other) ? { day: other, clock: one } : null
}

/** Default column order of tables without a heading. */
const PLACES: ImportColumns = { ...NO_COLUMNS, sender: 0, time: 1, text: 2 }

const share = (cells: readonly string[], test: (cell: string) => boolean): number => {
  const filled = cells.filter((cell) => cell.trim() !== '')
  return filled.length === 0 ? 0 : filled.filter(test).length / filled.length
}
const isTime = (cell: string): boolean => readStamp(cell) !== null || cell.trim() === 'unknown'
/** True for a time of day without a date. */
const isClock = (cell: string): boolean => /\d{1,2} ?[:.h時时点點시] ?\d{2}/u.test(cell) && readStamp(cell) === null

export interface FoundColumns {
  found: ImportColumns
  /** The first row is a heading. */
  headed: boolean
  /** Time and text columns are certain. */
  sure: boolean
}

/** Columns from the first rows of a table; at least one row. */
export function findColumns(rows: readonly (readonly string[])[]): FoundColumns {
  const [heading = [], ...below] = rows
  const found: ImportColumns = { ...NO_COLUMNS }
  for (const [index, name] of heading.entries()) {
    const column = columnOf(name)
    if (column === undefined) continue
    // 'Date' and 'Time': the second is the time of day if the cells say so
    if (column === 'time' && found.time !== null) {
      const cells = below.map((row) => row[index] ?? '')
      const earlier = below.map((row) => row[found.time ?? 0] ?? '')
      if (share(cells, isClock) > 0.5 && share(earlier, isClock) < 0.5) found.clock ??= index
      else if (share(earlier, isClock) > 0.5) [found.time, found.clock] = [index, found.time]
      // prefer a textual time to a numeric one, and the first of two texts
      else if (share(earlier, isTime) < share(cells, isTime)) found.time = index
    } else if (column === 'sender' && found.sender !== null) {
      // prefer the name column that is filled more often
      if (
        share(
          below.map((row) => row[index] ?? ''),
          (cell) => cell !== ''
        ) >
        share(
          below.map((row) => row[found.sender ?? 0] ?? ''),
          (cell) => cell !== ''
        )
      )
        found.sender = index
    } else found[column] ??= index
  }
  // a column with the direction of each row
  if (found.direction === null && below.length > 0) {
    const place = heading.findIndex(
      (_, index) =>
        !Object.values(found).includes(index) &&
        share(
          below.map((row) => row[index] ?? ''),
          isDirection
        ) === 1
    )
    if (place >= 0 && below.some((row) => isOwn(row[place] ?? '') !== undefined)) found.direction = place
  }
  const named = Object.values(found).filter((one) => one !== null).length
  const timed = heading.some(isTime)
  const headed = named >= 2 && !timed
  const told = below.map((row) => (found.direction === null ? '' : (row[found.direction] ?? '')))
  // a direction in unknown words would make all messages the other's
  const understood = told.every((cell) => cell.trim() === '') || share(told, (cell) => isOwn(cell) !== undefined || isNotice(cell)) > 0.5
  if (headed) return { found, headed, sure: found.time !== null && found.text !== null && understood }
  // a number of the row comes first
  if (timed && heading.length >= 4 && isTime(heading[1] ?? '') && rows.every((row) => /^\s*\d+\s*$/.test(row[0] ?? '')))
    return { found: { ...NO_COLUMNS, time: 1, sender: 2, text: 3 }, headed: false, sure: heading.length === 4 }
  if (timed && isTime(heading[1] ?? '') && heading.length >= 3) return { found: PLACES, headed: false, sure: true }
  if (timed) {
    const time = heading.findIndex(isTime)
    const rest = heading.map((_, index) => index).filter((index) => index !== time)
    const lengths = rest.map((index) => rows.reduce((sum, row) => sum + (row[index] ?? '').length, 0))
    // of a time and two texts the second is the message, unless names would be much longer than messages
    const usual = time === 0 && heading.length === 3 && (lengths[1] ?? 0) * 4 >= (lengths[0] ?? 0)
    const text = usual ? 2 : (rest[lengths.indexOf(Math.max(...lengths))] ?? null)
    const sender = rest.find((index) => index !== text) ?? null
    // time, sender, text is an equally common order
    return { found: { ...NO_COLUMNS, time, text, sender }, headed: false, sure: time === 0 && heading.length === 3 && sender === 1 && text === 2 }
  }
  return { found, headed: below.length > 0 && below.some((row) => row.some(isTime)), sure: false }
}

/** Words for the direction of a message in the languages of the column names. */
const SENT = new Set(
  'outgoing|sent|发送|已发送|发出|發送|已傳送|傳送|寄出|送信|送信済み|발신|보냄|보낸 메시지|ausgehend|gesendet|ausgang|sortant|sortante|envoyé|envoyée|envoi|saliente|enviado|enviada|enviados|saída|inviato|inviata|in uscita|uscita|uitgaand|verzonden|исходящее|исходящий|исходящая|исходящие|отправлено|отправленное|вихідне|вихідний|надіслано|изходящо|изпратено|wychodzące|wychodząca|wychodzący|wysłane|wysłana|giden|gönderilen|gönderildi|utgående|skickat|skickade|udgående|sendt|lähtevä|lähetetty|odchozí|odesláno|odoslané|odchádzajúca|kimenő|elküldött|elküldve|trimis|trimise|εξερχόμενο|εξερχόμενα|απεσταλμένο|יוצא|יוצאת|נשלח|भेजा|भेजा गया|đi|đã gửi|gửi đi|ส่ง|ส่งแล้ว|ขาออก|keluar|terkirim|odlazno|poslano|صادر|صادرة|مرسل|مرسلة|ارسالی'.split(
    '|'
  )
)
const RECEIVED = new Set(
  'incoming|received|接收|已接收|收到|收取|受信|受信済み|수신|받음|받은 메시지|eingehend|empfangen|erhalten|eingang|entrant|entrante|reçu|reçue|recibido|recibida|recibidos|recebido|recebida|entrada|ricevuto|ricevuta|in entrata|in arrivo|entrata|inkomend|ontvangen|входящее|входящий|входящая|входящие|получено|полученное|вхідне|вхідний|отримано|входящо|получено|przychodzące|przychodząca|przychodzący|odebrane|odebrana|gelen|alınan|alındı|inkommande|mottaget|mottagna|indgående|modtaget|innkommende|mottatt|saapuva|vastaanotettu|příchozí|přijato|prijaté|prichádzajúca|bejövő|fogadott|primit|primite|εισερχόμενο|εισερχόμενα|ληφθέν|נכנס|נכנסת|התקבל|प्राप्त|đến|đã nhận|nhận|รับ|ได้รับ|ขาเข้า|masuk|diterima|dolazno|primljeno|وارد|واردة|مستلم|مستلمة|دریافتی'.split(
    '|'
  )
)
const OWN = new Set(['1', 'true', 'yes', 'out', 'me', 'y', '是', '我', 'ja', 'oui', 'sí', 'да'])
const OTHERS = new Set(['0', 'false', 'no', 'in', 'n', '否', '对方', '對方', 'nein', 'non', 'нет'])
const saidIn = (cell: string): string => cell.normalize('NFC').trim().toLowerCase()

/** True if a cell marks the row as the user's own; undefined: no direction. */
export function isOwn(cell: string): boolean | undefined {
  const said = saidIn(cell)
  if (SENT.has(said) || OWN.has(said)) return true
  return RECEIVED.has(said) || OTHERS.has(said) ? false : undefined
}

/** True for a sender that is the user's word for himself. */
export const isOwnName = (name: string): boolean => /^(?:me|myself|我|本人|自己|私|自分|나)$/i.test(name.trim())

/** True for a direction in words, including the word for system messages. */
const isDirection = (cell: string): boolean => SENT.has(saidIn(cell)) || RECEIVED.has(saidIn(cell)) || isNotice(cell)
/** True if a cell marks the row as a system message. */
export const isNotice = (cell: string): boolean => /^notification$/i.test(cell.trim())

/** Shape shared by tables of one kind: the column names of the heading, else whether each column holds times, numbers or texts. */
export function shapeOf(rows: readonly (readonly string[])[], headed: boolean): string {
  const width = Math.max(0, ...rows.map(({ length }) => length))
  const cells = (index: number): string[] => rows.map((row) => row[index] ?? '')
  const kind = (index: number): string =>
    share(cells(index), isTime) > 0.5 ? 'time' : share(cells(index), (cell) => /^\s*-?[\d.,]+\s*$/.test(cell)) > 0.5 ? 'number' : 'text'
  const what = headed ? (rows[0] ?? []).map(plain) : Array.from({ length: width }, (_, index) => kind(index))
  return createHash('sha256')
    .update(JSON.stringify([headed, what]))
    .digest('hex')
    .slice(0, 32)
}
/** True if the columns fit the rows: the times are valid. */
export function fits(rows: readonly (readonly string[])[], { time, clock, text }: ImportColumns): boolean {
  if (time === null || text === null || rows.length === 0) return false
  const written = rows.map((row) => [row[time] ?? '', clock === null ? '' : (row[clock] ?? '')].filter((part) => part.trim() !== '').join(' '))
  return share(written, isTime) > 0.5
}
