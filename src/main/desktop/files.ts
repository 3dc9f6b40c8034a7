/** Files of messages handed to the system: opened, shown in their folder, saved elsewhere. */
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { app, nativeImage, shell, type WebContents } from 'electron'
import { chooseSavePath } from './file-dialogs.ts'
import { markAsForeign } from './origin-mark.ts'
import { isProgram } from './programs.ts'
import type { DesktopWords } from './words.ts'

/** What hangs at the pointer while a file is dragged out. */
const ICON_PX = 48

/** A file of a message: where it lies, and what its sender called it. */
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

/** Copies a file to where another one may lie: that one is replaced by all of it, or stays. */
export async function copyWhole(from: string, to: string): Promise<void> {
  const own = await mkdtemp(join(dirname(to), '.mnemo-save-'))
  try {
    await copyFile(from, join(own, 'file'))
    await rename(join(own, 'file'), to)
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

/** Lets the user choose where to; false where nothing was chosen. */
export async function saveFile(contents: WebContents, words: DesktopWords['dialogs'], file: MessageFile): Promise<boolean> {
  const { path, name } = existing(file)
  const target = await chooseSavePath(contents, { title: words.saveFile, defaultPath: join(app.getPath('downloads'), name) })
  if (target === null) return false
  await copyWhole(path, target)
  await markAsForeign(target)
  return true
}

/** Begins to drag the file out of a window, under its own name: in the media folder it has none. Throws FileError. */
export async function dragFile(contents: WebContents, file: MessageFile, icon: string): Promise<void> {
  const { path, name } = existing(file)
  const folder = await mkdtemp(join(tmpdir(), 'mnemo-drag-'))
  const copy = join(folder, basename(name))
  await copyFile(path, copy)
  await markAsForeign(copy)
  // where it is dropped it is copied once more
  app.once('will-quit', () => void rm(folder, { recursive: true, force: true }))
  contents.startDrag({ file: copy, icon: nativeImage.createFromPath(icon).resize({ width: ICON_PX }) })
}
