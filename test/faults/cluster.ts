/**
 * Four people on a cluster of two nodes write to each other, in pairs and in a group, while the nodes are killed and brought back in turn. At the end
 * nothing is lost, nothing is doubled, all have one order, and whatever was shown as delivered lies in a store of the other side.
 */
import type { Conversation, Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { EngineError } from '../../src/engine/scope.ts'
import { CLUSTER, startCluster } from '../support/cluster.ts'
import { messages, online, openEngine, testFolder, until } from '../support/server.ts'

export interface ClusterOptions {
  /** Messages that each person writes to each of both places. */
  messages: number
  kills: number
  /** ms that a node is away, and that both are there, at least. */
  pause: number
  log(text: string): void
}

export interface ClusterResult {
  lost: number
  doubled: number
  /** Writers whose messages stand in another order than they were written in, and stores whose group has another order than the first one's. */
  disordered: number
  unsettled: number
  /** Shown as delivered, and not stored at the other side. */
  untrue: number
  messages: number
  kills: number
  /** ms from the end of a node to each of its clients being online elsewhere. */
  moves: number[]
  seconds: number
}

const USERS = ['alice', 'bob', 'carol', 'dave']
const PARTNER: Record<string, string> = { alice: 'bob', bob: 'alice', carol: 'dave', dave: 'carol' }
const GROUP = `all@rooms.${CLUSTER}`
const SETTLE_MS = 180_000

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Client {
  user: string
  engine: Engine
  places: Conversation[]
  /** How many were written by each person to each place. */
  written: number
}

export async function runCluster({ messages: count, kills, pause, log }: ClusterOptions): Promise<ClusterResult> {
  const started = performance.now()
  const cluster = await startCluster(USERS)
  const folders = USERS.map(() => testFolder())
  const clients: Client[] = []
  const result: ClusterResult = { lost: 0, doubled: 0, disordered: 0, unsettled: 0, untrue: 0, messages: 0, kills: 0, moves: [], seconds: 0 }
  let isWriting = true
  try {
    for (const [i, user] of USERS.entries()) {
      const engine = await openEngine(folders[i]?.path ?? '')
      clients.push({ user, engine, places: [], written: 0 })
      await engine.signIn(cluster.settings(user))
      await online(engine)
    }
    for (const client of clients)
      client.places = [
        await client.engine.conversations.start(`${PARTNER[client.user]}@${CLUSTER}`, 'direct', null),
        await client.engine.conversations.start(GROUP, 'group', client.user)
      ]
    const between = Math.round((kills * pause * 2.5) / count)
    const writing = clients.map(async (client) => {
      while (client.written < count) {
        for (const place of client.places) await client.engine.messages.send(place.id, `${client.user} ${client.written}`)
        client.written++
        if (isWriting) await wait(between)
      }
    })
    for (let i = 0; i < kills; i++) {
      const node = cluster.nodes[i % cluster.nodes.length]
      if (node === undefined) break
      await wait(pause)
      const wereOnline = clients.map(({ engine }) => engine.connection.status)
      const gone = performance.now()
      const moved = clients.map(({ engine }) => movedWithin(engine, gone))
      await node.kill()
      result.kills++
      await wait(pause)
      const moves = (await Promise.all(moved.map((one) => one()))).filter((ms) => ms !== null)
      result.moves.push(...moves)
      log(
        `${i + 1}/${kills} ${node.name} killed (${wereOnline.join(' ')}), written ${clients.map(({ written }) => written).join(' ')}; online again after ${moves.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}`
      )
      await node.start()
    }
    isWriting = false
    await Promise.all(writing)
    await settle(clients, count)
    await compare(clients, count, result, log)
  } finally {
    isWriting = false
    for (const { engine } of clients) await engine.close()
    await cluster.stop()
    for (const folder of folders) folder.remove()
  }
  result.seconds = (performance.now() - started) / 1000
  return result
}

/** Watches a client from now on; what it returns gives the ms from `since` to its being online again, null where it was never away. */
function movedWithin(engine: Engine, since: number): () => Promise<number | null> {
  let away = false
  let back: number | null = null
  const look = (): void => {
    const { status } = engine.connection
    if (status !== 'online' && status !== 'catching-up') away = true
    else if (away) back ??= performance.now() - since
  }
  engine.live.on('change', look)
  return async () => {
    if (away && back === null) await until(engine, () => Promise.resolve(back !== null), SETTLE_MS)
    engine.live.removeListener('change', look)
    return back
  }
}

const expected = (user: string, place: number, count: number): string[] =>
  (place === 0 ? [user, PARTNER[user] ?? ''] : USERS).flatMap((writer) => Array.from({ length: count }, (_, i) => `${writer} ${i}`))

async function settle(clients: Client[], count: number): Promise<void> {
  for (const { engine, user, places } of clients)
    for (const [at, { jid }] of places.entries())
      await until(
        engine,
        async () => {
          const queued = await engine.store.read.queued({ after: 0, limit: 1 })
          return queued.length === 0 && (await messages(engine, jid)).length >= expected(user, at, count).length
        },
        SETTLE_MS
      ).catch((error: unknown) => {
        if (error instanceof EngineError) throw error
      })
  // the last of them are placed
  for (const { engine } of clients) await until(engine, async () => !(await engine.store.read.hasUnplaced()), SETTLE_MS).catch(() => undefined)
}

async function compare(clients: Client[], count: number, result: ClusterResult, log: (text: string) => void): Promise<void> {
  const stores = await Promise.all(clients.map(({ engine, places }) => Promise.all(places.map(({ jid }) => messages(engine, jid as Jid)))))
  for (const [i, { user }] of clients.entries())
    for (const [place, list] of (stores[i] ?? []).entries()) {
      const texts = list.map(({ text }) => text)
      const there = new Set(texts)
      const missing = expected(user, place, count).filter((text) => !there.has(text))
      result.messages += texts.length
      result.lost += missing.length
      result.doubled += texts.length - there.size
      const unsettled = list.filter(({ outgoing, state }) => outgoing && state !== 'sent' && state !== 'delivered')
      result.unsettled += unsettled.length
      if (missing.length > 0) log(`${user}, ${place === 0 ? 'direct' : 'group'}: lost ${missing.slice(0, 6).join(', ')}`)
      if (unsettled.length > 0)
        log(
          `${user}: not settled: ${unsettled
            .slice(0, 6)
            .map(({ text, state }) => `${text} ${state}`)
            .join(', ')}`
        )
      for (const writer of USERS) {
        const numbers = texts.filter((text) => text.startsWith(`${writer} `)).map((text) => Number(text.split(' ')[1]))
        const at = numbers.findIndex((number, j) => number < (numbers[j - 1] ?? -1))
        if (at < 0) continue
        result.disordered++
        log(`${user}, ${place === 0 ? 'direct' : 'group'}: ${writer} ${numbers.slice(Math.max(0, at - 3), at + 3).join(' ')}`)
      }
      if (place === 1 && texts.join('\n') !== stores[0]?.[1]?.map(({ text }) => text).join('\n')) {
        result.disordered++
        log(`${user}: the group has another order than ${clients[0]?.user}'s`)
      }
      if (place === 0) {
        const partner = clients.findIndex((client) => client.user === PARTNER[user])
        const held = new Set(stores[partner]?.[0]?.map(({ text }) => text))
        result.untrue += list.filter(({ outgoing, state, text }) => outgoing && state === 'delivered' && !held.has(text)).length
      }
    }
}
