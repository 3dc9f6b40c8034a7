/** Which groups we are in: by our wish, by an invitation, because another device of ours is; and out of which we were put. */
import { EventEmitter } from 'node:events'
import { z } from 'zod'
import { localOf } from '../../../contract/address.ts'
import { Invitation, type Jid, type OutReason } from '../../../contract/domain.ts'
import { lookUp } from '../../../contract/look-up.ts'
import type { Incoming, Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import type { Bookmark } from '../stanzas/bookmarks.ts'
import { invitationOf, isOfGroup, type Invitation as MucInvitation } from '../stanzas/group.ts'
import type { Store } from '../../threads/store.ts'
import type { StoreChanges } from '../../store/types.ts'
import type { Archives } from './archives.ts'
import { JoinError, type Groups } from './groups.ts'
import type { Inbox } from './inbox.ts'
import type { Personal } from './personal.ts'
import type { Log } from '../../log.ts'
import { untilStored } from './until-stored.ts'

/** Groups that a fault put us out of are entered again at once, not all of them and not everybody in the same moment, ms; ... */
const AT_ONCE_MS = 2000
/** ... after this time where that fails, or we were in for less than LASTED_MS, ms; twice that after each try, ... */
const ENTER_MS = 30_000
const LASTED_MS = 10_000
/** What a group's archive has and could not be stored is asked for again after this time, ms. */
const READ_AGAIN_MS = 2000
/** ... and this at most. */
const LONGEST_ENTER_MS = 30 * 60_000
/** So many groups are entered at once: those that do not answer do not delay the others, and no server is flooded. */
const AT_ONCE = 8
/** Of invitations; a flood of them is not shown. */
const MOST_INVITATIONS = 100
/** Answers to a joining after which another try would be the same. */
const FINAL: Record<string, OutReason> = { forbidden: 'banned', 'registration-required': 'members-only', 'not-authorized': 'password', gone: 'destroyed' }

const Remembered = z.array(Invitation.extend({ password: z.string().nullable() }))

/** As Groups.join takes them. */
type JoinOptions = NonNullable<Parameters<Groups['join']>[2]>

/** Does something with each, with a few at once; rejects with the first error, when all are done. */
async function severally<T>(list: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const left = [...list]
  const runner = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await run(next)
  }
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, runner))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

export interface MembershipOptions {
  connection: Connection
  store: Store
  groups: Groups
  inbox: Inbox
  archives: Archives
  personal: Personal
  own: Jid
  log: Log
  /** A group has let us in and its archive is read: what waits for it may go. */
  onEntered(group: Jid): Promise<void>
}

interface Events {
  changes: [StoreChanges]
  invitations: [readonly Invitation[]]
}

export class Membership extends EventEmitter<Events> implements Module {
  readonly #options: MembershipOptions
  /** Groups that are being entered again. */
  readonly #underway = new Set<Jid>()
  readonly #invitations = new Map<Jid, Invitation>()
  /** What invitations say lets us in. */
  readonly #passwords = new Map<Jid, string>()
  /** Groups that are tried again later, and how often in a row each did not let us in. */
  readonly #later = new Map<Jid, { tries: number; timer: NodeJS.Timeout | null; entered: number | null }>()

  constructor(options: MembershipOptions) {
    super()
    this.#options = options
    options.groups.on('out', (group, why, reason) => {
      if (why === 'interrupted') this.#enterLater(group)
      else this.#leave(group, why, reason).catch((error: unknown) => options.log.warn(String(error)))
    })
    options.archives.on('invitation', (invitation) => this.#onInvitation(invitation))
    options.personal.on('bookmark', (mark) => void this.follow(mark).catch((error: unknown) => options.log.info(`${mark.group}: ${String(error)}`)))
  }

  /** Groups are known before anything of them is decoded: a new device knows by the bookmarks which of those in its archive are some. */
  async begin(): Promise<void> {
    for (const { group } of (await this.#options.personal.bookmarks()) ?? []) this.#options.groups.recognize(group)
  }

  async open(): Promise<void> {
    await this.enterAll()
    await this.followAll()
  }

  resume(): Promise<void> {
    return this.enterAll()
  }

  /** A group says in an invitation what it is; a person may say something besides. */
  message({ message, copied }: Incoming): boolean {
    const invitation = copied === 'sent' || message.attrs['type'] === 'error' ? null : invitationOf(message)
    if (invitation === null) return false
    this.#onInvitation(invitation)
    return isOfGroup(message)
  }

  stop(): void {
    for (const { timer } of this.#later.values()) if (timer !== null) clearTimeout(timer)
  }

  /** Enters a group and reads its history; `create`: makes it first. Throws JoinError. */
  async join(group: Jid, nick: string, options: JoinOptions = {}): Promise<void> {
    const name = await this.#enter(group, nick, options)
    this.#noteGroup(group, name, options.password ?? null)
  }

  /** Takes another nickname in a group, on all of our devices. Throws JoinError where the group refuses. */
  async changeNick(group: Jid, nick: string): Promise<void> {
    const { groups, store, own } = this.#options
    await groups.changeNick(group, nick)
    this.emit('changes', await store.write.enterGroup({ account: own, jid: group, name: '', nick, password: null }))
    const conversation = await store.read.conversationByJid(group, own)
    if (conversation !== null) this.#noteGroup(group, conversation.name, await store.read.groupPassword(conversation.id))
  }

  /** Leaves a group; that our other devices do, too, is an errand. */
  async leave(group: Jid): Promise<void> {
    await this.#options.groups.leave(group)
  }

  async #enter(group: Jid, nick: string, options: JoinOptions = {}): Promise<string> {
    // once inside, live messages come before its archive was read
    this.#options.inbox.park(group)
    let name: string
    try {
      const entered = await this.#options.groups.join(group, nick, options)
      name = entered.name
      const inside = { account: this.#options.own, jid: group, name: entered.name, nick: entered.nick, password: options.password ?? null }
      this.emit('changes', await untilStored(() => this.#options.store.write.enterGroup(inside), this.#options.log.warn))
    } catch (error) {
      // without a connection nobody knows whether we are in: its archive says what came
      if (this.#options.connection.isReady && error instanceof JoinError && error.condition !== 'disconnected') this.#options.inbox.release(group)
      throw error
    }
    const later = this.#later.get(group)
    clearTimeout(later?.timer ?? undefined)
    if (later !== undefined) this.#later.set(group, { tries: later.tries, timer: null, entered: performance.now() })
    if (this.#invitations.delete(group)) this.#keep()
    await this.#readHistory(group)
    await this.#options.onEntered(group)
    return name
  }

  /** Again and again while it cannot be stored: what waits to be said there is said after it. Rejects where the connection is lost. */
  async #readHistory(group: Jid): Promise<void> {
    const { archives, connection, log } = this.#options
    for (;;) {
      try {
        return await archives.read(group)
      } catch (error) {
        if (!connection.isReady || !this.#options.groups.isJoined(group)) throw error
        log.warn(`${group} is read again soon: ${error instanceof Error ? error.message : String(error)}`)
        await new Promise((resolve) => setTimeout(resolve, READ_AGAIN_MS).unref())
      }
    }
  }

  /** Enters the groups that we have conversations of and are not in, several at once. */
  async enterAll(): Promise<void> {
    const missing = (await this.#options.store.read.conversations()).filter(
      (conversation) => conversation.account === this.#options.own && conversation.kind === 'group'
    )
    await severally(missing, ({ jid, nick }) => this.#enterAgain(jid, nick))
  }

  /** A group that we should be in. Rejects where it is not the group that hinders us. */
  async #enterAgain(group: Jid, nick: string | null): Promise<void> {
    if (nick === null || this.#options.groups.isJoined(group) || this.#underway.has(group)) return
    this.#underway.add(group)
    try {
      await this.#enter(group, nick)
    } catch (error) {
      if (!(error instanceof JoinError)) throw error
      this.#options.log.warn(error.message)
      const why = lookUp(FINAL, error.condition)
      if (why !== undefined) await this.#leave(group, why, '')
      else if (this.#options.connection.isReady) this.#enterLater(group, 1)
    } finally {
      this.#underway.delete(group)
    }
  }

  /** We were put out, or are not let in again: that is not tried any more. */
  async #leave(group: Jid, why: OutReason, reason: string): Promise<void> {
    await this.#options.groups.leave(group)
    const conversation = await this.#options.store.read.conversationByJid(group, this.#options.own)
    if (conversation !== null) this.emit('changes', await this.#options.store.write.leave({ conversation: conversation.id, why, reason }))
  }

  /** A group that we should be in and are not, because of a fault. */
  #enterLater(group: Jid, failed = 0): void {
    const before = this.#later.get(group)
    if (before !== undefined && before.timer !== null) return
    const hasLasted = before === undefined || (before.entered !== null && performance.now() - before.entered > LASTED_MS)
    const tries = hasLasted ? failed : before.tries
    const timer = setTimeout(
      () => {
        this.#later.set(group, { tries: tries + 1, timer: null, entered: null })
        if (this.#options.connection.isReady) this.#enterOne(group).catch((error: unknown) => this.#options.log.warn(String(error)))
      },
      tries === 0 ? Math.random() * AT_ONCE_MS : Math.min(ENTER_MS * 2 ** (tries - 1), LONGEST_ENTER_MS)
    )
    this.#later.set(group, { tries, timer: timer.unref(), entered: null })
  }

  async #enterOne(group: Jid): Promise<void> {
    await this.#enterAgain(group, (await this.#options.store.read.conversationByJid(group, this.#options.own))?.nick ?? null)
  }

  /** Our groups, and invitations that have no answer yet. */
  async remember(): Promise<void> {
    const { groups, store, own } = this.#options
    for (const { id, jid, nick, account, kind } of await store.read.conversations()) {
      if (account !== own || kind !== 'group') continue
      groups.recognize(jid)
      if (nick !== null) groups.know(jid, nick, await store.read.groupPassword(id))
    }
    const known = Remembered.safeParse(JSON.parse((await this.#options.store.read.remembered(this.#name)) ?? '[]'))
    for (const { password, ...invitation } of known.data ?? []) {
      this.#invitations.set(invitation.group, invitation)
      if (password !== null) this.#passwords.set(invitation.group, password)
    }
    this.emit('invitations', this.invitations)
  }

  get #name(): string {
    return `invitations:${this.#options.own}`
  }

  /** They are told once: neither the archive nor the server says again who has asked us. */
  #keep(): void {
    const json = JSON.stringify(this.invitations.map((invitation) => ({ ...invitation, password: this.#passwords.get(invitation.group) ?? null })))
    this.#options.store.write.remember({ name: this.#name, json }).catch((error: unknown) => this.#options.log.warn(String(error)))
    this.emit('invitations', this.invitations)
  }

  /** Enters the groups that our other devices are in; tells them of those that they do not know yet. */
  async followAll(): Promise<void> {
    const marks = await this.#options.personal.bookmarks()
    if (marks === null) return
    await severally(
      marks.filter(({ autojoin }) => autojoin),
      (mark) => this.follow(mark)
    )
    const marked = new Set(marks.map(({ group }) => group))
    for (const conversation of await this.#options.store.read.conversations()) {
      if (
        conversation.account !== this.#options.own ||
        conversation.kind !== 'group' ||
        marked.has(conversation.jid) ||
        !this.#options.groups.isJoined(conversation.jid)
      )
        continue
      this.#noteGroup(conversation.jid, conversation.name, await this.#options.store.read.groupPassword(conversation.id))
    }
  }

  #noteGroup(group: Jid, name: string, password: string | null): void {
    this.#options.personal.noteGroup({ group, autojoin: true, name, nick: this.#options.groups.nickIn(group), password })
  }

  async follow({ group, autojoin, nick, password }: Bookmark): Promise<void> {
    const conversation = await this.#options.store.read.conversationByJid(group, this.#options.own)
    if (!autojoin) {
      // another device has left it
      if (conversation !== null && conversation.nick !== null) await this.#leave(group, 'left', '')
      return
    }
    // who was put out is not let in again; who left here has taken the bookmark back
    if (this.#options.groups.nickIn(group) !== null || (conversation?.out ?? null) !== null) return
    await this.#enter(group, nick ?? this.defaultNick, { password }).catch((error: unknown) => {
      if (!(error instanceof JoinError)) throw error
      this.#options.log.warn(error.message)
    })
  }

  /** Those who ask us into groups that we are not in. */
  get invitations(): readonly Invitation[] {
    return [...this.#invitations.values()]
  }

  #onInvitation({ group, from, reason, password }: MucInvitation): void {
    if (this.#options.groups.nickIn(group) !== null || (this.#invitations.size >= MOST_INVITATIONS && !this.#invitations.has(group))) return
    // a group that says it once more does not take away who it was that asked
    const known = this.#invitations.get(group)
    this.#invitations.set(group, {
      account: this.#options.own,
      group,
      from: from ?? known?.from ?? null,
      reason: reason === '' ? (known?.reason ?? '') : reason
    })
    if (password !== null) this.#passwords.set(group, password)
    this.#keep()
  }

  /** Yes: enters the group. Throws JoinError. */
  async answerInvitation(group: Jid, accept: boolean): Promise<void> {
    if (accept) await this.join(group, this.defaultNick, { password: this.#passwords.get(group) ?? null })
    this.#invitations.delete(group)
    this.#passwords.delete(group)
    this.#keep()
  }

  /** The nickname we take in a group when the user names none. */
  get defaultNick(): string {
    return localOf(this.#options.own)
  }
}
