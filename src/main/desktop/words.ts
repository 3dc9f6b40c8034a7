/** What the main process says itself: notifications and the tray. */
import type { AttachmentKind } from '../../contract/domain.ts'
import type { Language } from '../../contract/settings.ts'

export interface DesktopWords {
  newMessages(count: number): string
  kinds: Record<Exclude<AttachmentKind, 'file'>, string>
  /** Of a message that this version does not understand. */
  unsupported: string
  open: string
  quit: string
  reply: string
  /** The menu of a text. */
  text: Record<'noSuggestions' | 'learn' | 'copyLink' | 'undo' | 'redo' | 'cut' | 'copy' | 'paste' | 'selectAll', string>
}

export const WORDS: Record<Language, DesktopWords> = {
  en: { newMessages: (count) => (count === 1 ? 'A new message' : `${count} new messages`), kinds: { image: '[Picture]', video: '[Video]', voice: '[Voice message]' }, unsupported: '[Not supported by this version]', open: 'Open Mnemo', quit: 'Quit', reply: 'Reply', text: { noSuggestions: 'No suggestions', learn: 'Add to the dictionary', copyLink: 'Copy the address', undo: 'Undo', redo: 'Redo', cut: 'Cut', copy: 'Copy', paste: 'Paste', selectAll: 'Select all' } },
  'zh-CN': { newMessages: (count) => (count === 1 ? '一条新消息' : `${count} 条新消息`), kinds: { image: '[图片]', video: '[视频]', voice: '[语音]' }, unsupported: '[当前版本不支持的消息]', open: '打开 Mnemo', quit: '退出', reply: '回复', text: { noSuggestions: '没有建议', learn: '添加到词典', copyLink: '复制链接', undo: '撤销', redo: '重做', cut: '剪切', copy: '复制', paste: '粘贴', selectAll: '全选' } },
  'zh-TW': { newMessages: (count) => (count === 1 ? '一則新訊息' : `${count} 則新訊息`), kinds: { image: '[圖片]', video: '[影片]', voice: '[語音]' }, unsupported: '[目前版本不支援的訊息]', open: '開啟 Mnemo', quit: '結束', reply: '回覆', text: { noSuggestions: '沒有建議', learn: '加入字典', copyLink: '複製連結', undo: '復原', redo: '重做', cut: '剪下', copy: '複製', paste: '貼上', selectAll: '全選' } },
  ja: { newMessages: (count) => `新着メッセージ ${count} 件`, kinds: { image: '[画像]', video: '[動画]', voice: '[ボイスメッセージ]' }, unsupported: '[このバージョンでは表示できません]', open: 'Mnemo を開く', quit: '終了', reply: '返信', text: { noSuggestions: '候補なし', learn: '辞書に追加', copyLink: 'アドレスをコピー', undo: '元に戻す', redo: 'やり直す', cut: '切り取り', copy: 'コピー', paste: '貼り付け', selectAll: 'すべて選択' } }
}
