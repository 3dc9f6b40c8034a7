/** A long encrypted conversation with a client that is none of ours: python3-omemo on slixmpp, both writing at once; what came of each message. */
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Jid } from '../src/contract/domain.ts'
import { VERSIONS, type Version } from '../src/engine/xmpp/omemo/version.ts'
import { foreignOmemo } from '../test/support/foreign.ts'
import { Devices, messages, startServer, until } from '../test/support/server.ts'
import { table } from './table.ts'

/** From each side. */
const COUNT = Number(process.env['MNEMO_BENCH_COUNT'] ?? 10_000)
/** Interval at which is looked for the last message of a turn, ms. */
const LOOK_MS = 100
/** Written before both wait for one another. */
const AT_ONCE = 250
const ALICE = 'alice@localhost' as Jid
const BOB = 'bob@localhost' as Jid

interface Came {
  /** Each once, in its order. */
  read: number
  doubled: number
  disordered: number
  unreadable: number
  plain: number
}
function judge(came: readonly { text: string | null; unreadable: boolean; encrypted: boolean }[], name: string): Came {
  const numbers = came.flatMap(({ text }) => new RegExp(`^${name} (\\d+)$`).exec(text ?? '')?.[1] ?? []).map(Number)
  return {
    read: new Set(numbers).size,
    doubled: numbers.length - new Set(numbers).size,
    disordered: numbers.filter((number, i) => i > 0 && number < (numbers[i - 1] ?? 0)).length,
    unreadable: came.filter(({ unreadable }) => unreadable).length,
    plain: came.filter(({ encrypted }) => !encrypted).length
  }
}

async function converse(version: Version): Promise<{ seconds: number; toUs: Came; toThem: Came; delivered: number }> {
  // an archive in Prosody's files is written anew for each message once it is full
  const server = await startServer({ large: true })
  const devices = new Devices()
  const alice = await devices.signIn(server, 'alice', true)
  const bob = await foreignOmemo(server, 'bob', join(server.folder, 'bob.json'), version)
  try {
    const { id } = await alice.store.write.ensureConversation({ account: ALICE, jid: BOB, kind: 'direct', name: '', nick: null })
    await bob.tell({ do: 'send', to: ALICE, text: 'hello' }, 'sent')
    await until(alice, async () => (await messages(alice, BOB)).some(({ text }) => text === 'hello'))
    const started = performance.now()
    for (let at = 0; at < COUNT; at += AT_ONCE) {
      const theirs = bob.tell({ do: 'burst', to: ALICE, text: 'theirs', start: at, count: AT_ONCE }, 'burst', 600_000)
      const last = at + AT_ONCE - 1
      for (let i = at; i <= last; i++) await alice.messages.send(id, `ours ${i}`)
      await theirs
      await bob.waitFor(({ text }) => text === `ours ${last}`, 600_000)
      // not at each change, of which there are hundreds: reading a page each time would take longer than the conversation
      const isThere = async (): Promise<boolean> =>
        (await alice.store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 4 * AT_ONCE })).messages.some(
          ({ text }) => text === `theirs ${last}`
        )
      while (!(await isThere())) await setTimeout(LOOK_MS)
    }
    const seconds = (performance.now() - started) / 1000
    // the server confirms the last of them a little later
    const settled = async (): Promise<boolean> => (await messages(alice, BOB)).every(({ outgoing, state }) => !outgoing || state !== 'queued')
    await until(alice, settled).catch(() => undefined)
    const list = (await messages(alice, BOB)).filter(({ text }) => text !== 'hello')
    const told = bob.events.filter(({ event, text, refused }) => event === 'message' && (typeof text === 'string' || refused !== undefined))
    return {
      seconds,
      toUs: judge(
        list.filter(({ outgoing }) => !outgoing).map(({ text, unreadable, encrypted }) => ({ text, unreadable: unreadable !== null, encrypted })),
        'theirs'
      ),
      toThem: judge(
        told.map(({ text = null, refused, encrypted }) => ({ text, unreadable: refused !== undefined, encrypted: encrypted === true })),
        'ours'
      ),
      delivered: list.filter(({ outgoing, state }) => outgoing && (state === 'sent' || state === 'delivered')).length
    }
  } finally {
    await bob.quit()
    await devices.end()
    await server.stop()
  }
}

export async function encryptedConversation(): Promise<void> {
  for (const version of VERSIONS) {
    const { seconds, toUs, toThem, delivered } = await converse(version)
    table(
      `An encrypted conversation with python3-omemo (${version}): ${COUNT.toLocaleString('en')} messages each way, ${AT_ONCE} at once, ${seconds.toFixed(0)} s`,
      ['', 'theirs, read by Mnemo', 'ours, read by python3-omemo'],
      [
        ['read', toUs.read, toThem.read],
        ['lost', COUNT - toUs.read, COUNT - toThem.read],
        ['doubled', toUs.doubled, toThem.doubled],
        ['out of order', toUs.disordered, toThem.disordered],
        ['not to be read', toUs.unreadable, toThem.unreadable],
        ['not encrypted', toUs.plain, toThem.plain],
        ['not settled at the sender', '–', COUNT - delivered]
      ]
    )
  }
}
