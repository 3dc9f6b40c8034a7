/**
 * Previews or imports a history file with the engine as it is built, to measure its memory. Arguments: 'preview', 'import' or 'again' (into a profile that has
 * it), the file, the profile, the project's folder. Prints JSON.
 */
import { join } from 'node:path'
import { Engine } from '../src/engine/engine.ts'
import { peakMemory } from './peak.ts'

const [, , task = '', path = '', profile = '', root = ''] = process.argv
// the bundles of the threads are beside this one
const engine = await Engine.open({
  profile,
  worker: new URL('store.mjs', import.meta.url),
  transferWorker: new URL('transfer.mjs', import.meta.url),
  extension: join(root, 'native/build/Release/mnemo_tokenizer.node'),
  dictionary: join(root, 'resources/words.dat')
})
const before = process.memoryUsage().rss
const started = performance.now()
async function handled(): Promise<number> {
  if (task === 'preview') return (await engine.transfer.preview(path, null)).conversations.reduce((sum, one) => sum + one.messages, 0)
  const { added, known } = await engine.transfer.import({ path, format: null, self: null, names: {}, conversation: null })
  return task === 'again' ? known : added
}
const messages = await handled()
const ms = performance.now() - started
await engine.close()
process.stdout.write(`${JSON.stringify({ messages, ms, before: before / 1e6, peak: peakMemory() / 1e6 })}\n`)
