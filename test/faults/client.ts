/** One person's engine in a process of its own, to be killed at any moment. Commands and reports are JSON lines. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { AccountSettings, ConversationKind, Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { fileLog } from '../../src/main/desktop/log.ts'
import { messages, openEngine } from '../support/server.ts'
import { ChainKeys, UNREADABLE } from './encrypted.ts'
import { look, type Holdings } from './look.ts'

export interface Place {
  jid: string
  kind: ConversationKind
}
/** Start options of a device. */
export interface Start {
  profile: string
  account: AccountSettings
  name: string
  places: Place[]
  /** Groups that never answer. */
  dead: string[]
  connect: boolean
  /** Messages in the first place are encrypted end to end. */
  encrypted?: boolean
}
export type Command =
  | { do: 'write'; counts: number[]; pauseMs: number }
  | { do: 'state' }
  | { do: 'dump'; path: string }
  | { do: 'connect' | 'disconnect' }
  /** Retracts an own message, deletes another one here only, and reads everything. */
  | { do: 'wish'; change: boolean }
export type Report =
  | { event: 'ready' }
  /** Stored durably: from now on it must never be lost. */
  | { event: 'written'; place: number; number: number }
  | { event: 'refused'; message: string }
  /** The command failed. */
  | { event: 'failed'; message: string }
  | ({
      event: 'state'
      online: boolean
      status: string
      unplaced: boolean
      unread: number[]
      changes: number
      errands: number
      devices: number
      keys: number
      reused: number
    } & Holdings)
  /** Both stored durably: from now on they must hold, here and, for a retraction, everywhere. */
  | { event: 'took back' | 'deleted'; texts: string[] }
  | { event: 'done' }
/** A message for comparison: whether it is ours, its text, its state. */
export type Line = [outgoing: boolean, text: string, state: string]

const { profile, account, name, places, dead, connect, encrypted = false } = JSON.parse(process.argv[2] ?? '{}') as Start
const say = (report: Report): boolean => process.stdout.write(`${JSON.stringify(report)}\n`)
/** The log is on the same disk, which may be full. */
const log = fileLog(join(profile, 'logs', 'mnemo.log'))
let engine: Engine = await openEngine(profile, log, encrypted)
if (engine.account === null) {
  await engine.store.write.saveAccount(account)
  await engine.close()
  engine = await openEngine(profile, log, encrypted)
}

const ids = await Promise.all(
  places.map(
    async ({ jid, kind }) => (await engine.store.write.ensureConversation({ jid: jid as Jid, kind, name: '', nick: kind === 'group' ? name : null })).id
  )
)
for (const jid of dead) await engine.store.write.ensureConversation({ jid: jid as Jid, kind: 'group', name: '', nick: name })
/** Own messages per place, including those written by a killed process. */
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
        await engine.messages.send(ids[i] as never, `${name} ${number}`)
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

const keys = new ChainKeys()
let holdings: (() => Holdings) | null = null
/** Connection being listened to; a new session has its own. */
let heard: object | null = null
function listen(): void {
  const connection = engine.accounts.of(account.jid)?.connection
  if (!encrypted || connection === undefined || connection === heard) return
  heard = connection
  connection.on('stanza', (stanza) => keys.note(stanza))
}
setInterval(listen, 10).unref()

async function lines(jid: string): Promise<Line[]> {
  return (await messages(engine, jid)).map(({ outgoing, text, state, unreadable }) => [
    outgoing,
    unreadable === null ? text : `${UNREADABLE} ${unreadable}`,
    state
  ])
}

/** Retracts and deletes. The newest messages are spared: they may still be on their way to their places in the archive's order. */
async function wish(change: boolean): Promise<void> {
  for (const [place, { jid }] of places.entries()) {
    const all = await messages(engine, jid)
    const older = all
      .slice(0, -20)
      .filter(({ retracted, state, changeable }) => !retracted && changeable && (state === 'sent' || state === 'delivered' || state === 'received'))
    const own = older.findLast(({ outgoing }) => outgoing)
    const other = older.findLast(({ outgoing }) => !outgoing)
    const conversation = ids[place]
    const newest = all.at(-1)
    if (conversation === undefined || newest === undefined) continue
    if (change && place === 0 && own !== undefined) {
      await engine.messages.change(own.id, 'retraction', '')
      say({ event: 'took back', texts: [own.text] })
    }
    if (change && place === 0 && other !== undefined) {
      await engine.messages.remove([other.id])
      say({ event: 'deleted', texts: [other.text] })
    }
    await engine.messages.markRead(conversation, newest.id)
  }
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
        holdings ??= look(profile, places)
        const unread = await Promise.all(places.map(async ({ jid }) => (await engine.store.read.conversationByJid(jid))?.unread ?? 0))
        const changes = (await engine.store.read.queuedChanges()).length
        const errands = (await engine.store.read.errands(account.jid)).length
        say({
          event: 'state',
          ...holdings(),
          online: engine.connection.status === 'online',
          status: engine.connection.status,
          unplaced: await engine.store.read.hasUnplaced(),
          unread,
          changes,
          errands,
          devices: !encrypted ? 0 : (await engine.store.write.encryptionTargets({ account: account.jid, jids: [places[0]?.jid as Jid] })).devices.length,
          keys: keys.count,
          reused: keys.reused
        })
        break
      }
      case 'dump':
        writeFileSync(command.path, JSON.stringify(await Promise.all(places.map(({ jid }) => lines(jid)))))
        say({ event: 'done' })
        break
      case 'connect':
      case 'disconnect':
        await engine[command.do]()
        say({ event: 'done' })
        break
      case 'wish':
        await wish(command.change)
        say({ event: 'done' })
        break
    }
  })().catch((error: unknown) => say({ event: 'failed', message: error instanceof Error ? String(error.stack) : String(error) }))
})
// the parent process is gone
process.stdin.on('end', () => process.exit(0))

if (connect) await engine.connect()
say({ event: 'ready' })
void write()
