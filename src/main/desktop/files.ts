/** Files of messages handed to the system: opened, shown in their folder, saved elsewhere. */
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { app, nativeImage, shell, type WebContents } from 'electron'
import { chooseSavePath } from './file-dialogs.ts'
import { markAsForeign } from './origin-mark.ts'
import { isProgram } from './programs.ts'
import type { DesktopWords } from './words.ts'

/** Size of the icon at the pointer while a file is dragged out. */
const ICON_PX = 48

/** File of a message: its path, and the name its sender gave it. */
type MessageFile = { path: string; name: string } | null

export class FileError extends Error {
  readonly reason: 'gone' | 'program' | 'no-program'
  constructor(reason: FileError['reason']) {
    super(reason)
    this.name = 'FileError'
    this.reason = reason
  }
}

function existing(file: MessageFile): NonNullable<MessageFile> {
  if (file === null) throw new FileError('gone')
  return file
}

/** Throws FileError. */
export async function openFile(file: MessageFile): Promise<void> {
  const { path, name } = existing(file)
  if (isProgram(name) || isProgram(path)) throw new FileError('program')
  if ((await shell.openPath(path)) !== '') throw new FileError('no-program')
}

export function revealFile(file: MessageFile): void {
  shell.showItemInFolder(existing(file).path)
}

/** Copies a file to a path where another may exist: that one is replaced completely or kept. */
export async function copyWhole(from: string, to: string): Promise<void> {
  const own = await mkdtemp(join(dirname(to), '.mnemo-save-'))
  try {
    await copyFile(from, join(own, 'file'))
    await rename(join(own, 'file'), to)
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

/** Lets the user choose the target; false if the dialog was cancelled. */
export async function saveFile(contents: WebContents, words: DesktopWords['dialogs'], file: MessageFile): Promise<boolean> {
  const { path, name } = existing(file)
  const target = await chooseSavePath(contents, { title: words.saveFile, defaultPath: join(app.getPath('downloads'), name) })
  if (target === null) return false
  await copyWhole(path, target)
  await markAsForeign(target)
  return true
}

/** Starts dragging a file out of a window, under its own name, which it does not have in the media folder. Throws FileError. */
export async function dragFile(contents: WebContents, file: MessageFile, icon: string): Promise<void> {
  const { path, name } = existing(file)
  const folder = await mkdtemp(join(tmpdir(), 'mnemo-drag-'))
  const copy = join(folder, basename(name))
  await copyFile(path, copy)
  await markAsForeign(copy)
  // the drop target copies it once more
  app.once('will-quit', () => void rm(folder, { recursive: true, force: true }))
  contents.startDrag({ file: copy, icon: nativeImage.createFromPath(icon).resize({ width: ICON_PX }) })
}
