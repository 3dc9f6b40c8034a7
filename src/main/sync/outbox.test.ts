import { EventEmitter } from 'node:events'
import type { Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import type { Connection } from '../connection/connection.ts'
import { Outbox } from './outbox.ts'

/** A stream that acknowledges each stanza a moment after it was sent, at any point of what the outbox is doing. */
class Stream extends EventEmitter {
  readonly sent: string[] = []
  readonly isReady = true
  readonly hasAcks = true
  async send(stanza: Element): Promise<void> {
    this.sent.push(stanza.attrs['id'] ?? '')
    setTimeout(() => this.emit('acked', stanza), Math.random() * 4)
    await Promise.resolve()
  }
}

test('each message is sent once, in order, however often the outbox is asked while acknowledgements come in', { timeout: 60_000 }, async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const { id } = await store.write.ensureConversation({ account: 'me@example.org' as Jid, jid: 'bob@example.org' as Jid, kind: 'direct', name: '', nick: null })
  const stream = new Stream()
  const warnings: string[] = []
  const outbox = new Outbox({ connection: stream as unknown as Connection, store, own: 'me@example.org' as Jid, uploads: { put: () => undefined }, onChanges: () => undefined, maySendTo: async () => true, nicksIn: () => [], onTaken: () => undefined, warn: (warning) => warnings.push(warning) })
  outbox.open(false)
  const expected = Array.from({ length: 400 }, (_, i) => `id-${i}`)
  for (const originId of expected) {
    await store.write.queueMessage({ conversation: id, text: 'x', originId, sender: 'me@example.org' as Jid, time: Date.now() })
    outbox.flush()
    if (Math.random() < 0.5) outbox.flush()
  }
  await expect.poll(async () => (await store.read.queued({ after: 0, limit: 1000 })).length, { timeout: 20_000 }).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(stream.sent).toEqual(expected)
  expect(warnings).toEqual([])
  await store.close()
})
