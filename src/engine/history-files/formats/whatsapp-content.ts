/**
 * Phone-generated parts of message texts in WhatsApp's export, recognized by their shape in every language:
 *   NAME.ext (file attached)      ‎<attached: NAME.ext>      text ‎<This message was edited>
 * U+200E precedes the phone's own text. A phone has one language: words learnt at an unambiguous position are recognized elsewhere.
 */
import { kindOf, type ParsedFile, type ParsedMessage } from '../history.ts'
import type { TextFile } from '../source.ts'
import { isFileName, namedFile, notHere, omittedKind } from './left-out.ts'

export interface PhoneWords {
  attached: Set<string>
  edited: Set<string>
  /** Number of messages that begin with these words in angle brackets. */
  angled: Map<string, number>
  /** The phone marks its words for files that are left out: the same words without a mark are a person's. */
  marked: boolean
}
export const noWords = (): PhoneWords => ({ attached: new Set(), edited: new Set(), angled: new Map(), marked: false })

/** File names given by phones. */
const MEDIA_NAME = /^(?:(?:IMG|VID|AUD|PTT|DOC|STK|GIF)-|\d{8}-|(?:IMG|VID|PXL|DSC)_\d)/i
const IN_BRACKETS = /^([\u200e\u200f]?)([^\n]+?\.\w{1,5}) \(([^()\n]{2,60})\)$/u
/** Name without an extension, which only the phone's own words make a file. */
const BARE_NAME = /^([\u200e\u200f]?)([^\n()]{1,120}) \(([^()\n]{2,60})\)$/u
const IN_ANGLES = /^(.*?)\s?([\u200e\u200f]?)<([^:：<>\n]{1,40})[:：] ?([^<>\n]+\.\w{1,5})>$/u
const EDIT = /^(.*\S)\s([\u200e\u200f]?)<([\p{L}\p{M}][\p{L}\p{M} .'’,-]{2,60})>$/su
/** Phones' words for attachments, used if the file itself does not show them. */
const ATTACHED = new Set(
  'file attached|attached|文件附件|文件已附加|檔案附件|附件|已附加檔案|添付ファイル|ファイル添付|첨부 파일|파일 첨부됨|첨부됨|archivo adjunto|adjunto|arquivo anexado|anexado|ficheiro anexado|Datei angehängt|Anhang|fichier joint|pièce jointe|file allegato|allegato|файл добавлен|вложенный файл|прикреплено|файл додано|dosya ekli|eklendi|bestand bijgevoegd|plik załączony|załącznik|bifogad fil|fil vedhæftet|vedlagt fil|tiedosto liitetty|přiložený soubor|soubor přiložen|csatolt fájl|fișier atașat|συνημμένο αρχείο|الملف مرفق|ملف مرفق|مرفق|הקובץ צורף|קובץ מצורף|فایل پیوست شد|फ़ाइल संलग्न है|ไฟล์แนบ|tệp đính kèm|file terlampir|lampiran|fail dilampirkan|прикачен файл|priložena datoteka|датотека приложена'
    .split('|')
    .map((words) => words.toLowerCase())
)
const EDITED = new Set([
  'this message was edited',
  '此消息已编辑',
  '此訊息已編輯',
  '已编辑',
  '已編輯',
  'このメッセージは編集されました',
  '메시지가 수정되었습니다',
  'تم تعديل هذه الرسالة',
  'edited'
])

/** Stems of 'edited' in the languages of phones, within a sentence about the message. */
const EDITED_STEM =
  /edited|editad[oa]|editó|bearbeitet|modifi(?:é|cato|cat|kuar)|измен[её]н|отредактирован|відредаговано|змінено|edytowan|bewerkt|düzenlen|di(?:edit|sunting|ubah)|upraven[ao]|szerkeszt|muokattiin|muokattu|redigerad|redigeret|redigert|editat|редактиран|uređen|izmijenjen|измењен|επεξεργ|编辑|編輯|編集|수정|편집|تعديل|ویرایش|ترمیم|נערכ|एडिट|संपादित|সম্পাদ|திருத்த|แก้ไข|chỉnh sửa|suntingan|zmenen/iu

/** Learns the phone's words from positions where nothing else can stand. */
export function learnWords(text: string, file: TextFile, words: PhoneWords): void {
  const [first = ''] = text.split('\n')
  const bracket = IN_BRACKETS.exec(first)
  if (bracket !== null && (MEDIA_NAME.test(bracket[2] ?? '') || bracket[1] !== '' || file.media(bracket[2] ?? '') !== null))
    words.attached.add((bracket[3] ?? '').toLowerCase())
  const angle = IN_ANGLES.exec(first)
  if (angle !== null && (MEDIA_NAME.test(angle[4] ?? '') || angle[2] !== '' || file.media(angle[4] ?? '') !== null))
    words.attached.add((angle[3] ?? '').toLowerCase())
  const edit = EDIT.exec(text)
  if (edit !== null && edit[2] !== '') words.edited.add((edit[3] ?? '').toLowerCase())
  const [, alone] = ANGLED.exec(first) ?? []
  if (alone !== undefined) words.angled.set(alone, (words.angled.get(alone) ?? 0) + 1)
  if (/^[\u200e\u200f]/u.test(text) && isOmitted(text)) words.marked = true
}

/** Words alone in angle brackets, as Android writes them in place of a file. */
const ANGLED = /^[\u200e\u200f]?<([^<>\n]{3,60})>$/u
/** Number of messages from which such words are the phone's in a language without known words. */
const OFTEN = 3
const isPhrase = (words: string): boolean => /^[\p{L}\p{M} .'’‘-]+$/u.test(words) && (/\S \S/.test(words) || /[^\p{Script=Latin}\s]{4}/u.test(words))
/** The phone's words behind a caption. */
const MARKED = /^(.*?)\s?[\u200e\u200f]\s?<?([^<>\u200e\u200f\n]{3,80})>?$/u

/** True for the phone's words for a file that is left out. */
export const isOmitted = (text: string): boolean => omittedKind((text.split('\n', 1)[0] ?? '').replace(/[<>]/g, '')) !== null

/** File that the export leaves out: '<Media omitted>' (Android), 'caption ‎image omitted' (iPhone); null: none. */
function leftOut(body: string, file: TextFile, words: PhoneWords): (Pick<ParsedMessage, 'text'> & { files: ParsedFile[] }) | null {
  const all = body.split('\n')
  const [first = '', ...rest] = all
  const [, angled] = ANGLED.exec(first) ?? []
  if (angled !== undefined) {
    const kind = omittedKind(angled) ?? (isPhrase(angled) && (words.angled.get(angled) ?? 0) >= OFTEN ? 'file' : null)
    if (kind === null) return null
    const below = plain(rest.join('\n'))
    // a document's name stands below
    return isFileName(below) ? { text: '', files: [namedFile(file, 'file', below)] } : { text: below, files: [notHere(kind, plain(angled))] }
  }
  for (const [index, line] of all.entries()) {
    const [, caption = '', said = ''] = MARKED.exec(line) ?? (index === 0 && !words.marked ? [line, '', line] : [])
    const kind = omittedKind(said)
    if (kind === null) continue
    const text = plain([...all.slice(0, index), caption, ...all.slice(index + 1)].join('\n'))
    const [, name] = /^(\S.*\.\w{1,5})(?: •[^\n]*)?$/u.exec(text) ?? []
    return name !== undefined && isFileName(name) ? { text: '', files: [namedFile(file, kind, name)] } : { text, files: [notHere(kind, plain(said))] }
  }
  return null
}

/** Text of a person, with its files and whether it was edited. */
export function contentOf(text: string, file: TextFile, words: PhoneWords): Pick<ParsedMessage, 'text' | 'edited' | 'files' | 'retracted'> {
  const edit = EDIT.exec(text)
  const edited =
    edit !== null &&
    (edit[2] !== '' ||
      EDITED.has((edit[3] ?? '').toLowerCase()) ||
      (EDITED_STEM.test(edit[3] ?? '') && !/[\d@]/.test(edit[3] ?? '')) ||
      words.edited.has((edit[3] ?? '').toLowerCase()))
  const body = edited ? (edit?.[1] ?? '') : text
  const change = edited ? { edited } : {}
  const [first = '', ...rest] = body.split('\n')
  const known = (said: string): boolean => ATTACHED.has(said.toLowerCase()) || words.attached.has(said.toLowerCase())
  const bracket = IN_BRACKETS.exec(first)
  if (bracket !== null && known(bracket[3] ?? '')) return { text: plain(rest.join('\n')), ...change, files: [fileOf(bracket[2] ?? '', file)] }
  const bare = BARE_NAME.exec(first)
  if (bare !== null && ATTACHED.has((bare[3] ?? '').toLowerCase()) && (/^\S+$/u.test(bare[2] ?? '') || file.media(bare[2] ?? '') !== null))
    return { text: plain(rest.join('\n')), ...change, files: [fileOf(bare[2] ?? '', file)] }
  for (const [index, line] of [first, ...rest].entries()) {
    const angle = IN_ANGLES.exec(line)
    if (angle === null || !known(angle[3] ?? '')) continue
    const name = angle[4] ?? ''
    const caption = [...(index === 0 ? [] : [first, ...rest.slice(0, index - 1)]), angle[1] ?? '', ...rest.slice(index)].join('\n')
    return { text: captionOf(plain(caption), name), ...change, files: [fileOf(name, file)] }
  }
  const omitted = leftOut(body, file, words)
  if (omitted !== null) return { ...change, ...omitted }
  const said = plain(body)
  // the phone's notes on a call follow another mark
  const call = /^[\u200e\u200f]([^\u200e\u200f\n]{4,40}?)[,.，。、:]? ?[\u200e\u200f]/u.exec(body)?.[1]
  if (call !== undefined && (MISSED.test(plain(call)) || CALL.test(plain(call)))) return { text: `📞 ${said}`, ...change }
  if (isDeleted(said)) return { text: '', retracted: true }
  return { text: MISSED.test(said) ? `📞 ${said}` : said, ...change }
}

/** The phone's sentences in place of a deleted message. */
const DELETED = new Set(
  'this message was deleted|you deleted this message|this message was deleted by admin|已删除这条消息|此消息已删除|这条消息已被删除|您撤回了此消息|你撤回了此消息|您已删除这条消息|您删除了此消息|你删除了此消息|此訊息已刪除|你已刪除此訊息|您已刪除此訊息|你已收回此訊息|您已收回此訊息|這則訊息已刪除|このメッセージは削除されました|このメッセージを削除しました|삭제된 메시지입니다|이 메시지는 삭제되었습니다|이 메시지를 삭제했습니다|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|ce message a été supprimé|vous avez supprimé ce message|se eliminó este mensaje|este mensaje fue eliminado|eliminaste este mensaje|mensagem apagada|esta mensagem foi apagada|você apagou esta mensagem|questo messaggio è stato eliminato|hai eliminato questo messaggio|dit bericht is verwijderd|je hebt dit bericht verwijderd|данное сообщение удалено|вы удалили данное сообщение|сообщение удалено|це повідомлення видалено|bu mesaj silindi|bu mesajı sildiniz|ta wiadomość została usunięta|usunięto tę wiadomość|pesan ini telah dihapus|anda menghapus pesan ini|tin nhắn này đã bị xóa|ข้อความนี้ถูกลบ|تم حذف هذه الرسالة|لقد حذفت هذه الرسالة|ההודעה נמחקה|הודעה זו נמחקה|מחקת הודעה זו|أنت حذفت هذه الرسالة|این پیام حذف شد|شما این پیام را حذف کردید|ви видалили це повідомлення|du raderade detta meddelande|detta meddelande raderades|denne besked blev slettet|du slettede denne besked|denne meldingen ble slettet|du slettet denne meldingen|tämä viesti poistettiin|poistit tämän viestin|tato zpráva byla odstraněna|odstranili jste tuto zprávu|ezt az üzenetet törölték|törölted ezt az üzenetet|acest mesaj a fost șters|ai șters acest mesaj|αυτό το μήνυμα διαγράφηκε|διαγράψατε αυτό το μήνυμα|esta mensagem foi eliminada|eliminou esta mensagem|bạn đã xóa tin nhắn này|คุณลบข้อความนี้|mesej ini telah dipadamkan|anda telah menghapus pesan ini|你已删除此消息|您已删除此消息|已刪除此訊息|आपने यह मैसेज हटा दिया|इस मैसेज को हटा दिया गया है|यह संदेश हटा दिया गया'.split(
    '|'
  )
)
/** With the name of the admin behind it. */
const DELETED_BY =
  /^(?:this message was deleted by admin|you deleted this message as admin|管理员.{0,40}(?:已删除|删除了)(?:这条|此)消息|此消息已被管理员.{0,40}删除)/i
const isDeleted = (text: string): boolean =>
  (DELETED_BY.test(text) && !text.includes('\n') && text.length < 120) ||
  DELETED.has(
    text
      .toLowerCase()
      .replace(/[.。]$/u, '')
      .trim()
  )
/** The phone's sentences on missed calls. */
const MISSED =
  /^(?:(?:you )?missed (?:an? )?(?:group )?(?:voice|video) call|(?:您|你)?(?:有)?(?:未接|错过|錯過)了?(?:一个|一個|一通)?的?(?:群组|群組)?(?:语音|視訊|視像|语音|語音|视频)(?:通话|通話|来电|來電)|(?:音声|ビデオ)通話(?:の)?不在着信|不在着信(?:（.*）)?|verpasster (?:sprach|video)anruf|appel (?:vocal|vidéo) manqué|llamada (?:de voz|de video|perdida|de voz perdida|de video perdida)|(?:chamada|ligação) de (?:voz|vídeo) perdida|chiamata (?:vocale|video) persa|пропущенный (?:аудио|видео)звонок|부재중 (?:음성|영상) 통화)[.。]?$/iu

/** The phone's words for a call. */
const CALL =
  /^(?:(?:group )?(?:voice|video) call|(?:群组)?(?:语音|视频)通话|(?:群組)?(?:語音|視訊|視像)通話|(?:グループ)?(?:音声|ビデオ)通話|(?:sprach|video)anruf|appel (?:vocal|vidéo)|llamada de (?:voz|grupo)|videollamada|(?:chamada|ligação) de (?:voz|vídeo)|chiamata vocale|videochiamata|(?:аудио|видео)звонок|(?:음성|영상) ?통화|sesli arama|görüntülü arama|spraakoproep|video-?oproep)$/iu

/** Caption of a document, without its leading file name: 'Quote.pdf • 12 pages'. */
function captionOf(text: string, name: string): string {
  const own = name.replace(/^\d{8}-/, '')
  const [first = '', ...rest] = text.split('\n')
  return first === own || first.startsWith(`${own} •`) ? rest.join('\n') : text
}

function fileOf(name: string, file: TextFile): NonNullable<ParsedMessage['files']>[number] {
  const clean = name.replace(/[\u200e\u200f\u202a-\u202e]/g, '')
  const there = file.media(clean)
  return { kind: kindOf(clean), name: clean, bytes: there?.bytes ?? null, source: there?.source ?? null }
}

/** Removes the phone's directional marks and narrow blanks. */
const plain = (text: string): string =>
  text
    .replace(/[\u200e\u202a-\u202e\ufeff\r]/g, '')
    .replace(/[\u00a0\u202f\u2009]/g, ' ')
    .replace(/^\n+|\s+$/g, '')
