/** The system's dialogs for choosing files. */
import { app, dialog } from 'electron'
import { join } from 'node:path'
import type { ExportFormat } from '../../contract/domain.ts'

/** The file to import, or null. */
export async function chooseHistory(): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    properties: ['openFile'],
    filters: [
      { name: 'WhatsApp, Telegram, Slack, CSV, TSV, JSONL', extensions: ['txt', 'zip', 'json', 'jsonl', 'ndjson', 'csv', 'tsv', 'gz'] },
      { name: '*', extensions: ['*'] }
    ]
  })
  return canceled ? null : (filePaths[0] ?? null)
}

/** Where to export to, or null. */
export async function chooseTarget(format: ExportFormat): Promise<string | null> {
  const name = `Mnemo ${new Date().toISOString().slice(0, 10)}.${format}`
  const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: join(app.getPath('documents'), name), filters: [{ name: format.toUpperCase(), extensions: [format] }] })
  return canceled || filePath === '' ? null : filePath
}
