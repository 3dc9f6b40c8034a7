/** Content of copied messages: their placeholders for files become attachments. Pure. */
import { fileOf, type TextFile } from '../source.ts'
import { withoutPlaceholders } from './left-out.ts'
import type { TextReader } from './text-history.ts'

const FILE = /^\[([^\]:：]{1,12})[:：] ?(.+\.\w{1,5})\s*[(（][^()（）]*[)）]\s*\]$/

/** Files of a message whose line is a file placeholder. */
export function contentOf(text: string, file: TextFile): ReturnType<NonNullable<TextReader['content']>> {
  const plain = text.replace(/^\n+|\n+$/g, '')
  const [, , name] = FILE.exec(plain) ?? []
  return name === undefined ? (withoutPlaceholders(plain, file) ?? { text: plain }) : { text: '', files: [fileOf(file, name.trim())] }
}
