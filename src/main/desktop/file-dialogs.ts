/** System dialogs for choosing files, each attached to the window that asked. */
import { app, BrowserWindow, dialog, type OpenDialogOptions, type SaveDialogOptions, type WebContents } from 'electron'
import { join } from 'node:path'
import type { ExportFormat } from '../../contract/history-files.ts'
import type { DesktopWords } from './words.ts'

const HISTORY_FILES = [
  'txt',
  'zip',
  'json',
  'jsonl',
  'mnemo',
  'ndjson',
  'csv',
  'tsv',
  'gz',
  'html',
  'htm',
  'mht',
  'mhtml',
  'log',
  'weechatlog',
  'xml',
  'chatlog',
  'history',
  'db'
]

/** Returns the chosen path, or null. */
async function open(contents: WebContents, options: OpenDialogOptions): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(contents)
  const { canceled, filePaths } = await (window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options))
  return canceled ? null : (filePaths[0] ?? null)
}

/** Returns the path to write to, or null. */
export async function chooseSavePath(contents: WebContents, options: SaveDialogOptions): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(contents)
  const { canceled, filePath } = await (window === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options))
  return canceled || filePath === '' ? null : filePath
}

/** Returns the history file to import, or null. */
export const chooseHistory = (contents: WebContents, words: DesktopWords['dialogs']): Promise<string | null> =>
  open(contents, {
    title: words.importHistory,
    properties: ['openFile'],
    filters: [
      { name: words.historyFiles, extensions: HISTORY_FILES },
      { name: words.allFiles, extensions: ['*'] }
    ]
  })

/** Returns the file to export to, or null. */
export function chooseTarget(contents: WebContents, words: DesktopWords['dialogs'], format: ExportFormat): Promise<string | null> {
  const name = `Mnemo ${new Date().toISOString().slice(0, 10)}.${format}`
  return chooseSavePath(contents, {
    title: words.exportHistory,
    defaultPath: join(app.getPath('documents'), name),
    filters: [{ name: format === 'mnemo' ? 'Mnemo' : format.toUpperCase(), extensions: [format] }]
  })
}
