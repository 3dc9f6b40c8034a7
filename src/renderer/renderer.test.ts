import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Message, MessageId } from '../contract/domain.ts'
import type { Range } from '../contract/search.ts'
import { toRows } from './components/messages/message-rows.ts'
import { findEmoji, loadEmoji, toned } from './composables/emoji.ts'
import { isStyled, styledBlocks } from './composables/message-styling.ts'
import { isEmojiOnly, snippet, textParts } from './composables/text-parts.ts'
import { clockOf, peaksOf, widthOf } from './composables/waveform.ts'
import en from './i18n/en.ts'
import ja from './i18n/ja.ts'
import zhCN from './i18n/zh-CN.ts'
import zhTW from './i18n/zh-TW.ts'
import { applyChanges } from './stores/stretch.ts'

const message = (id: number, change: Partial<Message> = {}): Message =>
  ({
    id,
    key: `k${id}`,
    sender: 'bob@example.org',
    outgoing: false,
    time: 1_700_000_000_000 + id * 1000,
    text: String(id),
    state: 'received',
    ...change
  }) as Message

test('newer messages join an open stretch and stay out of a past one', () => {
  const stretch = [message(1), message(2)]
  expect(applyChanges(stretch, [message(3)], [], true).map((m) => m.id)).toEqual([1, 2, 3])
  expect(applyChanges(stretch, [message(3)], [], false).map((m) => m.id)).toEqual([1, 2])
})

test('a message that moved changes its place, not its key', () => {
  const result = applyChanges([message(1), message(2), message(3)], [message(5, { key: 'k2' })], [2 as MessageId], true)
  expect(result.map((m) => [m.id, m.key])).toEqual([
    [1, 'k1'],
    [3, 'k3'],
    [5, 'k2']
  ])
})

test('rows separate days, mark what is new and group what one person wrote', () => {
  const day = 86_400_000
  const rows = toRows(
    [message(1), message(2), message(3, { time: 1_700_000_000_000 + day }), message(4, { outgoing: true, time: 1_700_000_000_000 + day + 1 })],
    2
  )
  expect(rows.map((row) => (row.kind === 'message' ? `${row.message.id}${row.first ? 'f' : ''}${row.last ? 'l' : ''}` : row.kind))).toEqual([
    'date',
    '1f',
    '2l',
    'date',
    'unread',
    '3fl',
    '4fl'
  ])
})

test('only links are found, and marks may cross them', () => {
  const text = 'see https://example.org/a?b=搜索, or javascript:alert(1)。'
  const parts = textParts(text, [[8, 20]])
  expect(parts.map((part) => part.text).join('')).toBe(text)
  expect(new Set(parts.flatMap((part) => part.href ?? []))).toEqual(new Set(['https://example.org/a?b=搜索']))
  expect(
    parts
      .filter((part) => part.marked)
      .map((part) => part.text)
      .join('')
  ).toBe(text.slice(8, 20))
})

/** Spans of a text as [style, text with directives]; test data includes XEP-0393's own examples. */
const styles = (text: string): string[] => styledBlocks(text).flatMap(({ spans }) => spans.map(({ style, start, end }) => `${style} ${text.slice(start, end)}`))

test('spans are styled as in XEP-0393', () => {
  expect(styles('*strong*')).toEqual(['strong *strong*'])
  expect(styles('plain*strong*plain')).toEqual([])
  expect(styles('*strong*plain*')).toEqual(['strong *strong*'])
  expect(styles('* plain *strong*')).toEqual(['strong *strong*'])
  expect(styles('not strong*')).toEqual([])
  expect(styles('*not strong')).toEqual([])
  expect(styles('*not \n strong')).toEqual([])
  expect(styles('**')).toEqual([])
  expect(styles('****')).toEqual([])
  expect(styles('snake_case_name 2 * 3 * 4')).toEqual([])
  expect(styles('*a _b_*, ~no~ `*code*`')).toEqual(['strong *a _b_*', 'emphasis _b_', 'strike ~no~', 'code `*code*`'])
  expect(styles('这是 *重点* 吗')).toEqual(['strong *重点*'])
  expect(styles('同意，*搜索*是第一位的；（_不是_）「~旧~」：`代码`')).toEqual(['strong *搜索*', 'emphasis _不是_', 'strike ~旧~', 'code `代码`'])
  expect(styles('2*3*4和5*6')).toEqual([])
})

test('blocks are quotations, also nested ones, and fenced code', () => {
  const text = 'hi\n> one\n>> two *x*\nafter\n```js\n*a*\n> b\n```\nend'
  const shown = styledBlocks(text).map(({ kind, depth, lines }) => [kind, depth, lines.map(({ start, end }) => text.slice(start, end)).join('|')])
  expect(shown).toEqual([
    ['plain', 0, 'hi'],
    ['quote', 1, 'one'],
    ['quote', 2, 'two *x*'],
    ['plain', 0, 'after'],
    ['pre', 0, '*a*|> b'],
    ['plain', 0, 'end']
  ])
  expect(isStyled(styledBlocks('3 > 2, and\n2 < 3'))).toBe(false)
})

test('search matches are marked within styles, and directives are separate parts', () => {
  const text = '*bold word*'
  const parts = textParts(text, [[1, 5]], styledBlocks(text)[0]!.spans)
  expect(parts.map(({ text: part, marked, directive, styles: of }) => [part, marked, directive, of.join()])).toEqual([
    ['*', false, true, 'strong'],
    ['bold', true, false, 'strong'],
    [' word', false, false, 'strong'],
    ['*', false, true, 'strong']
  ])
})

test('addresses are links, too, but not within another link', () => {
  const hrefs = (text: string): string[] => [...new Set(textParts(text, []).flatMap((part) => part.href ?? []))]
  expect(hrefs('写信给 li.ming+work@mail.example.cn，谢谢')).toEqual(['mailto:li.ming+work@mail.example.cn'])
  expect(hrefs('xmpp:周末@rooms.example.org?join 来吧')).toEqual(['xmpp:周末@rooms.example.org?join'])
  expect(hrefs('https://example.org/?to=a@b.example')).toEqual(['https://example.org/?to=a@b.example'])
  expect(hrefs('a@b, @c.example, x@@y.example, 1@2')).toEqual([])
  expect(hrefs('javascript:alert(1) file:///etc/passwd xmpp:nothing')).toEqual([])
})

test('a snippet shows the match, cut between characters', () => {
  const text = `${'👍'.repeat(100)}needle${'x'.repeat(300)}`
  const { text: shown, ranges } = snippet(text, [[200, 206] as Range], 80)
  expect(ranges.map(([start, end]) => shown.slice(start, end))).toEqual(['needle'])
  expect(shown.isWellFormed()).toBe(true)
})

test('emoji are found by name and keyword in both languages, and by pinyin', async () => {
  const all = await loadEmoji(() => true)
  expect(all.length).toBeGreaterThan(1800)
  const first = (text: string): string[] => findEmoji(all, text, 8).map(({ emoji }) => emoji)
  expect(first('thumbs up')[0]).toBe('👍️')
  expect(first('pizza')[0]).toBe('🍕')
  expect(first('红心')).toContain('❤️')
  expect(first('火锅').length + first('火').length).toBeGreaterThan(0)
  expect(first('huo')).toContain('🔥')
  expect(first('xiong mao').concat(first('xiongmao'))).toContain('🐼')
  expect(first('zzzzqq')).toEqual([])
  const wave = findEmoji(all, 'waving hand', 1)[0]!
  expect([toned(wave, 0), toned(wave, 3)]).toEqual(['👋', '👋🏽'])
})

test('emoji alone are large, with text they are not', () => {
  expect([isEmojiOnly('👍'), isEmojiOnly('👨‍👩‍👧❤️'), isEmojiOnly('ok 👍'), isEmojiOnly('1'), isEmojiOnly('ℹ️'), isEmojiOnly(' 1️⃣ '), isEmojiOnly('好👍')]).toEqual(
    [true, true, false, false, true, true, false]
  )
  // half a flag, a text-style heart, a lone variation selector and joiner, four emoji
  for (const text of ['', '🇨', '❤', '\ufe0f', '👍\u200d', '1\ufe0f', '#', '👍👍👍👍']) expect([text, isEmojiOnly(text)]).toEqual([text, false])
})

test('every emoji of the picker is large alone, in each skin tone', async () => {
  for (const entry of await loadEmoji(() => true))
    for (const tone of [0, 1, 2, 3, 4, 5]) {
      const emoji = toned(entry, tone)
      expect([emoji, isEmojiOnly(emoji), isEmojiOnly(emoji.repeat(3))]).toEqual([emoji, true, true])
    }
})

type Words = { [key: string]: string | Words }
const keysOf = (words: Words, prefix = ''): string[] =>
  Object.entries(words).flatMap(([key, value]) => (typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`)))

const wordAt = (words: Words, key: string): unknown => key.split('.').reduce<unknown>((node, part) => (node as Words)[part], words)

test.each([
  ['zh-CN', zhCN],
  ['zh-TW', zhTW],
  ['ja', ja]
] as const)('%s has the same texts as en, with the same placeholders, none empty but one', (_, words) => {
  expect(keysOf(words).sort()).toEqual(keysOf(en).sort())
  for (const one of [en, words]) expect(keysOf(one).filter((key) => wordAt(one, key) === '')).toEqual(['state.received'])
  // the number of a plural may be left out, as in 'a picture'
  const places = (one: Words, key: string): string[] => [...new Set([...String(wordAt(one, key)).matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort()
  for (const key of keysOf(en)) expect([key, places(words, key)]).toEqual([key, places(en, key)])
})

/** Counted nouns: '{n} new messages', but not '3 of 4' or '3 online'. */
const COUNTED = /\{(?!at\b)\w+\} (?!of\b|online\b|here\b|others? )((?:new |missing |scheduled |system |other )?\w+)/
test('English texts with a number have a singular and a plural, and callers pass the number', () => {
  const called = sources()
  for (const key of keysOf(en)) {
    const forms = String(wordAt(en, key)).split(' | ')
    const counts = /\{n\}/.test(forms.join())
    if (forms.length === 1) {
      // a minimum is never one
      expect([key, counts && !/at least/i.test(forms[0] ?? '') && COUNTED.exec(forms[0] ?? '')?.[1]?.endsWith('s') === true]).toEqual([key, false])
      continue
    }
    expect([key, called.includes(`t('${key}')`)]).toEqual([key, false])
    const [one = '', many = ''] = forms.slice(-2)
    expect([key, forms.length === 2 && one === many, /\{n\} (\w+ )?\w+s\b/.test(one)]).toEqual([key, false, false])
    // a third form, for zero, has no number
    if (forms.length > 2) expect([key, forms.length, forms[0]?.includes('{')]).toEqual([key, 3, false])
  }
})

test('numbers are formatted in the language of the interface, not of the system', () => {
  expect(sources()).not.toContain('.toLocaleString()')
})

/** Sources of the windows, without texts and tests. */
const sources = (): string =>
  readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(vue|ts)$/.test(name) && !/i18n.(en|ja|zh-CN|zh-TW)\.ts$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n')

test('every text is used, and every used text exists', () => {
  const source = sources()
  const named = new Set([...source.matchAll(/\b(?:t|counted)\(\s*'([\w.-]+)'/g)].map((match) => match[1]))
  for (const [, path] of source.matchAll(/(?:\?|:)\s*\$?t?\(?'((?:problem|settings|state|presence)\.[\w-]+)'/g)) named.add(path)
  const dynamic = [...source.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1])
  const all = keysOf(en)
  expect([...named].filter((key) => key !== undefined && !all.includes(key))).toEqual([])
  const used = (key: string): boolean =>
    named.has(key) || dynamic.some((prefix) => prefix !== undefined && key.startsWith(prefix)) || source.includes(`'${key}'`)
  expect(all.filter((key) => !used(key))).toEqual([])
})

test('a waveform shows the peaks, and grows with the duration, less with each second', () => {
  const samples = Float32Array.from({ length: 800 }, (_, i) => (i < 400 ? 0.25 : i < 600 ? -0.5 : 0))
  expect(peaksOf(samples, 4)).toEqual([0.5, 0.5, 1, 0])
  expect(peaksOf(new Float32Array(10), 3)).toEqual([0, 0, 0])
  expect(peaksOf(new Float32Array(0), 2)).toEqual([0, 0])
  const widths = [0, 5, 10, 60, 600].map(widthOf)
  expect([...widths].sort((a, b) => a - b)).toEqual(widths)
  expect(widths[2]! - widths[1]!).toBeLessThan(widths[1]! - widths[0]!)
  expect([0, 7.9, 65, 3723].map(clockOf)).toEqual(['0:00', '0:07', '1:05', '1:02:03'])
})

test('phone numbers are links, other numbers are not', () => {
  const links = (text: string): (string | null)[] => textParts(text, []).flatMap(({ href }) => href ?? [])
  expect(links('打 138 1234 5678 或 010-62345678，+86 13812345678')).toEqual(['tel:13812345678', 'tel:01062345678', 'tel:+8613812345678'])
  expect(links('call +44 20 7946 0958 or (415) 555-2671.')).toEqual(['tel:+442079460958', 'tel:4155552671'])
  for (const text of [
    '订单 20261121138123456789',
    '2026-11-21 12:30',
    'v1.3812345678',
    '3.14159265358',
    'id=13812345678',
    'https://example.org/13812345678',
    '192.168.100.200',
    '138 1234'
  ])
    expect(links(text).filter((href) => href?.startsWith('tel:'))).toEqual([])
})

test('pictures that were sent together stand side by side', () => {
  const picture = (id: number, more: Partial<Message> = {}): Message =>
    message(id, {
      text: '',
      reply: null,
      reactions: [],
      retracted: false,
      attachments: [{ id, kind: 'image', name: 'a.png', bytes: 1, where: 'here', preview: null, width: 10, height: 10 }],
      ...more
    })
  const kinds = (list: Message[]): string[] =>
    toRows(list, 0)
      .map((row) => (row.kind === 'album' ? `album ${row.messages.map(({ id }) => id).join(' ')}` : row.kind === 'message' ? String(row.message.id) : row.kind))
      .slice(1)
  expect(kinds([picture(1), picture(2), picture(3), message(4, { attachments: [] })])).toEqual(['album 1 2 3', '4'])
  expect(kinds([picture(1), picture(2, { outgoing: true })])).toEqual(['1', '2'])
  expect(kinds([picture(1), picture(2, { text: 'with words' }), picture(3)])).toEqual(['1', '2', '3'])
  expect(kinds(Array.from({ length: 12 }, (_, i) => picture(i + 1)))).toEqual(['album 1 2 3 4 5 6 7 8 9 10', 'album 11 12'])
})
