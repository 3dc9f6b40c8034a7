/** Writes messages one by one and reports each once it is committed; to be killed at any moment. */
import type { Jid } from '../../src/contract/domain.ts'
import { openThreads } from './files.ts'

const [folder = '', round = '0'] = process.argv.slice(2)
const store = await openThreads(folder)
const bob = 'bob@example.org' as Jid
for (let i = 0; i < 100_000; i++) {
  await store.write.record({
    messages: [
      {
        conversation: bob,
        kind: 'direct',
        sender: bob,
        outgoing: false,
        text: `round${round}x ${i} 消息`,
        time: Date.now(),
        stanzaId: `${round}-${i}`,
        originId: null,
        replayed: false
      }
    ],
    archive: { jid: 'me@example.org' as Jid, lastId: `${round}-${i}` },
    order: 'live'
  })
  process.stdout.write(`${i}\n`)
}
