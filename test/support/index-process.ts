/** Puts messages into the index, a few at a time, and says so, until it is killed. */
import { openStore } from './files.ts'

const store = await openStore(process.argv[2] ?? '')
for (let left = 1; left > 0;) {
  left = (await store.write.indexOlder(200)).left
  process.stdout.write(`${left}\n`)
}
