/** Indexes messages, a few at a time, and reports each step, until it is killed. */
import { openThreads } from './files.ts'

const store = await openThreads(process.argv[2] ?? '')
for (let left = 1; left > 0;) {
  left = (await store.write.indexOlder(200)).left
  process.stdout.write(`${left}\n`)
}
