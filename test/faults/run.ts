/**
 * Two people write to each other, directly and in a group, while everything fails that can: streams are cut, stalled,
 * delayed and truncated, the server restarts, a client is killed, its disk is full. At the end nothing is lost, nothing
 * is doubled, and both stores and the archive have the same order.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fillDisk, mountSmallDisk, unmount } from '../support/disk.ts'
import { seeded } from '../support/files.ts'
import { startServer, type TestServer } from '../support/server.ts'
import type { Command, Line, Place, Report } from './client.ts'
import { FaultyProxy } from './proxy.ts'

export const FAULTS = ['cut', 'stall', 'delay', 'truncate', 'server', 'kill', 'disk'] as const
export type Fault = (typeof FAULTS)[number]

export interface FaultOptions {
  seed: number
  /** Messages that each person writes to each place. */
  messages: number
  faults: number
  /** ms between two faults, at most */
  every: number
  log(text: string): void
}

export interface FaultResult {
  faults: Record<Fault, number>
  /** Written and nowhere to be found at the end, per reader. */
  lost: number
  doubled: number
  /** Conversations whose order is not the same in both stores and a new device's, which has it from the archive. */
  disordered: number
  /** Own messages that are neither sent nor delivered. */
  unsettled: number
  messages: number
  seconds: number
}

const GROUP: Place = { jid: 'faults@rooms.localhost', kind: 'group' }
const NAMES = ['alice', 'bob'] as const
const SETTLE_MS = 180_000
/** Messages from which on the server needs archives in a database. */
const LARGE = 1000
/** Room of the small disk, MB. */
const DISK = 256

class Person {
  readonly name: string
  readonly proxy: FaultyProxy
  readonly profile: string
  readonly places: Place[]
  readonly #server: TestServer
  readonly #log: (text: string) => void
  /** How many of each place were reported as stored. */
  readonly confirmed = [0, 0]
  #child: ChildProcess | null = null
  #answer: ((report: Report) => void) | null = null
  #command: Command | null = null

  constructor(name: string, peer: string, server: TestServer, profile: string, log: (text: string) => void) {
    this.name = name
    this.#server = server
    this.profile = profile
    this.#log = log
    this.places = [{ jid: `${peer}@localhost`, kind: 'direct' }, GROUP]
    this.proxy = new FaultyProxy(server.port)
  }

  async start(): Promise<void> {
    const settings = JSON.stringify({ profile: this.profile, account: { ...this.#server.settings(this.name), port: this.proxy.port }, name: this.name, places: this.places })
    const child = spawn(process.execPath, [join(import.meta.dirname, 'client.ts'), settings], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child = child
    const ready = Promise.withResolvers<void>()
    child.once('exit', () => ready.reject(new Error(`${this.name}'s client ended`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as Report
      if (report.event === 'written') this.confirmed[report.place] = Math.max(this.confirmed[report.place] ?? 0, report.number + 1)
      else if (report.event === 'refused') this.#log(`${this.name}: ${report.message}`)
      else if (report.event === 'ready') ready.resolve()
      else this.#answer?.(report)
    })
    await ready.promise
    if (this.#command !== null) this.tell(this.#command)
  }

  tell(command: Command): void {
    if (command.do === 'write') this.#command = command
    this.#child?.stdin?.write(`${JSON.stringify(command)}\n`)
  }

  ask(command: Command): Promise<Report> {
    return new Promise((resolve) => {
      this.#answer = resolve
      this.tell(command)
    })
  }

  /** kill -9 */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    this.#child = null
  }

  async lines(): Promise<Line[][]> {
    const path = join(tmpdir(), `mnemo-faults-${process.pid}-${this.name}.json`)
    await this.ask({ do: 'dump', path })
    const read = JSON.parse(readFileSync(path, 'utf8')) as Line[][]
    rmSync(path)
    return read
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export async function runFaults(options: FaultOptions): Promise<FaultResult> {
  const { seed, messages, faults, every, log } = options
  const started = performance.now()
  const random = seeded(seed)
  const between = (least: number, most: number): number => least + random() * (most - least)
  const server = await startServer({ large: options.messages > LARGE })
  const root = mkdtempSync(join(tmpdir(), 'mnemo-faults-'))
  const disk = join(root, 'small-disk')
  const hasDisk = mountSmallDisk(disk, DISK)
  if (!hasDisk) log('no small disk here (that takes root): the full disk is left out')
  const result: FaultResult = { faults: { cut: 0, stall: 0, delay: 0, truncate: 0, server: 0, kill: 0, disk: 0 }, lost: 0, doubled: 0, disordered: 0, unsettled: 0, messages: 0, seconds: 0 }
  const people = NAMES.map((name, i) => new Person(name, NAMES[1 - i] ?? '', server, join(i === 0 ? disk : root, name), log))
  const [alice, bob] = people as [Person, Person]
  try {
    for (const person of people) {
      await person.proxy.start()
      await person.start()
    }
    const pauseMs = Math.max(0, Math.round((faults * every) / messages) - 6)
    for (const person of people) person.tell({ do: 'write', counts: [messages, messages], pauseMs })
    for (let i = 0; i < faults; i++) {
      await wait(between(every * 0.2, every))
      const choices = FAULTS.filter((fault) => hasDisk || fault !== 'disk')
      const fault = choices[Math.floor(random() * choices.length)] ?? 'cut'
      const person = random() < 0.5 ? alice : bob
      result.faults[fault]++
      log(`${i + 1}/${faults} ${fault} ${fault === 'server' ? '' : fault === 'disk' ? 'alice' : person.name}, written ${alice.confirmed.join('+')} and ${bob.confirmed.join('+')}`)
      switch (fault) {
        case 'cut':
          person.proxy.cut()
          break
        case 'stall':
          person.proxy.stall(true)
          await wait(between(500, every * 2))
          person.proxy.stall(false)
          break
        case 'delay':
          person.proxy.delay = between(100, 900)
          await wait(between(500, every))
          person.proxy.delay = 0
          break
        case 'truncate':
          person.proxy.truncate()
          break
        case 'server':
          await server.stop()
          await wait(between(0, every))
          await server.restart()
          break
        case 'kill':
          await person.kill()
          await wait(between(0, every / 2))
          await person.start()
          break
        case 'disk': {
          fillDisk(join(disk, 'filler'))
          await wait(between(500, every))
          rmSync(join(disk, 'filler'))
          break
        }
      }
    }
    for (const person of people) person.tell({ do: 'write', counts: [messages, messages], pauseMs: 0 })
    await settle(people, messages)
    await compare(people, server, root, messages, result, log)
  } finally {
    for (const person of people) {
      await person.kill()
      person.proxy.stop()
    }
    await server.stop()
    if (hasDisk) unmount(disk)
    rmSync(root, { recursive: true, force: true, maxRetries: 3 })
    rmSync(server.folder, { recursive: true, force: true, maxRetries: 3 })
  }
  result.seconds = (performance.now() - started) / 1000
  return result
}

/** Waits until all is written and nothing is on its way any more. */
async function settle(people: Person[], messages: number): Promise<void> {
  const until = performance.now() + SETTLE_MS + messages * 20
  for (;;) {
    const states = (await Promise.all(people.map((person) => person.ask({ do: 'state' })))) as Extract<Report, { event: 'state' }>[]
    const all = states.every(({ online, queued, unplaced, counts }) => online && queued === 0 && !unplaced && counts.every((count) => count >= messages * 2))
    if (all) return
    if (performance.now() > until) return
    await wait(500)
  }
}

async function compare(people: Person[], server: TestServer, root: string, messages: number, result: FaultResult, log: (text: string) => void): Promise<void> {
  const expected = NAMES.flatMap((name) => Array.from({ length: messages }, (_, i) => `${name} ${i}`))
  const stores = await Promise.all(people.map((person) => person.lines()))
  // what the archive says: a new device of each
  for (const person of people) await person.kill()
  const fresh = NAMES.map((name, i) => new Person(name, NAMES[1 - i] ?? '', server, join(root, `${name}-new`), () => undefined))
  for (const person of fresh) {
    await person.proxy.start()
    await person.start()
  }
  try {
    await settle(fresh, messages)
    const archives = await Promise.all(fresh.map((person) => person.lines()))
    for (const lists of [...stores, ...archives])
      for (const list of lists) {
        const texts = list.map(([, text]) => text)
        result.messages += texts.length
        const there = new Set(texts)
        result.lost += expected.filter((text) => !there.has(text)).length
        result.doubled += texts.length - there.size
        result.unsettled += list.filter(([outgoing, , state]) => outgoing && state !== 'sent' && state !== 'delivered').length
      }
    for (const place of [0, 1]) {
      const orders = [...stores, ...archives].map((lists) => lists[place]?.map(([, text]) => text) ?? [])
      // each account has an archive of its own, and messages that cross may stand otherwise in the other's; a group has one
      const pairs = place === 0 ? ([[0, 2], [1, 3]] as const) : ([[0, 2], [1, 2], [3, 2]] as const)
      const wrong = pairs.filter(([other, reference]) => orders[other]?.some((text, i) => text !== orders[reference]?.[i]))
      if (wrong.length > 0) result.disordered++
      for (const [other, reference] of wrong) {
        const archive = orders[reference] ?? []
        const first = archive.findIndex((text, i) => orders[other]?.[i] !== text)
        log(`${people[other % 2]?.name}'s ${other < 2 ? 'store' : 'new device'} has in the ${place === 0 ? 'direct conversation' : 'group'} from ${first} on ${JSON.stringify(orders[other]?.slice(first, first + 6))} where the archive has ${JSON.stringify(archive.slice(first, first + 6))}`)
      }
    }
  } finally {
    for (const person of fresh) {
      await person.kill()
      person.proxy.stop()
    }
  }
}

