/** Files of other apps are recognized by their content, with the right text, time, sender, conversation, direction and kind. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test/support/files.ts'
import type { HistoryFixture } from '../../../../test/support/histories/history.ts'
import { CARD_HISTORIES } from '../../../../test/support/histories/cards.ts'
import { EXPORTER_HISTORIES } from '../../../../test/support/histories/exporters.ts'
import { JSON_HISTORIES } from '../../../../test/support/histories/json.ts'
import { LINE_HISTORIES } from '../../../../test/support/histories/lines.ts'
import { PAGE_HISTORIES } from '../../../../test/support/histories/pages.ts'
import { TEXT_HISTORIES } from '../../../../test/support/histories/text.ts'
import { FOUND, ImportError, type ParsedHistory, type ParsedMessage } from '../history.ts'
import { readHistory } from '../read.ts'
import { lines } from '../source.ts'
import { selfOf, surveyHistory } from '../survey.ts'

const HISTORIES: HistoryFixture[] = [...CARD_HISTORIES, ...EXPORTER_HISTORIES, ...JSON_HISTORIES, ...LINE_HISTORIES, ...PAGE_HISTORIES, ...TEXT_HISTORIES]

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => (folder = temporaryFolder()))
afterEach(() => folder[Symbol.dispose]())

function write({ content, file }: Pick<HistoryFixture, 'content' | 'file'>, name = file): string {
  const path = join(folder.path, name)
  mkdirSync(dirname(path), { recursive: true })
  const lines = Array.isArray(content) && file.endsWith('l')
  writeFileSync(path, typeof content === 'string' ? content : lines ? content.map((one) => JSON.stringify(one)).join('\n') : JSON.stringify(content))
  return path
}
const two = (number: number): string => String(number).padStart(2, '0')
const localOf = (time: number): string => {
  const date = new Date(time)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
function told(message: ParsedMessage, local: boolean): string {
  const { sender, time, text, outgoing, files = [], edited, pinned, replyTo, reactions = [] } = message
  const when = time === null ? '?' : local ? localOf(time) : new Date(time).toISOString()
  const parts = [
    text,
    ...files.map(({ kind, name }) => `[${kind} ${name}]`),
    edited === true ? '(edited)' : '',
    pinned === true ? '(pinned)' : '',
    replyTo === undefined ? '' : `(re ${replyTo})`,
    ...reactions.map((one) => `(${one.emoji} by ${one.sender})`)
  ]
  return `${when} ${outgoing === undefined ? '' : outgoing ? '>' : '<'}${sender}: ${parts.filter((part) => part !== '').join(' ')}`
}
async function read(history: ParsedHistory, local: boolean): Promise<{ lines: Record<string, string[]>; notices: number; unread: Record<string, number> }> {
  const lines: Record<string, string[]> = {}
  const unread: Record<string, number> = {}
  let current: string[] = []
  let notices = 0
  await history.read({
    conversation: ({ name }) => void (current = lines[name] ??= []),
    message: (message) => void current.push(told(message, local)),
    notice: () => void notices++,
    unread: (kind) => void (unread[kind] = (unread[kind] ?? 0) + 1),
    rest: () => Promise.resolve()
  })
  return { lines, notices, unread }
}

test.each(HISTORIES.map((fixture) => [fixture.of, fixture] as const))('%s', async (_, fixture) => {
  const { history } = await readHistory(write(fixture), null, FOUND)
  expect(history.format).toBe(fixture.format)
  expect(await read(history, fixture.local === true)).toEqual({ lines: fixture.lines, notices: fixture.notices ?? 0, unread: fixture.unread ?? {} })
  // a second pass gives the same result, since an import reads twice
  expect((await read(history, fixture.local === true)).lines).toEqual(fixture.lines)
  // and where its format is named
  const named = await readHistory(write(fixture), fixture.format, FOUND)
  expect((await read(named.history, fixture.local === true)).lines).toEqual(fixture.lines)
  if (fixture.self !== undefined) expect(selfOf(history, await surveyHistory(history))).toBe(fixture.self)
})

test('a file is known whatever its name is, and none takes another one’s', async () => {
  const found: Record<string, string> = {}
  for (const [index, fixture] of HISTORIES.entries()) {
    // IRC logs with the date only in the file name, or with a name in a program's pattern, are recognized by the name
    const name = `some file ${index}${extname(fixture.file)}`
    found[fixture.of] = (await readHistory(write(fixture, name), null, FOUND)).history.format
  }
  expect(found).toEqual(Object.fromEntries(HISTORIES.map(({ of, format }) => [of, format])))
})

/** Values that no app writes in the place of others. */
const ODD: unknown[] = [null, 7, '%', {}, [null, 7, []], { a: { b: [] } }, true]
const changed = (value: unknown, key: string, odd: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  // keep lists of messages
  const now: unknown = (value as Record<string, unknown>)[key]
  return Array.isArray(now) && now.length > 0 ? value : { ...value, [key]: odd }
}
/** Lists of messages in a fixture's content. */
function listsIn(content: unknown): unknown[][] {
  if (Array.isArray(content)) return [content]
  return typeof content === 'object' && content !== null
    ? Object.values(content).flatMap((inner) =>
        Array.isArray(inner)
          ? inner.some((one) => listsIn(one).length > 0) && !('sender_name' in Object(inner[0]))
            ? [inner, ...inner.flatMap(listsIn)]
            : [inner]
          : listsIn(inner)
      )
    : []
}

test('an odd value in one message never affects the others, whatever the format', async () => {
  for (const fixture of [...JSON_HISTORIES, ...LINE_HISTORIES]) {
    if (typeof fixture.content === 'string') continue
    const whole = Object.values(fixture.lines).flat().length
    const keys = new Set(listsIn(fixture.content).flatMap((list) => list.flatMap((one) => (typeof one === 'object' && one !== null ? Object.keys(one) : []))))
    // the format is recognized by the values around the messages
    keys.delete('conversation')
    for (const key of keys) {
      for (const odd of ODD.slice(0, key === 'type' ? 3 : ODD.length)) {
        const content = structuredClone(fixture.content) as object
        for (const list of listsIn(content)) if (list.length > 0) list[list.length - 1] = changed(list.at(-1), key, odd)
        const { history } = await readHistory(write({ content, file: fixture.file }), fixture.format, FOUND)
        const { lines } = await read(history, false)
        expect.soft(Object.values(lines).flat().length, `${fixture.of}: ${key} is ${JSON.stringify(odd)}`).toBeGreaterThanOrEqual(whole - 3)
      }
    }
  }
})

/** Damage of files in transit, and input that tries to break a reader. */
const DAMAGE: [string, (text: string) => string][] = [
  ['cut off', (text) => text.slice(0, Math.floor(text.length * 0.7))],
  ['without its last character', (text) => text.slice(0, -1)],
  ['with numbers beyond all bounds', (text) => text.replace(/\d{9,}/g, '9'.repeat(40))],
  ['with thousands of levels', (text) => text.replace('{', `{"x":${'['.repeat(5000)}${']'.repeat(5000)},`)],
  ['with stray quotes', (text) => text.replaceAll(',', '","')]
]
test('a damaged file is read as far as it goes, or refused with a sentence, and never gives a time that is none', async () => {
  for (const fixture of HISTORIES) {
    const whole = readFileSync(write(fixture), 'utf8')
    for (const [how, damage] of DAMAGE) {
      try {
        const { history } = await readHistory(write({ content: damage(whole), file: fixture.file }), null, FOUND)
        const { lines } = await read(history, false)
        expect
          .soft(
            Object.values(lines)
              .flat()
              .filter((line) => /^(?:NaN|Invalid)/.test(line)),
            `${fixture.of} ${how}`
          )
          .toEqual([])
      } catch (error) {
        expect.soft(error, `${fixture.of} ${how}`).toBeInstanceOf(ImportError)
      }
    }
  }
})

test('a line without an end is refused before it fills the memory', async () => {
  const pieces = async function* (): AsyncIterable<string> {
    for (let i = 0; i < 200; i++) yield 'x'.repeat(1_000_000)
  }
  const all = async (): Promise<void> => {
    for await (const { text } of lines({ file: 'endless.txt', pieces })) expect(text).toBe('')
  }
  await expect(all()).rejects.toThrow(/endless\.txt, line 1: the line is longer than any message/)
})
