/**
 * Own messages that a group never told us. The server took them, and the group, or the node of a cluster on which it lived, ended before it did.
 * Where its archive lacks them they are sent again: that it has an archive, and has read out all of it, is what proves it.
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

/** A group tells a message within this time of the server's having taken it, ms. */
const TOLD_MS = 30_000
/** Older ones are left as they are: groups forget, and nobody waits for them any more, ms. */
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
  /** Groups that are looked at soon. */
  readonly #soon = new Map<Jid, NodeJS.Timeout>()

  constructor(options: ReflectionsOptions) {
    this.#options = options
  }

  stop(): void {
    for (const timer of this.#soon.values()) clearTimeout(timer)
  }

  /** The server took what was said in a group. */
  taken(group: Jid): void {
    if (this.#soon.has(group)) return
    const timer = setTimeout(() => {
      this.#soon.delete(group)
      this.#look(group).catch((error: unknown) => this.#options.log.warn(`${group}: ${String(error)}`))
    }, TOLD_MS)
    this.#soon.set(group, timer.unref())
  }

  /** Of a group that is in use: it is asked whether we are in, which is found out by Groups, and its archive is read once more. */
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

  /** The archive of a group was read: what it lacks of ours goes again. */
  async check(group: Jid, before = Date.now()): Promise<void> {
    const { store, own, inbox, groups, outbox, log } = this.#options
    if (!groups.isJoined(group) || inbox.isPassing(group) || !groups.isArchived(group)) return
    const { lastId, hole } = await store.read.archiveProgress(group, own)
    if (lastId === null || hole !== null) return
    for (const originId of await this.#untold(group, before))
      if (await outbox.sendAgain(group, originId)) log.info(`${group} has lost a message of ours, which is sent again`)
  }

  #untold(group: Jid, before: number): Promise<string[]> {
    return this.#options.store.read.untold({ group, account: this.#options.own, from: before - OLD_MS, before })
  }
}
