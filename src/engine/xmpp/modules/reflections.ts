/**
 * Own messages that a group never reflected: the server accepted them, and the group, or its cluster node, ended before broadcasting them. They are sent
 * again if the group's archive lacks them, which is proven by an archive that was read completely.
 */
import type { Jid } from '../../../contract/domain.ts'
import type { Log } from '../../log.ts'
import type { Store } from '../../threads/store.ts'
import type { Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import type { Archives } from './archives.ts'
import type { Groups } from './groups.ts'
import type { Inbox } from './inbox.ts'
import type { Outbox } from './outbox.ts'

/** Longest time between the server's acknowledgement and the group's reflection, ms. */
const TOLD_MS = 30_000
/** Age after which messages are left alone, ms: groups forget, and nobody waits for such messages any more. */
const OLD_MS = 86_400_000

interface ReflectionsOptions {
  connection: Connection
  store: Store
  own: Jid
  groups: Groups
  inbox: Inbox
  archives: Archives
  outbox: Outbox
  log: Log
}

export class Reflections implements Module {
  readonly #options: ReflectionsOptions
  /** Timers of groups to be checked. */
  readonly #soon = new Map<Jid, NodeJS.Timeout>()

  constructor(options: ReflectionsOptions) {
    this.#options = options
  }

  stop(): void {
    for (const timer of this.#soon.values()) clearTimeout(timer)
  }

  /** Called when the server has acknowledged a message to a group. */
  taken(group: Jid): void {
    if (this.#soon.has(group)) return
    const timer = setTimeout(() => {
      this.#soon.delete(group)
      this.#look(group).catch((error: unknown) => this.#options.log.warn(`${group}: ${String(error)}`))
    }, TOLD_MS)
    this.#soon.set(group, timer.unref())
  }

  /** Checks a group in use: Groups pings it to learn whether we are in, and its archive is read once more. */
  async #look(group: Jid): Promise<void> {
    const { connection, groups, archives, outbox } = this.#options
    const before = Date.now() - TOLD_MS / 2
    if (!connection.isReady || !groups.isOpen(group)) return
    if ((await this.#untold(group, before)).length === 0) return
    groups.ask(group)
    await archives.read(group)
    await this.check(group, before)
    outbox.flush()
  }

  /** Sends own messages again that are missing in a group's archive, after it was read. */
  async check(group: Jid, before = Date.now()): Promise<void> {
    const { store, own, inbox, groups, outbox, log } = this.#options
    if (!groups.isJoined(group) || inbox.isPassing(group) || !groups.isArchived(group)) return
    const { lastId, hole } = await store.read.archiveProgress(group, own)
    if (lastId === null || hole !== null) return
    for (const originId of await this.#untold(group, before))
      if (await outbox.sendAgain(group, originId)) log.info(`${group} has lost an own message; sending it again`)
  }

  #untold(group: Jid, before: number): Promise<string[]> {
    return this.#options.store.read.untold({ group, account: this.#options.own, from: before - OLD_MS, before })
  }
}
