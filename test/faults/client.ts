/** One person's engine in a process of its own, to be killed at any moment. Takes commands and reports as JSON lines. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { AccountSettings, ConversationKind, Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { fileLog } from '../../src/main/desktop/log.ts'
import { messages, openEngine } from '../support/server.ts'

export interface Place {
  jid: string
  kind: ConversationKind
}
export type Command = { do: 'write'; counts: number[]; pauseMs: number } | { do: 'state' } | { do: 'dump'; path: string } | { do: 'close' }
export type Report =
  | { event: 'ready' }
  /** Stored durably: from now on it must never be lost. */
  | { event: 'written'; place: number; number: number }
  | { event: 'refused'; message: string }
  | { event: 'state'; online: boolean; queued: number; unplaced: boolean; counts: number[] }
  | { event: 'done' }
/** A message as it is compared: whose it is, its text, its state. */
export type Line = [outgoing: boolean, text: string, state: string]

const { profile, account, name, places } = JSON.parse(process.argv[2] ?? '{}') as { profile: string; account: AccountSettings; name: string; places: Place[] }
const say = (report: Report): boolean => process.stdout.write(`${JSON.stringify(report)}\n`)
/** On the same disk, which may be full. */
const log = fileLog(join(profile, 'logs', 'mnemo.log'))
let engine: Engine = await openEngine(profile, log)
if (engine.account === null) {
  await engine.store.write.saveAccount(account)
  await engine.close()
  engine = await openEngine(profile, log)
}

const ids = await Promise.all(
  places.map(async ({ jid, kind }) => (await engine.store.write.ensureConversation({ jid: jid as Jid, kind, name: '', nick: kind === 'group' ? name : null })).id)
)
/** How many of ours each place has: what a killed process wrote is found again. */
const written = await Promise.all(places.map(async ({ jid }) => (await messages(engine, jid)).filter(({ outgoing }) => outgoing).length))
let wanted: number[] = [...written]
let pauseMs = 0

async function write(): Promise<void> {
  for (;;) {
    const place = written.findIndex((count, i) => count < (wanted[i] ?? 0))
    if (place < 0) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      continue
    }
    // the places in turn
    for (let i = 0; i < places.length; i++) {
      if ((written[i] ?? 0) >= (wanted[i] ?? 0)) continue
      const number = written[i] ?? 0
      try {
        await engine.send(ids[i] as never, `${name} ${number}`)
        written[i] = number + 1
        say({ event: 'written', place: i, number })
      } catch (error) {
        say({ event: 'refused', message: String(error) })
        await new Promise((resolve) => setTimeout(resolve, 300))
      }
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

async function lines(jid: string): Promise<Line[]> {
  return (await messages(engine, jid)).map(({ outgoing, text, state }) => [outgoing, text, state])
}

createInterface({ input: process.stdin }).on('line', (line) => {
  void (async () => {
    const command = JSON.parse(line) as Command
    switch (command.do) {
      case 'write':
        wanted = command.counts
        pauseMs = command.pauseMs
        break
      case 'state': {
        const queued = (await engine.store.read.queued({ after: 0, limit: 10 })).length
        const counts = await Promise.all(places.map(async ({ jid }) => (await messages(engine, jid)).length))
        say({ event: 'state', online: engine.connection.status === 'online', queued, unplaced: await engine.store.read.hasUnplaced(), counts })
        break
      }
      case 'dump':
        writeFileSync(command.path, JSON.stringify(await Promise.all(places.map(({ jid }) => lines(jid)))))
        say({ event: 'done' })
        break
      case 'close':
        await engine.close()
        say({ event: 'done' })
        process.exit(0)
    }
  })().catch((error: unknown) => say({ event: 'refused', message: String(error) }))
})
// the parent is gone
process.stdin.on('end', () => process.exit(0))

await engine.connect()
say({ event: 'ready' })
void write()
