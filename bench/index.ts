/** npm run bench [-- store calls words search painted context growth live catch-up large-group encryption encrypted-conversation flood frames start traffic restart import large-import memory]: prints tables; figures of one run are in BENCHMARKS.md. */
import { cpus, totalmem } from 'node:os'
import { calls } from './calls.ts'
import { catchUp } from './catch-up.ts'
import { context } from './context.ts'
import { encryptedConversation } from './encrypted-conversation.ts'
import { encryption } from './encryption.ts'
import { flood } from './flood.ts'
import { frames } from './frames.ts'
import { growth } from './growth.ts'
import { imports, largeImport } from './import.ts'
import { largeGroup } from './large-group.ts'
import { live } from './live.ts'
import { memoryOverTime } from './memory.ts'
import { painted } from './painted.ts'
import { restart } from './restart.ts'
import { search } from './search.ts'
import { start } from './start.ts'
import { store } from './store.ts'
import { traffic } from './traffic.ts'
import { words } from './words.ts'
import { setup } from '../test/support/desktop.ts'

const parts = {
  store,
  calls,
  words,
  search,
  painted,
  context,
  growth,
  live,
  'catch-up': catchUp,
  'large-group': largeGroup,
  encryption,
  'encrypted-conversation': encryptedConversation,
  flood,
  frames,
  start,
  traffic,
  restart,
  import: imports,
  'large-import': largeImport,
  memory: memoryOverTime
}
const wanted = process.argv.slice(2)
process.stdout.write(
  `${cpus().length} x ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}\n`
)
// windows need a desktop
const stop = await setup()
// the hour of traffic and the gigabytes run only on request
for (const [name, run] of Object.entries(parts)) if (wanted.length === 0 ? !['memory', 'large-import'].includes(name) : wanted.includes(name)) await run()
stop()
