/** Icons for kinds of files in a list, by file name extension. Pure. */
import { lookUp } from '../../contract/look-up.ts'

/** Colours dark enough for white letters (WCAG 2.1, 4.5:1). */
const COLOURS = {
  page: '#1f5fbf',
  sheet: '#1c7a43',
  slides: '#b5471b',
  pdf: '#b3261e',
  archive: '#6d5a16',
  sound: '#8a3a9b',
  code: '#3d4a5c',
  other: '#5a6068'
} as const
const KINDS: Record<string, keyof typeof COLOURS> = {
  pdf: 'pdf',
  ...Object.fromEntries(['doc', 'docx', 'odt', 'rtf', 'txt', 'md', 'pages', 'wps'].map((ending) => [ending, 'page'])),
  ...Object.fromEntries(['xls', 'xlsx', 'ods', 'csv', 'numbers', 'et'].map((ending) => [ending, 'sheet'])),
  ...Object.fromEntries(['ppt', 'pptx', 'odp', 'key', 'dps'].map((ending) => [ending, 'slides'])),
  ...Object.fromEntries(['zip', 'rar', '7z', 'gz', 'tar', 'xz', 'zst'].map((ending) => [ending, 'archive'])),
  ...Object.fromEntries(['mp3', 'wav', 'flac', 'm4a', 'ogg', 'opus', 'aac'].map((ending) => [ending, 'sound'])),
  ...Object.fromEntries(['js', 'ts', 'py', 'c', 'cc', 'cpp', 'h', 'rs', 'go', 'java', 'json', 'html', 'css', 'sh', 'xml'].map((ending) => [ending, 'code']))
}

/** Label of at most four letters for a file's kind, and its colour. */
export function fileLook(name: string): { word: string; colour: string } {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return { word: ending.slice(0, 4).toUpperCase() || '•', colour: COLOURS[lookUp(KINDS, ending) ?? 'other'] }
}
