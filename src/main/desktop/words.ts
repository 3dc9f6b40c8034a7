/** Texts of the main process: notifications, tray, menus and dialogs. */
import type { AttachmentNoun } from '../../contract/domain.ts'
import type { Language } from '../../contract/settings.ts'
import type { StoreOpenError } from '../../engine/store/database.ts'

export interface DesktopWords {
  newMessages(count: number): string
  /** `name`: name of the conversation. */
  reminder(name: string): string
  kinds: Record<Exclude<AttachmentNoun, 'file'>, string>
  /** Text for a message that this version does not understand. */
  unsupported: string
  encrypted: string
  open: string
  quit: string
  reply: string
  /** Context menu of texts. */
  /** Reasons why Mnemo cannot start, by the code of StoreOpenError, and the user's choices. */
  startProblem: Record<'title' | 'again' | 'otherFolder' | 'showFolder' | 'quit', string> & { reasons: Record<StoreOpenError['code'] | 'other', string> }
  /** Dialog for a window that does not respond, or whose page ends again and again. */
  page: Record<'hung' | 'hungAbout' | 'wait' | 'reload' | 'ended' | 'endedAbout' | 'close', string>
  /** Titles of the system's file dialogs. */
  dialogs: Record<'importHistory' | 'historyFiles' | 'exportHistory' | 'saveFile' | 'allFiles', string>
  text: Record<'noSuggestions' | 'learn' | 'copyLink' | 'undo' | 'redo' | 'cut' | 'copy' | 'paste' | 'selectAll', string>
}

export const WORDS: Record<Language, DesktopWords> = {
  en: {
    reminder: (name) => `Reminder: ${name}`,
    newMessages: (count) => (count === 1 ? 'A new message' : `${count} new messages`),
    kinds: { image: '[Picture]', video: '[Video]', voice: '[Voice message]', sticker: '[Sticker]', contact: '[Contact]' },
    unsupported: '[Not supported by this version]',
    encrypted: '[Encrypted message]',
    open: 'Open Mnemo',
    quit: 'Quit',
    reply: 'Reply',
    startProblem: {
      title: 'Mnemo cannot start',
      again: 'Try again',
      otherFolder: 'Use another folder…',
      showFolder: 'Show the folder',
      quit: 'Quit',
      reasons: {
        'wrong-key': 'The key does not fit the stored messages. If the key is in your keychain, unlock the keychain and try again.',
        corrupt: 'The file with your messages is damaged.',
        newer: 'A newer version of Mnemo has used this folder. Install that version.',
        io: 'The folder for your messages cannot be used. Make it writable, free some space, or choose another folder.',
        'in-use': 'Mnemo is already running with this folder. Close it there first.',
        other: 'An unexpected error occurred.'
      }
    },
    dialogs: { importHistory: 'Import history', historyFiles: 'History files', exportHistory: 'Export history', saveFile: 'Save file', allFiles: 'All files' },
    page: {
      hung: 'This window is not responding',
      hungAbout: 'You can wait, or reload the window. No message is lost.',
      wait: 'Wait',
      reload: 'Reload',
      ended: 'This window keeps crashing',
      endedAbout: 'No message is lost. You can reload the window or close it.',
      close: 'Close'
    },
    text: {
      noSuggestions: 'No suggestions',
      learn: 'Add to the dictionary',
      copyLink: 'Copy the address',
      undo: 'Undo',
      redo: 'Redo',
      cut: 'Cut',
      copy: 'Copy',
      paste: 'Paste',
      selectAll: 'Select all'
    }
  },
  'zh-CN': {
    reminder: (name) => `提醒：${name}`,
    newMessages: (count) => (count === 1 ? '一条新消息' : `${count} 条新消息`),
    kinds: { image: '[图片]', video: '[视频]', voice: '[语音]', sticker: '[贴纸]', contact: '[名片]' },
    unsupported: '[当前版本不支持的消息]',
    encrypted: '[加密消息]',
    open: '打开 Mnemo',
    quit: '退出',
    reply: '回复',
    startProblem: {
      title: 'Mnemo 无法启动',
      again: '重试',
      otherFolder: '使用其他文件夹…',
      showFolder: '打开文件夹',
      quit: '退出',
      reasons: {
        'wrong-key': '密钥与已保存的消息不匹配。如果密钥在系统钥匙串中，请先解锁钥匙串再重试。',
        corrupt: '消息文件已损坏。',
        newer: '此文件夹已被更新版本的 Mnemo 使用，请安装新版本。',
        io: '无法使用消息文件夹。请检查写入权限和磁盘空间，或选择其他文件夹。',
        'in-use': 'Mnemo 已在使用此文件夹，请先关闭正在运行的 Mnemo。',
        other: '发生未知错误。'
      }
    },
    dialogs: { importHistory: '导入聊天记录', historyFiles: '聊天记录文件', exportHistory: '导出聊天记录', saveFile: '保存文件', allFiles: '所有文件' },
    page: {
      hung: '窗口没有响应',
      hungAbout: '你可以继续等待，或重新加载窗口。消息不会丢失。',
      wait: '等待',
      reload: '重新加载',
      ended: '窗口多次崩溃',
      endedAbout: '消息不会丢失。你可以重新加载或关闭窗口。',
      close: '关闭'
    },
    text: {
      noSuggestions: '没有建议',
      learn: '添加到词典',
      copyLink: '复制链接',
      undo: '撤销',
      redo: '重做',
      cut: '剪切',
      copy: '复制',
      paste: '粘贴',
      selectAll: '全选'
    }
  },
  'zh-TW': {
    reminder: (name) => `提醒：${name}`,
    newMessages: (count) => (count === 1 ? '一則新訊息' : `${count} 則新訊息`),
    kinds: { image: '[圖片]', video: '[影片]', voice: '[語音]', sticker: '[貼圖]', contact: '[名片]' },
    unsupported: '[目前版本不支援的訊息]',
    encrypted: '[加密訊息]',
    open: '開啟 Mnemo',
    quit: '結束',
    reply: '回覆',
    startProblem: {
      title: 'Mnemo 無法啟動',
      again: '重試',
      otherFolder: '使用其他資料夾…',
      showFolder: '打開資料夾',
      quit: '結束',
      reasons: {
        'wrong-key': '金鑰與已儲存的訊息不符。如果金鑰存放在系統鑰匙圈，請先解鎖再重試。',
        corrupt: '訊息檔案已損毀。',
        newer: '此資料夾已由較新版本的 Mnemo 使用，請安裝新版本。',
        io: '無法使用訊息資料夾。請檢查寫入權限與磁碟空間，或選擇其他資料夾。',
        'in-use': 'Mnemo 已在使用此資料夾，請先關閉執行中的 Mnemo。',
        other: '發生未知的錯誤。'
      }
    },
    dialogs: { importHistory: '匯入聊天記錄', historyFiles: '聊天記錄檔案', exportHistory: '匯出聊天記錄', saveFile: '儲存檔案', allFiles: '所有檔案' },
    page: {
      hung: '視窗沒有回應',
      hungAbout: '你可以繼續等待，或重新載入視窗。訊息不會遺失。',
      wait: '等待',
      reload: '重新載入',
      ended: '視窗多次當機',
      endedAbout: '訊息不會遺失。你可以重新載入或關閉視窗。',
      close: '關閉'
    },
    text: {
      noSuggestions: '沒有建議',
      learn: '加入字典',
      copyLink: '複製連結',
      undo: '復原',
      redo: '重做',
      cut: '剪下',
      copy: '複製',
      paste: '貼上',
      selectAll: '全選'
    }
  },
  ja: {
    reminder: (name) => `リマインダー：${name}`,
    newMessages: (count) => `新着メッセージ ${count} 件`,
    kinds: { image: '[画像]', video: '[動画]', voice: '[ボイスメッセージ]', sticker: '[ステッカー]', contact: '[連絡先]' },
    unsupported: '[このバージョンでは表示できません]',
    encrypted: '[暗号化されたメッセージ]',
    open: 'Mnemo を開く',
    quit: '終了',
    reply: '返信',
    startProblem: {
      title: 'Mnemo を起動できません',
      again: '再試行',
      otherFolder: '別のフォルダーを使う…',
      showFolder: 'フォルダーを開く',
      quit: '終了',
      reasons: {
        'wrong-key': '保存されたメッセージの鍵が一致しません。鍵がキーチェーンにある場合は、ロックを解除して再試行してください。',
        corrupt: 'メッセージのファイルが壊れています。',
        newer: 'このフォルダーは新しいバージョンの Mnemo で使われています。そのバージョンをインストールしてください。',
        io: 'メッセージのフォルダーを使用できません。書き込み権限と空き容量を確認するか、別のフォルダーを選んでください。',
        'in-use': 'このフォルダーはすでに Mnemo で使用中です。先に終了してください。',
        other: '予期しないエラーが発生しました。'
      }
    },
    dialogs: {
      importHistory: '履歴を読み込む',
      historyFiles: '履歴ファイル',
      exportHistory: '履歴を書き出す',
      saveFile: 'ファイルを保存',
      allFiles: 'すべてのファイル'
    },
    page: {
      hung: 'ウィンドウが応答していません',
      hungAbout: 'このまま待つか、再読み込みできます。メッセージは失われません。',
      wait: '待つ',
      reload: '再読み込み',
      ended: 'ウィンドウが繰り返し停止しています',
      endedAbout: 'メッセージは失われません。再読み込みするか閉じてください。',
      close: '閉じる'
    },
    text: {
      noSuggestions: '候補なし',
      learn: '辞書に追加',
      copyLink: 'アドレスをコピー',
      undo: '元に戻す',
      redo: 'やり直す',
      cut: '切り取り',
      copy: 'コピー',
      paste: '貼り付け',
      selectAll: 'すべて選択'
    }
  }
}
