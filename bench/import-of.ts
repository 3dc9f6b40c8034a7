/** Reads a history file in a separate process, to measure its memory: arguments are the reader and the path. Prints JSON. */
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine } from '../test/support/server.ts'
import { temporaryFolder } from '../test/support/files.ts'
import { FOUND } from '../src/engine/history-files/history.ts'
import { readHistory } from '../src/engine/history-files/read.ts'
import { peakMemory } from './peak.ts'

/** Readers: each reads a file to its last message and returns the number of messages. */
const readers: Record<string, (path: string) => Promise<number>> = {
  /** Reader of Mnemo: an import without the store, in both passes. */
  async mnemo(path) {
    const { history } = await readHistory(path, null, FOUND)
    let count = 0
    await history.read({
      conversation: () => undefined,
      message: () => void count++,
      notice: () => undefined,
      unread: () => undefined,
      rest: () => Promise.resolve()
    })
    return count
  },
  async 'mnemo, stored'(path) {
    using folder = temporaryFolder()
    const engine = await openEngine(join(folder.path, 'profile'))
    const { added } = await engine.transfer.import({ path, format: null, self: null, names: {}, conversation: null })
    await engine.close()
    return added
  },
  async 'whatsapp-chat-parser'(path) {
    const { parseString } = await import('whatsapp-chat-parser')
    return parseString(readFileSync(path, 'utf8')).length
  },
  async 'JSON.parse'(path) {
    const parsed = JSON.parse(readFileSync(path, 'utf8')) as { messages: unknown[] }
    return Promise.resolve(parsed.messages.length)
  },
  async 'stream-json'(path) {
    const { pick } = await loaded<{ pick: { withParserAsStream(options: object): NodeJS.ReadWriteStream } }>('stream-json/filters/pick.js', 'pick')
    const { streamArray } = await loaded<{ streamArray: { asStream(): NodeJS.ReadWriteStream & AsyncIterable<unknown> } }>(
      'stream-json/streamers/stream-array.js',
      'streamArray'
    )
    let count = 0
    for await (const value of createReadStream(path)
      .pipe(pick.withParserAsStream({ filter: 'messages' }))
      .pipe(streamArray.asStream()))
      if (value !== null) count++
    return count
  },
  async papaparse(path) {
    const { default: Papa } = (await loaded('papaparse', 'parse')) as { default: { parse(text: string, options: object): { data: unknown[] } } }
    return Papa.parse(readFileSync(path, 'utf8'), { header: true, skipEmptyLines: true }).data.length
  }
}
/** Loads a package that ships no types. */
async function loaded<T>(name: string, member: string): Promise<T> {
  const found = (await import(name)) as { default?: Record<string, unknown> } & Record<string, unknown>
  return (found[member] === undefined && name !== 'papaparse' ? { [member]: found.default } : found) as T
}

const [, , reader = '', path = ''] = process.argv
const run = readers[reader]
if (run === undefined) throw new Error(`no reader '${reader}'`)
const before = process.memoryUsage().rss
const started = performance.now()
const messages = await run(path)
const peak = peakMemory()
process.stdout.write(`${JSON.stringify({ messages, ms: performance.now() - started, mb: Math.max(0, (peak - before) / 1e6) })}\n`)
