/**
 * Texts with names and without any time, as some windows copy them: 'Ann: hi' in each line, or 'Ann:' above the text. All messages have the time at which
 * the file was saved, in the order of the file.
 */
import type { ConversationHead } from '../history.ts'
import type { TextFile } from '../source.ts'
import { contentOf } from './copied-content.ts'
import { readStamp, type Stamp } from './stamps.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'

const NAMED = /^([^\s:：\t/\\#<>{}[\]"'=-][^:：\t/\\<>{}[\]"=]{0,23}?) ?[:：](?:[ \t]?(.*))$/u
/** Share of the lines that begin with a name of the people, if texts stand beside names. */
const MOST = 0.5
const FEWEST = 2

/** Name and text of a line; null: it has none. Addresses, times of day and words in capitals (as in vCards and logs) are no names. */
function namedLine(line: string): { name: string; text: string } | null {
  const [, name = '', text = ''] = NAMED.exec(line) ?? []
  if (!/\p{L}/u.test(name) || /^[A-Z][A-Z0-9 _;]+$/.test(name) || text.startsWith('//') || /[.!?。！？,，;；] /u.test(name) || name.split(' ').length > 4)
    return null
  return { name: name.trim(), text }
}

/** People of a text: names that begin several lines; null: it is no conversation. */
function peopleOf(lines: readonly string[]): ReadonlySet<string> | null {
  const filled = lines.filter((line) => line.trim() !== '')
  const named = filled.map(namedLine)
  const counts = new Map<string, number>()
  for (const one of named) if (one !== null) counts.set(one.name, (counts.get(one.name) ?? 0) + 1)
  const people = new Set([...counts].filter(([, count]) => count >= FEWEST).map(([name]) => name))
  const first = named[0] ?? null
  if (first === null || !counts.has(first.name) || people.size < FEWEST) return null
  const theirs = named.filter((one) => one !== null && people.has(one.name))
  const alone = theirs.every((one) => one?.text === '')
  const others = named.filter((one) => one !== null && !people.has(one.name)).length
  // keys of records come in the same order again and again, people do not
  const order = theirs.map((one) => one?.name)
  const inTurn = people.size > 2 && order.every((name, at) => at < people.size || name === order[at - people.size])
  if (inTurn || others > theirs.length / 2) return null
  return alone || theirs.length >= filled.length * MOST ? people : null
}

/** Names by their number of lines, and whether each line has one, from the first pass of a file. */
const seen = new WeakMap<TextFile, { counts: Map<string, number>; whole: boolean }>()

function open(file: TextFile): TextReader {
  const head: ConversationHead = { name: file.name, id: null }
  const time = Math.floor((file.saved ?? Date.now()) / 1000) * 1000
  const stamp: Stamp = { kind: 'instant', time }
  const known = seen.get(file)
  const learnt = known ?? { counts: new Map<string, number>(), whole: true }
  if (known === undefined) seen.set(file, learnt)
  return {
    line(text): LineRead {
      const found = namedLine(text)
      if (known === undefined) {
        if (found !== null) learnt.counts.set(found.name, (learnt.counts.get(found.name) ?? 0) + 1)
        else if (text.trim() !== '') learnt.whole = false
      }
      // where texts have several lines, a name that begins only one may be a part of a text
      if (found === null || (known !== undefined && !learnt.whole && (learnt.counts.get(found.name) ?? 0) < FEWEST)) return null
      return { stamp, written: '', sender: found.name, text: found.text }
    },
    head: () => head,
    content: (text) => contentOf(text, file)
  }
}

/** Copies with names alone. */
export const copiedNames = textHistory({
  format: 'copied',
  matches: ({ lines }) => lines.every((line) => readStamp(line) === null) && peopleOf(lines) !== null,
  open
})
