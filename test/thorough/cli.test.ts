import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ROOT, temporaryFolder } from '../support/files.ts'
import { parseTime } from '../../src/engine/history-files/formats/times.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const mnemo = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'src/cli/index.ts'), ...args, '--profile', join(folder.path, 'profile')], { encoding: 'utf8' })

test('imported messages are found, as one JSON object, newest first', () => {
  const file = join(folder.path, 'chat.tsv')
  writeFileSync(file, '张三\t2024.05.31 09:30\t中华联合 保险\nBob\t2024-06-01T10:00:00Z\tmy iPhone手机 died\tagain\n\nBob\tunknown\t华联 first\n')
  expect(mnemo('import', file, '--format', 'tsv').stdout).toMatch(/imported 3 messages into 'chat'/)
  const answer = JSON.parse(mnemo('search', '华联', '--json').stdout) as {
    total: number
    tookMs: number
    hits: { text: string; ranges: number[][]; sender: string; conversation: string }[]
  }
  expect(answer.total).toBe(2)
  expect(typeof answer.tookMs).toBe('number')
  expect(Object.keys(answer.hits[0]!)).toEqual(['id', 'conversation', 'sender', 'time', 'text', 'ranges'])
  expect(answer.hits.map((hit) => [hit.conversation, hit.sender, hit.text, hit.ranges])).toEqual([
    ['chat', '张三', '中华联合 保险', [[1, 3]]],
    ['chat', 'Bob', '华联 first', [[0, 2]]]
  ])
  expect(mnemo('search', 'hone手', '--count').stdout).toBe('1\n')
  expect(JSON.parse(mnemo('stats', '--json').stdout)).toMatchObject({ messages: 3, conversations: 1, keyProtection: 'file' })
})

test('a line that cannot be read is named, and the rest is imported', () => {
  const file = join(folder.path, 'bad.tsv')
  writeFileSync(file, 'a\t2024-01-01 10:00\tok\nno tabs here\n')
  const { status, stderr } = mnemo('import', file)
  expect(status).toBe(0)
  expect(stderr).toMatch(/1 left out \(row\): 2: no tabs here/)
  expect(mnemo('search', 'ok', '--count').stdout).toBe('1\n')
  writeFileSync(file, '{oops}\n')
  expect(mnemo('import', '--format', 'jsonl', file)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/bad\.tsv, line 1: expected objects with a time.*Nothing was imported/) as string
  })
})

test('an import reports its guesses and assumptions, like its preview', () => {
  const file = join(folder.path, 'open.tsv')
  const rows = ['03/04/2024 10:00\tfirst', 'no time at all\tsecond', '31/02/2024 10:00\tthird', '05/04/2024 10:00\tfourth']
  writeFileSync(file, `${rows.map((row) => `a\t${row}\n`).join('')}nothing here\n`)
  const preview = mnemo('import', file, '--format', 'tsv', '--preview')
  const real = mnemo('import', file, '--format', 'tsv')
  expect([preview.status, real.status]).toEqual([0, 0])
  const said = real.stderr.trim().split('\n')
  expect(preview.stderr.trim().split('\n')).toEqual(said)
  expect(said).toEqual([
    expect.stringMatching(/^1 left out \(row\): 5: nothing here$/),
    expect.stringMatching(/^\d times? cannot be read and guessed from the messages beside, such as: no time at all/),
    expect.stringMatching(/^the order of day and month is open; assumed is (dmy|mdy)/)
  ])
})

test('a preview refuses the same files as the import, with the same message', () => {
  const file = join(folder.path, 'prose.txt')
  writeFileSync(file, 'It was a dark, stormy night, and nobody came.\nThe rain fell, in torrents, except at times.\n')
  const [preview, real] = [mnemo('import', file, '--preview'), mnemo('import', file)]
  expect([preview.status, real.status]).toEqual([1, 1])
  expect(preview.stderr).toBe(real.stderr)
  expect(preview.stdout).toBe('')
})

test('the columns of an unclear table are given by heading or by number', () => {
  const file = join(folder.path, 'odd.csv')
  writeFileSync(file, 'A,B,"What, else",When\nhello,Ann,x,2024-05-31 09:30\nthere,Bo,y,2024-05-31 09:31\n')
  const refused = { status: 1, stderr: expect.stringMatching(/--columns time=NAME,text=NAME.*A, B, What, else, When/) as string }
  expect(mnemo('import', file)).toMatchObject(refused)
  expect(mnemo('import', file, '--columns', 'time=when, sender=2, text=A').stdout).toMatch(/imported 2 messages/)
  expect(JSON.parse(mnemo('search', 'hello', 'in:odd', '--json').stdout)).toMatchObject({ total: 1, hits: [{ sender: 'Ann', text: 'hello' }] })
}, 300_000)

test('a reader that closes the output after its first line causes no error', () => {
  const file = join(folder.path, 'much.tsv')
  writeFileSync(file, Array.from({ length: 20_000 }, (_, at) => `a\t${1_600_000_000_000 + at * 60_000}\tpiped ${at} ${'x'.repeat(50)}`).join('\n'))
  mnemo('import', file)
  const search = [join(ROOT, 'src/cli/index.ts'), 'search', 'piped', '--limit', '20000', '--profile', join(folder.path, 'profile')]
  const { stdout, stderr } = spawnSync('sh', ['-c', '"$@" | head -1', 'sh', process.execPath, ...search], { encoding: 'utf8' })
  expect(stdout).toMatch(/^much\t.*\n$/)
  expect(stderr).not.toMatch(/Error|EPIPE|node:/)
})

test('a damaged history is reported, and saved by the next command', () => {
  const profile = join(folder.path, 'damaged')
  const run = (...args: string[]) => spawnSync(process.execPath, [join(ROOT, 'src/cli/index.ts'), ...args, '--profile', profile], { encoding: 'utf8' })
  const file = join(folder.path, 'long.tsv')
  writeFileSync(file, Array.from({ length: 20_000 }, (_, at) => `a\t${1_600_000_000_000 + at * 60_000}\tkept ${at} ${'x'.repeat(50)}`).join('\n'))
  run('import', file)
  const store = openSync(join(profile, 'messages.db'), 'r+')
  const { size } = fstatSync(store)
  // all but the pages of the schema and the first tables
  for (let at = 400 * 4096; at < size; at += 120 * 4096) writeSync(store, Buffer.alloc(4096, 7), 0, 4096, at)
  closeSync(store)
  const { status, stderr } = run('export', join(folder.path, 'all.jsonl'))
  expect(status).toBe(1)
  expect(stderr).toMatch(/^mnemo: part of the history is damaged.*is saved into a new file/)
  const after = run('export', join(folder.path, 'all.jsonl'))
  expect(after.status).toBe(0)
  expect(Number(/exported (\d+)/.exec(after.stdout)?.[1])).toBeGreaterThan(10_000)
  expect(readdirSync(profile).some((name) => name.startsWith('messages.db.damaged-'))).toBe(true)
})

test('an import stopped by the disk reports its progress, and continues when it is repeated', () => {
  const file = join(folder.path, 'large.tsv')
  const profile = join(folder.path, 'small-disk')
  const count = 60_000
  writeFileSync(file, Array.from({ length: count }, (_, at) => `a\t${1_600_000_000_000 + at * 60_000}\tmessage ${at} ${'x'.repeat(50)}`).join('\n'))
  const call = [process.execPath, join(ROOT, 'src/cli/index.ts'), 'import', file, '--profile', profile]
  // limits the size of files, in blocks
  const stopped = spawnSync('bash', ['-c', `trap '' XFSZ; ulimit -f 6000; exec "$@"`, 'bash', ...call], { encoding: 'utf8' })
  expect(stopped.status).toBe(1)
  const imported = Number(/([\d,]+) of 60,000 messages were imported; import it again/.exec(stopped.stderr)?.[1]?.replaceAll(',', ''))
  expect(imported).toBeGreaterThan(0)
  const again = spawnSync(call[0]!, call.slice(1), { encoding: 'utf8' })
  expect(again.stdout).toMatch(new RegExp(`^imported ${count - imported} messages`))
  expect(again.stderr).toContain(`${imported} were here already`)
}, 300_000)

test('sending without an account keeps the message and says so; wrong use exits with 2', () => {
  expect(mnemo('send', 'bob@example.org', 'later').stdout).toMatch(/^queued/)
  expect(mnemo('nonsense').status).toBe(2)
  expect(mnemo('search').status).toBe(2)
  expect(mnemo('search', 'x', '--limit', 'many').status).toBe(2)
  expect(mnemo('search', '--help').stdout).toMatch(/--json/)
})

test('times are read as people write them', () => {
  const local = (...parts: [number, number, number, number, number, number]): number => new Date(...parts).getTime()
  expect(parseTime('2010.06.07\u00a021:57')).toBe(local(2010, 5, 7, 21, 57, 0))
  expect(parseTime('1/19/2011 10:59:52 AM')).toBe(local(2011, 0, 19, 10, 59, 52))
  expect(parseTime('1/19/2011 12:05:00 PM')).toBe(local(2011, 0, 19, 12, 5, 0))
  expect(parseTime('2024-05-31T08:00:00Z')).toBe(Date.UTC(2024, 4, 31, 8))
  expect(parseTime('1717142400000')).toBe(1717142400000)
  expect(parseTime('yesterday')).toBeNull()
})
