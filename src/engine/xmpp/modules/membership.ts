/** Group membership: joins by the user, by invitations and by our other devices; removals. */
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

/** Longest delay before re-entering groups after a fault, ms; random, so that not all groups and clients return at once. */
const AT_ONCE_MS = 2000
/** Delay if that fails, or if we were in for less than LASTED_MS, ms; doubles after each try. */
const ENTER_MS = 30_000
const LASTED_MS = 10_000
/** Delay before archive messages that could not be stored are requested again, ms. */
const READ_AGAIN_MS = 2000
/** Longest delay between attempts to enter, ms. */
const LONGEST_ENTER_MS = 30 * 60_000
/** Number of groups entered at the same time: silent groups do not delay the others, and no server is flooded. */
const AT_ONCE = 8
/** Limit of shown invitations, against floods. */
const MOST_INVITATIONS = 100
/** Join errors after which another try would fail as well. */
const FINAL: Record<string, OutReason> = { forbidden: 'banned', 'registration-required': 'members-only', 'not-authorized': 'password', gone: 'destroyed' }

const Remembered = z.array(Invitation.extend({ password: z.string().nullable() }))

/** Options of Groups.join. */
type JoinOptions = NonNullable<Parameters<Groups['join']>[2]>

/** Runs a task for each item, a few at a time; rejects with the first error when all are done. */
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
  isContact(jid: Jid): boolean
  log: Log
  /** Called when a group was joined and its archive is read: queued messages may be sent. */
  onEntered(group: Jid): Promise<void>
}

interface Events {
  changes: [StoreChanges]
  invitations: [readonly Invitation[]]
}

export class Membership extends EventEmitter<Events> implements Module {
  readonly #options: MembershipOptions
  /** Groups that are being re-entered. */
  readonly #underway = new Set<Jid>()
  readonly #invitations = new Map<Jid, Invitation>()
  /** Passwords from invitations. */
  readonly #passwords = new Map<Jid, string>()
  /** Groups to be tried again later, with their consecutive failures. */
  readonly #later = new Map<Jid, { tries: number; timer: NodeJS.Timeout | null; entered: number | null }>()

  constructor(options: MembershipOptions) {
    super()
    this.#options = options
    options.groups.on('out', (group, why, reason) => {
      if (why === 'interrupted') this.#enterLater(group)
      else this.#leave(group, why, reason).catch((error: unknown) => options.log.warn(String(error)))
    })
    options.groups.on('late', (group) => {
      const later = this.#later.get(group)
      if (later === undefined || later.timer === null) return
      clearTimeout(later.timer)
      this.#later.set(group, { tries: later.tries, timer: null, entered: null })
      this.#enterOne(group).catch((error: unknown) => options.log.warn(String(error)))
    })
    options.archives.on('invitation', (invitation) => this.#onInvitation(invitation))
    options.personal.on('bookmark', (mark) => void this.follow(mark).catch((error: unknown) => options.log.info(`${mark.group}: ${String(error)}`)))
  }

  /** Registers groups before their messages are decoded: a new device learns from the bookmarks which addresses in its archive are groups. */
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

  /** Handles invitations; those of a group carry no text, those of a person may. */
  message({ message, copied }: Incoming): boolean {
    const invitation = copied === 'sent' || message.attrs['type'] === 'error' ? null : invitationOf(message)
    if (invitation === null) return false
    this.#onInvitation(invitation)
    return isOfGroup(message)
  }

  stop(): void {
    for (const { timer } of this.#later.values()) if (timer !== null) clearTimeout(timer)
  }

  /** Joins a group and reads its history; `create`: creates it first. Throws JoinError. */
  async join(group: Jid, nick: string, options: JoinOptions = {}): Promise<void> {
    const name = await this.#enter(group, nick, options)
    this.#noteGroup(group, name, options.password ?? null)
  }

  /** Changes our nickname in a group, on all of our devices. Throws JoinError if the group refuses. */
  async changeNick(group: Jid, nick: string): Promise<void> {
    const { groups, store, own } = this.#options
    await groups.changeNick(group, nick)
    this.emit('changes', await store.write.enterGroup({ account: own, jid: group, name: '', nick: groups.nickIn(group) ?? nick, password: null }))
    const conversation = await store.read.conversationByJid(group, own)
    if (conversation !== null) this.#noteGroup(group, conversation.name, await store.read.groupPassword(conversation.id))
  }

  /** Leaves a group; our other devices are told by an errand. */
  async leave(group: Jid): Promise<void> {
    await this.#options.groups.leave(group)
  }

  async #enter(group: Jid, nick: string, options: JoinOptions = {}): Promise<string> {
    // once joined, live messages arrive before the archive was read
    this.#options.inbox.park(group)
    let name: string
    try {
      const entered = await this.#options.groups.join(group, nick, options)
      name = entered.name
      const inside = { account: this.#options.own, jid: group, name: entered.name, nick: entered.nick, password: options.password ?? null }
      this.emit('changes', await untilStored(() => this.#options.store.write.enterGroup(inside), this.#options.log.warn))
    } catch (error) {
      // without a connection it is unknown whether we joined: the archive will tell which messages arrived
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

  /** Reads a group's archive, repeatedly while it cannot be stored: queued messages are sent after it. Rejects if the connection is lost. */
  async #readHistory(group: Jid): Promise<void> {
    const { archives, connection, log } = this.#options
    for (;;) {
      try {
        return await archives.read(group)
      } catch (error) {
        if (!connection.isReady || !this.#options.groups.isJoined(group)) throw error
        log.warn(`reading the archive of ${group} failed and is repeated soon: ${error instanceof Error ? error.message : String(error)}`)
        await new Promise((resolve) => setTimeout(resolve, READ_AGAIN_MS).unref())
      }
    }
  }

  /** Enters all groups that we have conversations of and have not joined, several at once. */
  async enterAll(): Promise<void> {
    const missing = (await this.#options.store.read.conversations()).filter(
      (conversation) => conversation.account === this.#options.own && conversation.kind === 'group'
    )
    await severally(missing, ({ jid, nick }) => this.#enterAgain(jid, nick))
  }

  /** Re-enters a group. Rejects for reasons other than the group's refusal. */
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

  /** Marks a group as left after a removal or a final refusal; it is not tried again. */
  async #leave(group: Jid, why: OutReason, reason: string): Promise<void> {
    await this.#options.groups.leave(group)
    const conversation = await this.#options.store.read.conversationByJid(group, this.#options.own)
    if (conversation !== null) this.emit('changes', await this.#options.store.write.leave({ conversation: conversation.id, why, reason }))
  }

  /** Schedules re-entering a group that we lost because of a fault. */
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

  /** Loads our groups and unanswered invitations. */
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

  /** Stores the invitations: neither the archive nor the server repeats them. */
  #keep(): void {
    const json = JSON.stringify(this.invitations.map((invitation) => ({ ...invitation, password: this.#passwords.get(invitation.group) ?? null })))
    this.#options.store.write.remember({ name: this.#name, json }).catch((error: unknown) => this.#options.log.warn(String(error)))
    this.emit('invitations', this.invitations)
  }

  /** Joins the groups that our other devices are in, and publishes bookmarks that they lack. */
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
    // a removed user is not let in again; leaving here has removed the bookmark
    if (this.#options.groups.nickIn(group) !== null || (conversation?.out ?? null) !== null) return
    await this.#enter(group, nick ?? this.defaultNick, { password }).catch((error: unknown) => {
      if (!(error instanceof JoinError)) throw error
      this.#options.log.warn(error.message)
    })
  }

  /** Invitations to groups that we are not in. */
  get invitations(): readonly Invitation[] {
    return [...this.#invitations.values()]
  }

  #onInvitation({ group, from, by, reason, password }: MucInvitation): void {
    const { groups, own, isContact } = this.#options
    if (groups.nickIn(group) !== null) return
    const known = this.#invitations.get(group)
    const isKnown = (jid: Jid | null): boolean => jid !== null && isContact(jid)
    // strangers do not change the invitation of a contact
    if (known !== undefined && isKnown(known.from) && by !== group && !isKnown(by)) return
    if (known === undefined && this.#invitations.size >= MOST_INVITATIONS) {
      const stranger = [...this.#invitations.values()].find((one) => !isKnown(one.from))
      if (!isKnown(by) || stranger === undefined) return
      this.#invitations.delete(stranger.group)
      this.#passwords.delete(stranger.group)
    }
    // a repeated invitation by the group does not replace the name of the inviter
    const asks = known !== undefined && isKnown(known.from) && !isKnown(from) ? known.from : (from ?? known?.from ?? null)
    this.#invitations.set(group, { account: own, group, from: asks, reason: reason === '' ? (known?.reason ?? '') : reason })
    if (password !== null) this.#passwords.set(group, password)
    this.#keep()
  }

  /** Answers an invitation; accepting joins the group. Throws JoinError. */
  async answerInvitation(group: Jid, accept: boolean): Promise<void> {
    if (accept) await this.join(group, this.defaultNick, { password: this.#passwords.get(group) ?? null })
    this.#invitations.delete(group)
    this.#passwords.delete(group)
    this.#keep()
  }

  /** Default nickname in groups. */
  get defaultNick(): string {
    return localOf(this.#options.own)
  }
}
