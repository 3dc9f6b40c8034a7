/** npm run bench [-- store words search painted growth live catch-up large-group flood start]: prints tables; figures of one run are in BENCHMARKS.md. */
import { cpus, totalmem } from 'node:os'
import { catchUp } from './catch-up.ts'
import { flood } from './flood.ts'
import { growth } from './growth.ts'
import { largeGroup } from './large-group.ts'
import { live } from './live.ts'
import { painted } from './painted.ts'
import { search } from './search.ts'
import { start } from './start.ts'
import { store } from './store.ts'
import { words } from './words.ts'

const parts = { store, words, search, painted, growth, live, 'catch-up': catchUp, 'large-group': largeGroup, flood, start }
const wanted = process.argv.slice(2)
process.stdout.write(`${cpus().length} x ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}\n`)
for (const [name, run] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await run()
