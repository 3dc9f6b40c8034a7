/** Interface of a format for detection, and the beginning of a file by which formats are recognized: by content, never by the file's name alone. */
import { JSONParser } from '@streamparser/json'
import type { ImportFormat } from '../../../contract/history-files.ts'
import type { ParsedHistory, ReadOptions } from '../history.ts'
import { headOf, type TextFile } from '../source.ts'
import { JsonRepair, repairedText } from './json-repair.ts'

export interface Probe {
  /** Beginning of the text. */
  head: string
  /** Non-blank lines of the head. */
  lines: readonly string[]
  /** Paths of the first values in JSON, or in the first of JSON lines: 'chat.name', 'messages[].id'; null: no JSON. */
  shape: ReadonlySet<string> | null
  /** JSON lines: one object per line. */
  jsonLines: boolean
  /** File name without its extension. */
  name: string
}

export interface Format {
  name: ImportFormat
  matches(probe: Probe): boolean
  /** Throws ImportError. */
  read(file: TextFile, options: ReadOptions): Promise<ParsedHistory>
}

const HEAD_UNITS = 65_536
const MOST_LINES = 400
const MOST_JSON_LINES = 40
const DEEPEST = 6

function walk(value: unknown, path: string, depth: number, into: Set<string>): void {
  if (path !== '') into.add(path)
  if (depth >= DEEPEST || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const inner of value.slice(0, 50)) walk(inner, `${path}[]`, depth + 1, into)
  else for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`, depth + 1, into)
}

/** Paths in the beginning of a JSON text, which may be cut off anywhere. */
function shapeOfJson(head: string): Set<string> {
  const shape = new Set<string>()
  const parser = new JSONParser({ keepStack: false })
  parser.onError = () => undefined
  parser.onValue = ({ key, stack }) => {
    // deeper paths are of no use, and there may be thousands of levels
    if (stack.length > DEEPEST) return
    let path = ''
    for (const step of [...stack.slice(1).map((one) => one.key), key])
      path = typeof step === 'number' ? `${path}[]` : step === undefined ? path : path === '' ? String(step) : `${path}.${String(step)}`
    if (path !== '') shape.add(path)
  }
  try {
    for (const part of new JsonRepair().write(Buffer.from(head))) {
      if (part === 'end') break
      parser.write(part)
    }
  } catch {
    // anything after the first value, or invalid JSON, adds nothing
  }
  return shape
}

/** Combined shape of the first JSON lines; null: lines are no objects. Some may be invalid. */
function shapeOfLines(lines: readonly string[], cut: boolean): Set<string> | null {
  // one value of many lines, each of which may be an object of its own
  if (/[[{,:]\s*$/.test(lines[0] ?? '') && lines.length > 1) return null
  const shape = new Set<string>()
  let [right, wrong] = [0, 0]
  for (const [index, line] of lines.slice(0, MOST_JSON_LINES).entries()) {
    if (cut && index === lines.length - 1 && index > 0) break
    let values: unknown[]
    try {
      values = [JSON.parse(line)]
    } catch {
      values = repairedText(line).map((value): unknown => JSON.parse(value))
      // an object of several lines, or several in a line
      if (values.length !== 1) values = []
    }
    const [value] = values
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      if (value !== undefined) return null
      wrong++
    } else {
      right++
      walk(value, '', 0, shape)
    }
  }
  return right > 0 && right >= wrong ? shape : null
}
/** Prefixes of a value: comments, a byte order mark, an assignment, a function call. */
const LEAD =
  /^(?:\s|\u001e|\ufeff|\0|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/|#[^\n\r]*|(?:(?:var|let|const|export default|module\.exports) *)?[\w$.]{1,80} *=(?=\s*[[{])|[\w$.]{1,80} *\((?=\s*[[{]))+/

/** Examines the beginning of a file. */
export async function probeOf(file: TextFile): Promise<Probe> {
  const whole = (await headOf(file, HEAD_UNITS)).trimStart()
  const led = LEAD.exec(whole)?.[0].length ?? 0
  const head = /^[[{]/.test(whole.slice(led)) ? whole.slice(led) : whole
  const lines = head.split(/\r\n?|\n/, MOST_LINES).filter((line) => line.trim() !== '')
  const cut = whole.length >= HEAD_UNITS - 4
  // a line in brackets is no list
  if (!/^(?:\{|\[(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)*(?:[[{\]]|$))/.test(head)) return { head, lines, shape: null, jsonLines: false, name: file.name }
  const ofLines = head.startsWith('{') ? shapeOfLines(lines, cut) : null
  const single = ofLines !== null && lines.length === 1 && !cut
  return { head, lines, shape: ofLines ?? shapeOfJson(head), jsonLines: ofLines !== null && !single, name: file.name }
}

/** True if the shape has all of these paths. */
export const hasAll = (shape: ReadonlySet<string> | null, ...paths: string[]): boolean => shape !== null && paths.every((path) => shape.has(path))
