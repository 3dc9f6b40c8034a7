/** (c) Time from a real Prosody to committed and indexed. */
import { randomUUID } from 'node:crypto'
import { Connection } from '../src/engine/xmpp/stream/connection.ts'
import { encodeMessage } from '../src/engine/xmpp/stanzas/message.ts'
import { corpus } from '../test/support/files.ts'
import { messages, online, openEngine, startServer, testFolder, until } from '../test/support/server.ts'
import { perSecond, table } from './table.ts'

const COUNT = 5000

export async function live(): Promise<void> {
  const server = await startServer()
  const folder = testFolder()
  const alice = await openEngine(folder.path)
  await alice.signIn(server.settings('alice'))
  await online(alice)
  const bob = new Connection(server.settings('bob'))
  const ready = new Promise<void>((resolve) => bob.once('ready', () => resolve()))
  bob.start()
  await ready
  const texts = corpus()
    .slice(0, COUNT)
    .map((row) => row.text)
  let transactions = 0
  let stored = 0
  alice.on('changes', (changes) => {
    if (changes.added > 0) transactions++
    stored += changes.added
  })
  const started = performance.now()
  let sent = 0
  const sending = (async () => {
    for (const text of texts) {
      await bob.send(encodeMessage('alice@localhost', 'direct', { text, id: randomUUID() }))
      sent = performance.now() - started
    }
  })()
  await until(alice, () => Promise.resolve(stored >= COUNT), 120_000)
  const took = performance.now() - started
  await sending
  const kept = await messages(alice, 'bob@localhost')
  table(
    'Live: one sender through a local Prosody',
    ['', 'value'],
    [
      ['messages', COUNT],
      ['peer: written to the socket by xmpp.js, messages/s', perSecond(COUNT, sent)],
      ['committed and indexed, messages/s', perSecond(COUNT, took)],
      ['transactions', transactions],
      ['stored', kept.length]
    ]
  )
  await bob.stop()
  await alice.close()
  await server.stop()
  folder.remove()
}
