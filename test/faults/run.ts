/**
 * Two people write to each other, directly and in groups, under every fault: streams are cut, stalled, delayed and truncated, the server
 * restarts, a client is killed, its disk (and its log's) is full, its clock is hours off, a group never answers, another one has no archive, and
 * a second device reads, retracts and deletes while offline. At the end nothing is lost, nothing is doubled, all have the same order, and every
 * message shown as delivered is in a store of the other side.
 */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillDisk, mountSmallDisk, unmount } from '../support/disk.ts'
import { seeded } from '../support/files.ts'
import { SERVER, startServer, type TestServer } from '../support/server.ts'
import type { Jid } from '../../src/contract/domain.ts'
import { archivedTexts } from './archive.ts'
import type { Line, Place } from './client.ts'
import { compare } from './compare.ts'
import { Person } from './person.ts'
import { Progress, settle, states } from './settle.ts'

export const FAULTS = ['cut', 'stall', 'delay', 'truncate', 'server', 'kill', 'disk', 'clock', 'second device'] as const
export type Fault = (typeof FAULTS)[number]

export interface FaultOptions {
  seed: number
  /** Messages that each person writes to each place; the group without an archive gets a tenth. */
  messages: number
  faults: number
  /** Maximum time between two faults, ms. */
  every: number
  /** Direct messages are encrypted end to end. */
  encrypted?: boolean
  log(text: string): void
}

export interface FaultResult {
  faults: Record<Fault, number>
  /** Messages written but found nowhere at the end, per reader. */
  lost: number
  /**
   * Messages lost with a restarted server, which nobody could recover: of the group without an archive, and of a server that confirms messages
   * and then forgets them.
   */
  forgotten: number
  doubled: number
  /** Conversations whose order differs between the stores and a new device, which reads the archive. */
  disordered: number
  /** Own messages that are neither sent nor delivered. */
  unsettled: number
  /** Messages shown as delivered while no store of the other side had them. */
  untrue: number
  /** Retractions, deletions and read positions of the second device that did not take effect. */
  unheeded: number
  /** Encrypted messages that a device which existed when they were written cannot read. */
  undecryptable: number
  /** Message keys seen, and those that encrypted two messages. */
  keys: number
  reused: number
  /** Comparisons made: of messages, and of claims of delivery. */
  messages: number
  claims: number
  seconds: number
}

export const isBad = ({ lost, doubled, disordered, unsettled, untrue, unheeded, undecryptable, reused }: FaultResult): boolean =>
  lost + doubled + disordered + unsettled + untrue + unheeded + undecryptable + reused > 0

const GROUP: Place = { jid: 'faults@rooms.localhost', kind: 'group' }
/** Place whose host keeps no archive, but sends a history on joining. */
const FORGETFUL: Place = { jid: 'faults@forgetful.localhost', kind: 'group' }
const DEAD = ['one@silent.localhost', 'two@silent.localhost', 'three@silent.localhost']
const HISTORY = 2000
/** Number of messages from which the server needs its archives in a database. */
const LARGE = 1000
/** Size of the small disk, MB. */
const DISK = 256
/** Library of Debian's package faketime. */
const FAKETIME = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1'].find(existsSync)
/** Environment of a process whose clock is that many hours off. */
const off = (hours: number): Record<string, string> =>
  FAKETIME === undefined ? {} : { LD_PRELOAD: FAKETIME, FAKETIME: `${hours < 0 ? '' : '+'}${hours}h`, FAKETIME_DONT_FAKE_MONOTONIC: '1' }

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function server(options: FaultOptions): Promise<TestServer> {
  const more = `Component "silent.localhost" "mnemo_silent"
Component "${FORGETFUL.jid.split('@')[1]}" "muc"
  restrict_room_creation = false
  muc_room_locking = false
  muc_room_default_persistent = true
  max_history_messages = ${HISTORY}
  muc_room_default_history_length = ${HISTORY}`
  const modules = { names: [], folder: join(import.meta.dirname, '..', 'support', 'prosody') }
  const large = options.messages > LARGE
  return startServer(SERVER === 'prosody' ? { large, settings: more, modules, environment: off(7) } : { large })
}

export async function runFaults(options: FaultOptions): Promise<FaultResult> {
  const { seed, messages, faults, every, encrypted = false, log } = options
  const started = performance.now()
  const random = seeded(seed)
  const between = (least: number, most: number): number => least + random() * (most - least)
  const host = await server(options)
  const root = mkdtempSync(join(tmpdir(), 'mnemo-faults-'))
  const disk = join(root, 'small-disk')
  const hasDisk = mountSmallDisk(disk, DISK)
  if (!hasDisk) log('no small disk available (needs root): skipping the full disk')
  if (FAKETIME === undefined) log('faketime is not installed: skipping wrong clocks')
  const result: FaultResult = {
    faults: Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as FaultResult['faults'],
    lost: 0,
    forgotten: 0,
    doubled: 0,
    disordered: 0,
    unsettled: 0,
    untrue: 0,
    unheeded: 0,
    undecryptable: 0,
    keys: 0,
    reused: 0,
    messages: 0,
    claims: 0,
    seconds: 0
  }
  const isProsody = SERVER === 'prosody'
  const counts = [messages, messages, ...(isProsody ? [Math.min(Math.ceil(messages / 10), HISTORY / 4)] : [])]
  const person = (name: string, device: string, folder: string): Person =>
    new Person({
      name,
      device,
      server: host,
      profile: join(folder, device),
      places: [{ jid: `${name === 'alice' ? 'bob' : 'alice'}@localhost`, kind: 'direct' }, GROUP, ...(isProsody ? [FORGETFUL] : [])],
      dead: isProsody ? DEAD : [],
      encrypted,
      log
    })
  const [alice, bob, tablet] = [person('alice', 'alice', disk), person('bob', 'bob', root), person('alice', 'alice-tablet', root)]
  const devices = [alice, bob, tablet]
  /** Compares the stores of one side with the delivery claims shown to the other before. */
  const check = async (claimant: Person, holders: Person[], again: (() => Promise<void>) | null = null): Promise<void> => {
    const claimed = delivered(await claimant.lines())
    await again?.()
    const held = new Set((await Promise.all(holders.map((holder) => holder.lines()))).flatMap(([direct]) => direct?.map(([, text]) => text) ?? []))
    result.claims += claimed.length
    const missing = claimed.filter((text) => !held.has(text) && !tablet.retracted.has(text) && !tablet.removed.has(text))
    result.untrue += missing.length
    if (missing.length > 0)
      log(`shown as delivered to ${claimant.device}, but in no store of ${holders.map(({ device }) => device).join(', ')}: ${missing.slice(0, 5).join(', ')}`)
  }
  /** Kills a device's process; its store, before it reconnects, is compared with what the other side was shown. */
  const killed = async (victim: Person, pause: number, environment: Record<string, string> = victim.environment): Promise<void> => {
    const other = victim === alice ? bob : alice
    await check(other, victim === alice ? [alice, tablet] : [bob], async () => {
      await victim.kill()
      await wait(pause)
      victim.environment = environment
      await victim.start(false)
    })
    await victim.ask({ do: 'connect' })
  }
  let isWhole = false
  try {
    for (const device of devices) {
      await device.proxy.start()
      await device.start()
    }
    // a device that is not known yet cannot read messages written before
    if (encrypted) while ((await states(devices)).some((state) => state.devices < 2)) await wait(200)
    const pauseMs = Math.max(0, Math.round((faults * every) / messages) - 6)
    const write = (pause: number): void => [alice, bob].forEach((writer) => writer.tell({ do: 'write', counts, pauseMs: pause }))
    write(pauseMs)
    const choices = FAULTS.filter((fault) => (hasDisk || fault !== 'disk') && (FAKETIME !== undefined || fault !== 'clock'))
    for (let i = 0; i < faults; i++) {
      await wait(between(every * 0.2, every))
      // each kind of fault once, then at random
      const fault = choices[i < choices.length ? i : Math.floor(random() * choices.length)] ?? 'cut'
      const victim = random() < 0.5 ? alice : bob
      result.faults[fault]++
      log(
        `${i + 1}/${faults} ${fault} ${fault === 'server' ? '' : fault === 'disk' ? 'alice' : fault === 'second device' ? tablet.device : victim.device}, written ${alice.confirmed.join('+')} and ${bob.confirmed.join('+')}`
      )
      switch (fault) {
        case 'cut':
          victim.proxy.cut()
          break
        case 'stall':
          victim.proxy.stall(true)
          await wait(between(500, every * 2))
          victim.proxy.stall(false)
          break
        case 'delay':
          victim.proxy.delay = between(100, 900)
          await wait(between(500, every))
          victim.proxy.delay = 0
          break
        case 'truncate':
          victim.proxy.truncate()
          break
        case 'server':
          await host.stop()
          await wait(between(0, every))
          await host.restart()
          break
        case 'kill':
          await killed(victim, between(0, every / 2))
          break
        case 'clock':
          await killed(victim, 0, off(Math.round(between(-30, 30))))
          break
        case 'disk': {
          fillDisk(join(disk, 'filler'))
          await wait(between(500, every))
          rmSync(join(disk, 'filler'))
          break
        }
        case 'second device':
          await tablet.ask({ do: 'disconnect' })
          await wait(between(0, every))
          await tablet.ask({ do: 'wish', change: true }).catch((error: unknown) => log(String(error)))
          if (random() < 0.5) {
            await tablet.kill()
            await tablet.start()
          } else await tablet.ask({ do: 'connect' })
          break
      }
    }
    write(0)
    await settle({ people: devices, counts, forgetful: result.faults.server === 0 ? [] : isProsody ? [FORGETFUL_AT] : [...counts.keys()], log })
    await check(alice, [bob])
    await check(bob, [alice, tablet])
    await read(devices, tablet, result, log)
    await compare({
      devices,
      newDevice: (name) => person(name, `${name}-new`, root),
      settle: async (fresh) => {
        await settle({ people: fresh, counts: counts.slice(0, 2), forgetful: result.faults.server === 0 || isProsody ? [] : [0, 1], log })
      },
      archived: isProsody ? null : (name) => archivedTexts(host.settings(name), [null, GROUP.jid as Jid]),
      counts,
      encrypted,
      result,
      log
    })
    isWhole = true
  } finally {
    for (const device of devices) {
      await device.kill()
      device.proxy.stop()
    }
    await host.stop()
    const isKept = !isWhole || isBad(result)
    if (isKept) {
      cpSync(disk, join(root, 'alice'), { recursive: true })
      log(`the profiles are kept in ${root}, the server's folder is ${host.folder}`)
    }
    if (hasDisk) unmount(disk)
    if (!isKept) for (const folder of [root, host.folder]) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  result.seconds = (performance.now() - started) / 1000
  return result
}

/** Own direct texts shown as delivered. */
const delivered = ([direct = []]: Line[][]): string[] =>
  direct.filter(([outgoing, text, state]) => outgoing && text !== '' && state === 'delivered').map(([, text]) => text)

/** Index of the group without an archive. */
const FORGETFUL_AT = 2

/** Reads everything on the second device while offline: then it must be read on the first one, too. */
async function read(devices: Person[], tablet: Person, result: FaultResult, log: (text: string) => void): Promise<void> {
  await tablet.ask({ do: 'disconnect' })
  await tablet.ask({ do: 'wish', change: false })
  await tablet.ask({ do: 'connect' })
  const progress = new Progress()
  for (;;) {
    const [first, , second] = await states(devices)
    // the read position in a group without an archive has no id that other devices know
    const unread = first?.unread.slice(0, 2) ?? []
    if (unread.every((count) => count === 0)) return
    progress.note({ unread, errands: second?.errands })
    if (progress.isStuck) {
      result.unheeded++
      log(`read on ${tablet.device}, but unread on ${devices[0]?.device}: ${unread.join('+')}`)
      return
    }
    await wait(300)
  }
}
