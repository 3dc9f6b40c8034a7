import { expect, test } from 'vitest'
import { complete } from './complete.ts'
import { parseQuery } from './query.ts'

/** Friday. */
const NOW = new Date(2026, 10, 20, 15, 30).getTime()
const parse = (query: string) => parseQuery(query, NOW)
const text = (value: string, field: 'any' | 'files' = 'any') => ({ kind: 'text', text: value, field })
const filter = (value: object) => expect.objectContaining({ kind: 'filter', filter: value }) as unknown
const days = (from: string, to: string) => ({ from: new Date(`${from}T00:00`).getTime(), to: new Date(`${to}T00:00`).getTime() })

test('words all count, phrases stand as they are, OR takes its neighbours, a dash negates', () => {
  expect(parse('  foo "bar  baz"  qux').node).toEqual({ kind: 'all', nodes: [text('foo'), text('bar  baz'), text('qux')] })
  expect(parse('a b OR c 或 d e').node).toEqual({ kind: 'all', nodes: [text('a'), { kind: 'any', nodes: [text('b'), text('c'), text('d')] }, text('e')] })
  expect(parse('tea -coffee -"iced tea"').node).toEqual({
    kind: 'all',
    nodes: [text('tea'), { kind: 'not', node: text('coffee') }, { kind: 'not', node: text('iced tea') }]
  })
  expect(parse('“今天 晚上”').node).toEqual(text('今天 晚上'))
  expect(parse('"a \\"b\\" c"').node).toEqual(text('a "b" c'))
  expect(parse('tea -coffee').texts).toEqual(['tea'])
})

test.each(['-_-', '--help', '->', 'OR', '|', ':)', '10:30', 'http://x.y', 'c++', '"', '"unfinished', 'AND', 'from', '-5', '-foo', 'a"b"', '在家:'])(
  '%s is a text',
  (query) => {
    expect(parse(query).node).toEqual(text(query))
    expect(parse(query).problems).toEqual([])
  }
)

test('an empty query has no node', () => {
  for (const query of ['', '  ', '""', '“ ”']) expect(parse(query).node).toBeNull()
})

test.each([
  ['from:alice', { by: 'sender', name: 'alice' }],
  ['来自:李雷', { by: 'sender', name: '李雷' }],
  ['发件人：李雷', { by: 'sender', name: '李雷' }],
  ['FROM:"Li Lei"', { by: 'sender', name: 'Li Lei' }],
  ['from:me', { by: 'sender', name: null }],
  ['来自:我', { by: 'sender', name: null }],
  ['from:自分', { by: 'sender', name: null }],
  ['from:"Me"', { by: 'sender', name: 'Me' }],
  ['to:“我”', { by: 'recipient', name: '我' }],
  ['in:me', { by: 'conversation', name: 'me' }],
  ['to:me', { by: 'recipient', name: null }],
  ['in:群聊', { by: 'conversation', name: '群聊' }],
  ['在:群聊', { by: 'conversation', name: '群聊' }],
  ['has:image', { by: 'flag', flag: 'image' }],
  ['有:图片', { by: 'flag', flag: 'image' }],
  ['type:语音', { by: 'flag', flag: 'voice' }],
  ['type:text', { by: 'text-only' }],
  ['is:unread', { by: 'unread' }],
  ['is:encrypted', { by: 'flag', flag: 'encrypted' }],
  ['是:加密', { by: 'flag', flag: 'encrypted' }],
  ['是:星标', { by: 'flag', flag: 'starred' }],
  ['on:2024-05-03', { by: 'time', ...days('2024-05-03', '2024-05-04') }],
  ['during:2024-05', { by: 'time', ...days('2024-05-01', '2024-06-01') }],
  ['期间:2024年5月', { by: 'time', ...days('2024-05-01', '2024-06-01') }],
  ['before:2024', { by: 'time', from: null, to: days('2024-01-01', '2025-01-01').from }],
  ['after:yesterday', { by: 'time', from: days('2026-11-19', '2026-11-20').to, to: null }],
  ['during:last week', { by: 'time', ...days('2026-11-09', '2026-11-16') }],
  ['期间:上周', { by: 'time', ...days('2026-11-09', '2026-11-16') }],
  ['on:May 3 2024', { by: 'time', ...days('2024-05-03', '2024-05-04') }]
])('%s is a filter', (query, expected) => {
  expect(parse(query)).toMatchObject({ node: { kind: 'filter', filter: expected }, problems: [] })
  expect(parse(`word ${query} more`).node).toEqual({ kind: 'all', nodes: [text('word'), filter(expected), text('more')] })
})

test.each(['-from:me', '-来自:我', '-有:链接', '-has:image', '-type:media', '-is:starred', '-on:2024', '-file:budget'])(
  '%s alone is all but those',
  (query) => {
    const inner = parse(query.slice(1))
    expect(parse(query)).toMatchObject({ node: { kind: 'not', node: { kind: inner.node?.kind } }, texts: [], filters: [{ negative: true }], problems: [] })
    expect(parse(`${query} -in:x`).node).toMatchObject({ kind: 'all', nodes: [{ kind: 'not' }, { kind: 'not' }] })
    expect(parse(`${query} OR -in:x`).node).toMatchObject({ kind: 'any', nodes: [{ kind: 'not' }, { kind: 'not' }] })
    // negates a word as well, unlike a filter
    expect(parse(`-foo ${query}`).node).toMatchObject({ kind: 'all', nodes: [{ kind: 'not', node: text('foo') }, { kind: 'not' }] })
  }
)

test('file: looks for names of attachments', () => {
  expect(parse('file:budget').node).toEqual(text('budget', 'files'))
  expect(parse('文件名:预算').node).toEqual(text('预算', 'files'))
})

test('an invalid filter is a problem with its position, and the rest counts', () => {
  const { node, problems } = parse('tea has:cake on:never from:')
  expect(node).toEqual(text('tea'))
  expect(problems).toEqual([
    { code: 'unknown-value', range: [4, 12], value: 'cake' },
    { code: 'bad-date', range: [13, 21], value: 'never' },
    { code: 'missing-value', range: [22, 27], value: 'from' }
  ])
})

test('completion offers operators, people, conversations, dates and values at the cursor', () => {
  const names = ({ text: typed }: { text: string }) =>
    [{ conversation: 1, jid: 'lilei@x', name: 'Li Lei', kind: 'direct', ranges: [] }].filter(({ name }) => name.toLowerCase().startsWith(typed)) as never
  const offers = (query: string, language: 'en' | 'zh-CN' = 'en', cursor = query.length) => complete({ query, cursor, language, now: NOW }, names, () => [])
  const inserted = (query: string, language: 'en' | 'zh-CN' = 'en'): string[] =>
    offers(query, language).map(({ range, insert }) => query.slice(0, range[0]) + insert + query.slice(range[1]))
  expect(inserted('tea fr')).toEqual(['tea from:'])
  expect(inserted('-ha')).toEqual(['-has:'])
  expect(inserted('来', 'zh-CN')).toEqual(['来自:'])
  expect(inserted('tea from:li')).toEqual(['tea from:"Li Lei" '])
  expect(
    complete(
      { query: 'from:m', cursor: 6, language: 'en' },
      () => [],
      () => ['Me', 'Mo']
    ).map(({ insert }) => insert)
  ).toEqual(['me ', '"Me" ', 'Mo '])
  expect(inserted('in:')).toEqual(['in:"Li Lei" '])
  expect(inserted('has:i')).toEqual(['has:image '])
  expect(inserted('是:', 'zh-CN')).toEqual(['是:提及 ', '是:星标 ', '是:未读 ', '是:编辑过 ', '是:加密 '])
  expect(inserted('on:yes')).toEqual(['on:yesterday '])
  expect(inserted('期间:上', 'zh-CN')).toEqual(['期间:上周 ', '期间:上个月 '])
  expect(offers('during:last w').map(({ detail }) => detail)).toEqual([])
  expect(offers('hello world')).toEqual([])
})

test('the query language takes traditional characters and the words of Taiwan, too', () => {
  for (const [one, other] of [
    ['來自:小明', '来自:小明'],
    ['在:家人', '在:家人'],
    ['有:圖片', '有:图片'],
    ['有:影片', '有:视频'],
    ['有:連結', '有:链接'],
    ['是:編輯過', '是:编辑过'],
    ['是:星標', '是:星标'],
    ['期間:上週', '期间:上周'],
    ['早於:2024-05', '早于:2024-05'],
    ['檔名:budget', '文件名:budget']
  ] as const)
    expect([one, parseQuery(one, NOW).node]).toEqual([one, parseQuery(other, NOW).node])
})

test.each([
  ['has:photos', 'image'],
  ['has:sticker', 'image'],
  ['有:圖片', 'image'],
  ['有：貼圖', 'image'],
  ['has:写真', 'image'],
  ['has:画像', 'image'],
  ['有:影片', 'video'],
  ['has:動画', 'video'],
  ['有:音頻', 'voice'],
  ['has:音声', 'voice'],
  ['有:檔案', 'file'],
  ['有:附件', 'file'],
  ['has:attachments', 'file'],
  ['has:ファイル', 'file'],
  ['有:連結', 'link'],
  ['has:リンク', 'link'],
  ['has:メディア', 'media'],
  ['is:未読', 'unread'],
  ['is:編集済み', 'edited'],
  ['是:星標', 'starred']
])('%s is understood', (query, meaning) => {
  expect(parseQuery(query, Date.now())).toMatchObject({ problems: [], filters: [{ meaning }] })
})
