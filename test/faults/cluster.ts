/**
 * Four people on a cluster of two nodes write to each other, in pairs and in a group, while the nodes are killed and restarted in turn. At the
 * end nothing is lost, nothing is doubled, everyone has the same order, and every message shown as delivered is in a store of the other side.
 */
import type { Conversation, Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { CLUSTER, startCluster, type Cluster } from '../support/cluster.ts'
import { messages, online, openEngine, testFolder, until } from '../support/server.ts'
import { look } from './look.ts'
import { Progress } from './settle.ts'

export interface ClusterOptions {
  /** Messages that each person writes to each of the two places. */
  messages: number
  kills: number
  /** Minimum time that a node is down, and that both are up, ms. */
  pause: number
  log(text: string): void
}

export interface ClusterResult {
  lost: number
  /** Messages confirmed by a node that was killed then, and missing from the reader's archive. */
  forgotten: number
  doubled: number
  /** Writers whose messages are not in the order they were written in, and stores whose group order differs from the first one's. */
  disordered: number
  unsettled: number
  /** Messages shown as delivered that the other side has not stored. */
  untrue: number
  messages: number
  kills: number
  /** Times from the end of a node until each of its clients is online elsewhere, ms. */
  moves: number[]
  seconds: number
}

const USERS = ['alice', 'bob', 'carol', 'dave']
const PARTNER: Record<string, string> = { alice: 'bob', bob: 'alice', carol: 'dave', dave: 'carol' }
const GROUP = `all@rooms.${CLUSTER}`
const SETTLE_MS = 180_000
/** Clients that are online and have nothing to send have all that they will get after so long without news, ms: above the longest pause between two of their tries. */
const IDLE_MS = 90_000

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Client {
  user: string
  engine: Engine
  profile: string
  places: Conversation[]
  /** Messages that each person wrote to each place. */
  written: number
}

export async function runCluster({ messages: count, kills, pause, log }: ClusterOptions): Promise<ClusterResult> {
  const started = performance.now()
  const cluster = await startCluster(USERS)
  const folders = USERS.map(() => testFolder())
  const clients: Client[] = []
  const result: ClusterResult = { lost: 0, forgotten: 0, doubled: 0, disordered: 0, unsettled: 0, untrue: 0, messages: 0, kills: 0, moves: [], seconds: 0 }
  let isWriting = true
  try {
    for (const [i, user] of USERS.entries()) {
      const engine = await openEngine(folders[i]?.path ?? '')
      clients.push({ user, engine, profile: folders[i]?.path ?? '', places: [], written: 0 })
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
    await settle(clients, count, log)
    await compare(cluster, clients, count, result, log)
  } finally {
    isWriting = false
    for (const { engine } of clients) await engine.close()
    await cluster.stop()
    for (const folder of folders) folder.remove()
  }
  result.seconds = (performance.now() - started) / 1000
  return result
}

/** Watches a client; the returned function gives the ms from `since` until it is online again, null if it was never away. */
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

/** Waits until everything has arrived, or progress stops. */
async function settle(clients: Client[], count: number, log: (text: string) => void): Promise<void> {
  const progress = new Progress()
  const looks = clients.map(({ profile, places }) => look(profile, places))
  let logged = performance.now()
  for (;;) {
    const all = looks.map((one) => one())
    for (const [i, { counts, taken, queued, positions }] of all.entries()) {
      const name = clients[i]?.user ?? ''
      progress.note({ [`${name} counts`]: counts, [`${name} taken`]: taken, [`${name} queued`]: queued })
      for (const [jid, position] of Object.entries(positions)) progress.note({ [`${name} ${jid}`]: position })
    }
    const unplaced = await Promise.all(clients.map(({ engine }) => engine.store.read.hasUnplaced()))
    const isDone = all.every(
      ({ counts, queued }, i) =>
        queued === 0 && unplaced[i] === false && counts.every((has, place) => has >= expected(clients[i]?.user ?? '', place, count).length)
    )
    if (isDone) return
    if (progress.isStuck || performance.now() - logged > 30_000) {
      logged = performance.now()
      for (const [i, { engine, user }] of clients.entries())
        log(
          `settling, still for ${(progress.still / 1000).toFixed(0)} s: ${user} ${engine.connection.status}, has ${all[i]?.counts.join('+')}, ${all[i]?.queued} to be sent${unplaced[i] ? ', some without a place' : ''}${engine.accounts.of(engine.account?.jid ?? ('' as Jid))?.groups.isJoined(GROUP) ? '' : ', out of the group'}`
        )
    }
    // a message that a node confirmed and lost with its memory never comes: nobody has anything to do any more
    const isIdle = all.every(({ queued }) => queued === 0) && !unplaced.includes(true) && clients.every(({ engine }) => engine.connection.status === 'online')
    if (progress.isStuck || (isIdle && progress.still > IDLE_MS)) return
    await wait(500)
  }
}

/** Texts that new devices read from the archives: by user, of both places. */
async function archives(cluster: Cluster, clients: Client[]): Promise<Set<string>[][]> {
  const read: Set<string>[][] = []
  for (const { user, places } of clients) {
    const folder = testFolder()
    const engine = await openEngine(folder.path)
    try {
      await engine.signIn(cluster.settings(user))
      await online(engine)
      await engine.conversations.start(GROUP, 'group', user)
      await until(engine, async () => (await engine.store.read.missingHistory()).length === 0, SETTLE_MS)
      read.push(await Promise.all(places.map(async ({ jid }) => new Set((await messages(engine, jid as Jid)).map(({ text }) => text)))))
    } finally {
      await engine.close()
      folder.remove()
    }
  }
  return read
}

async function compare(cluster: Cluster, clients: Client[], count: number, result: ClusterResult, log: (text: string) => void): Promise<void> {
  let archived: Set<string>[][] | null = null
  const stores = await Promise.all(clients.map(({ engine, places }) => Promise.all(places.map(({ jid }) => messages(engine, jid as Jid)))))
  for (const [i, { user }] of clients.entries())
    for (const [place, list] of (stores[i] ?? []).entries()) {
      const texts = list.map(({ text }) => text)
      const there = new Set(texts)
      const missing = expected(user, place, count).filter((text) => !there.has(text))
      result.messages += texts.length
      if (missing.length > 0) archived ??= await archives(cluster, clients)
      // a node confirmed it to its writer, and the reader's archive lacks it: it was lost with that node
      const forgotten = missing.filter(
        (text) =>
          place === 0 &&
          archived?.[i]?.[0]?.has(text) !== true &&
          stores[clients.findIndex((client) => client.user === PARTNER[user])]?.[0]?.some(({ text: said, state }) => said === text && state === 'sent')
      )
      result.forgotten += forgotten.length
      result.lost += missing.length - forgotten.length
      result.doubled += texts.length - there.size
      const unsettled = list.filter(({ outgoing, state }) => outgoing && state !== 'sent' && state !== 'delivered')
      result.unsettled += unsettled.length
      for (const text of missing) {
        const [writer] = text.split(' ')
        const own = stores[clients.findIndex((client) => client.user === writer)]?.[place]?.find(({ text: said }) => said === text)
        const holders = clients.flatMap(({ user: one }, at) => (archived?.[at]?.[place]?.has(text) === true ? one : []))
        log(
          `${user}, ${place === 0 ? 'direct' : 'group'}: lacks ${text}, ${own?.state ?? 'unknown'} at its writer's; archives of ${holders.join(', ') || 'nobody'} have it`
        )
      }
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
        log(`${user}: the group's order differs from ${clients[0]?.user}'s`)
      }
      if (place === 0) {
        const partner = clients.findIndex((client) => client.user === PARTNER[user])
        const held = new Set(stores[partner]?.[0]?.map(({ text }) => text))
        result.untrue += list.filter(({ outgoing, state, text }) => outgoing && state === 'delivered' && !held.has(text)).length
      }
    }
}
