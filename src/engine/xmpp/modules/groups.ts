/** Joined groups: entering and leaving, members, moderation. */
import { randomBytes } from 'node:crypto'
import type { Element } from '@xmpp/client'
import { bare, domainOf, resource } from '../../../contract/address.ts'
import type { Affiliation, GroupMember, GroupMembers, GroupRole, Jid } from '../../../contract/domain.ts'
import type { Incoming, Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import { moderate } from '../stanzas/changes.ts'
import { heldBackSince } from '../stanzas/delay.ts'
import * as muc from '../stanzas/group.ts'
import { isRefusal, refused } from '../../net/problem.ts'
import { findService } from '../stream/services.ts'
import { info, infoQuery, type Info } from '../stanzas/disco.ts'
import { NS } from '../stanzas/namespaces.ts'
import { vcardQuery, vcardSetPhoto } from '../stanzas/vcard.ts'
import { Occupants, type Group, type Occupant } from './group-occupants.ts'

/** Same order as localeCompare, fast enough for thousands. */
const byName = new Intl.Collator().compare
const JOIN_MS = 30_000
/** Timeout for a group's disco#info before joining, ms: a group that does not answer does not let us in either. */
const ASK_MS = 15_000
const MOST_NICK_TRIES = 5
/** Silence of a group after which it is pinged, ms: a group restarted on another node of its server has lost its occupants. */
const PING_MS = 5 * 60_000
/** Shortest interval between pings of a group, ms. */
const ASKED_MS = 5000
/** Interval of checks for silent groups, ms. */
const LOOK_MS = 30_000
/** Delay before a group's changed configuration is read, ms: several changes count as one. */
const CONFIGURED_MS = 1000

/** Error of a refused join; `condition` is XEP-0045's: conflict, registration-required, not-authorized, forbidden ... */
export class JoinError extends Error {
  readonly condition: string
  constructor(group: string, condition: string) {
    super(`${group} refused to let us in: ${condition}`)
    this.name = 'JoinError'
    this.condition = condition
  }
}

/** Turns a timeout into a JoinError. */
const unanswered =
  (group: Jid) =>
  (error: unknown): never => {
    throw error instanceof Error && error.name === 'TimeoutError' ? new JoinError(group, 'remote-server-timeout') : error
  }

/** Answer to a join; `condition` null: joined. */
interface Entered {
  condition: string | null
  nick: string
  isNew: boolean
}

let entered = 0

/** Members as the group lists them. */
export type ListedMembers = Omit<GroupMembers, 'members'> & { members: Omit<GroupMember, 'name'>[] }

export class Groups extends Occupants implements Module {
  readonly #connection: Connection
  /** Our presences that a group has not answered yet. */
  readonly #asked = new Set<{ group: Jid; onPresence: (stanza: Element) => void; reject: (error: JoinError) => void }>()
  /** Timers of groups whose configuration is to be read. */
  readonly #configured = new Map<Jid, NodeJS.Timeout>()
  #pinging: NodeJS.Timeout

  constructor(connection: Connection) {
    super()
    this.#connection = connection
    this.#pinging = setInterval(() => this.#pingAll(PING_MS), LOOK_MS).unref()
  }

  begin(resumed: boolean): void {
    if (resumed) this.resume()
    else for (const group of this.groups.values()) Object.assign(group, { joined: false, open: false, occupants: new Map<string, Occupant>() })
  }

  /** Pings all groups after a resumption: we are still in them unless they say otherwise. */
  resume(): void {
    this.#pingAll(0)
  }

  lost(): void {
    for (const { reject, group } of this.#asked) reject(new JoinError(group, 'disconnected'))
  }

  stop(): void {
    clearInterval(this.#pinging)
    for (const timer of this.#configured.values()) clearTimeout(timer)
    this.endUpdates()
  }

  /** Accounts of all readers of a group, without ourselves. Rejects if the connection is lost. */
  async accountsOf(group: Jid): Promise<Jid[]> {
    const own = bare(this.#connection.account.jid)
    const { members } = await this.members(group)
    return [...new Set(members.flatMap(({ jid }) => (jid === null || bare(jid) === own ? [] : bare(jid))))]
  }

  /** Archive of a conversation: our own account's, or the group's. */
  archiveOf(conversation: Jid): Jid {
    return this.nickIn(conversation) === null ? bare(this.#connection.account.jid) : conversation
  }
  /** Pings a group to learn whether we are still in it; emits 'out' if not. */
  ask(group: Jid): void {
    const known = this.groups.get(group)
    if (known?.joined === true && this.#connection.isReady) this.#ping(group, known)
  }
  /**
   * Joins a group; an underscore is appended to a taken nickname. Returns the group's name and the nickname. Throws JoinError. `create`: configuration of a
   * new group; if the group exists, it is left again ('conflict').
   */
  async join(
    group: Jid,
    wantedNick: string,
    options: { password?: string | null; create?: { name: string; membersOnly: boolean } } = {}
  ): Promise<{ name: string; nick: string }> {
    this.joining.add(group)
    try {
      return await this.#join(group, wantedNick, options)
    } finally {
      this.joining.delete(group)
    }
  }

  async #join(
    group: Jid,
    wantedNick: string,
    options: { password?: string | null; create?: { name: string; membersOnly: boolean } }
  ): Promise<{ name: string; nick: string }> {
    const { create } = options
    const before = this.groups.get(group)
    const password = options.password ?? before?.password ?? null
    // a group whose features are unknown may have no archive: its replay is matched with stored messages
    let about = create === undefined ? await this.#info(group, ASK_MS).catch(unanswered(group)) : null
    const features = about?.features ?? new Set<string>()
    const replay = create === undefined && !features.has(NS.mam)
    let nick = wantedNick
    let entered: Entered
    for (let tries = 1; ; tries++) {
      this.know(group, nick, password)
      this.learn(group, features)
      entered = await this.#enter(group, nick, password, replay)
      if (entered.condition === null) break
      if (entered.condition !== 'conflict' || tries === MOST_NICK_TRIES) {
        // we never joined: forget the group, so that its messages are not decoded
        if (before === undefined) this.groups.delete(group)
        throw new JoinError(group, entered.condition)
      }
      nick = `${nick}_`
    }
    nick = entered.nick
    this.know(group, nick, password)
    if (create !== undefined && !entered.isNew) {
      await this.leave(group)
      throw new JoinError(group, 'conflict')
    }
    if (create !== undefined) await this.#setUp(group, create)
    else if (entered.isNew) await this.#connection.request(muc.acceptDefaults(group)).catch(() => undefined)
    Object.assign(this.groups.get(group) ?? {}, { joined: true, heard: performance.now() })
    // a group that hides its features from strangers shows them to occupants
    if (about === null || entered.isNew || muc.groupName(about) === '') about = await this.#info(group).catch(() => null)
    if (about !== null) this.learn(group, about.features)
    return { name: about === null ? '' : muc.groupName(about), nick }
  }

  async #setUp(group: Jid, { name, membersOnly }: { name: string; membersOnly: boolean }): Promise<void> {
    const yes = (value: boolean): string => (value ? '1' : '0')
    const form = await this.#connection.request(muc.configurationQuery(group))
    await this.#connection.request(
      muc.configure(group, form, {
        'muc#roomconfig_roomname': name,
        'muc#roomconfig_persistentroom': '1',
        'muc#roomconfig_membersonly': yes(membersOnly),
        'muc#roomconfig_publicroom': yes(!membersOnly),
        'muc#roomconfig_allowinvites': '1',
        // members know each other's addresses
        'muc#roomconfig_whois': membersOnly ? 'anyone' : 'moderators',
        'muc#roomconfig_enablearchiving': '1',
        'muc#roomconfig_enablelogging': '1'
      })
    )
  }

  /** Unused address for a new group on our own server, or null if it has no group service. */
  async newAddress(name: string): Promise<Jid | null> {
    const service = await findService(this.#connection, (found, jid) => (muc.isGroupService(found) ? jid : null))
    const slug = name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40)
    return service === null ? null : (`${slug === '' ? 'group' : slug}-${randomBytes(4).toString('hex')}@${service}` as Jid)
  }

  /** Leaves a group; none of its messages are decoded any more. */
  async leave(group: Jid): Promise<void> {
    const known = this.groups.get(group)
    this.groups.delete(group)
    if (known?.joined === true && this.#connection.isReady) await this.#connection.send(muc.leaveGroup(group, known.nick))
  }

  /** Occupants and members of a group; occupants first. Rejects if the server refuses. */
  async members(group: Jid): Promise<ListedMembers> {
    const known = this.groups.get(group)
    const own = known?.occupants.get(known.nick)
    const members: ListedMembers['members'] = [...(known?.occupants ?? [])].map(([nick, { jid, role, affiliation }]) => ({
      nick,
      jid,
      role,
      affiliation,
      own: nick === known?.nick,
      here: true
    }))
    const seen = new Set(members.flatMap(({ jid }) => jid ?? []))
    for (const affiliation of ['owner', 'admin', 'member'] as const) {
      const listed = await this.#connection.request(muc.affiliationQuery(group, affiliation)).then(muc.affiliated, () => [])
      for (const jid of listed) {
        if (seen.has(jid)) continue
        seen.add(jid)
        members.push({ nick: null, jid, role: 'none', affiliation, own: jid === bare(this.#connection.account.jid), here: false })
      }
    }
    const weight = { owner: 0, admin: 1, member: 2, none: 3, outcast: 4 }
    members.sort(
      (a, b) => Number(b.here) - Number(a.here) || weight[a.affiliation] - weight[b.affiliation] || byName(a.nick ?? a.jid ?? '', b.nick ?? b.jid ?? '')
    )
    if (known !== undefined) known.absent = members.filter(({ here }) => !here).length
    const features = await this.#features(group)
    return { role: own?.role ?? 'none', affiliation: own?.affiliation ?? 'none', archived: features.has(NS.mam), picture: features.has(NS.vcard), members }
  }

  /** Number of members, and of those present. Rejects if the connection is lost. */
  async counts(group: Jid): Promise<{ members: number; here: number }> {
    const known = this.groups.get(group)
    if (known === undefined) return { members: 0, here: 0 }
    if (known.absent === null) await this.members(group)
    return { members: known.occupants.size + (known.absent ?? 0), here: known.occupants.size }
  }

  /** Changes our nickname in a group. Throws JoinError if the group refuses. */
  async changeNick(group: Jid, nick: string): Promise<void> {
    const before = this.nickIn(group)
    const entered = await this.#ask(group, nick, muc.changeNick(group, nick), before === nick ? null : before)
    if (entered.condition !== null) throw new JoinError(group, entered.condition)
    // the group may assign another nickname
    this.know(group, entered.nick)
  }

  /** Sets or removes the avatar of a group that we own. Rejects if it refuses. */
  async setPicture(group: Jid, photo: { type: string; data: Buffer } | null): Promise<void> {
    const there = await this.#connection.request(vcardQuery(group)).catch(refused(null))
    await this.#connection.request(vcardSetPhoto(group, photo, there?.getChild('vCard', NS.vcard) ?? null))
  }

  setAffiliation = async (group: Jid, jid: Jid, affiliation: Affiliation): Promise<void> =>
    void (await this.#connection.request(muc.setAffiliation(group, jid, affiliation)))
  setRole = async (group: Jid, nick: string, role: GroupRole): Promise<void> => void (await this.#connection.request(muc.setRole(group, nick, role)))
  setSubject = (group: Jid, subject: string): Promise<void> => this.#connection.send(muc.setSubject(group, subject))
  destroy = async (group: Jid): Promise<void> => void (await this.#connection.request(muc.destroy(group)))

  async rename(group: Jid, name: string): Promise<void> {
    const form = await this.#connection.request(muc.configurationQuery(group))
    await this.#connection.request(muc.configure(group, form, { 'muc#roomconfig_roomname': name }))
  }

  /** True if we may retract others' messages. Rejects if the connection is lost. */
  async moderates(group: Jid): Promise<boolean> {
    const known = this.groups.get(group)
    if (known?.occupants.get(known.nick)?.role !== 'moderator') return false
    return moderate(group, 'x', await this.#features(group)) !== null
  }

  /** Retracts somebody's message for everyone (XEP-0425). Rejects if the group refuses or cannot. */
  async moderate(group: Jid, stanzaId: string): Promise<void> {
    const request = moderate(group, stanzaId, await this.#features(group))
    if (request === null) throw new Error('the group does not support moderation')
    await this.#connection.request(request)
  }

  /** Fetches the group's disco#info; null: the group refuses. */
  #info(group: Jid, timeoutMs?: number): Promise<Info | null> {
    return this.#connection.request(infoQuery(group), timeoutMs).then(info, refused(null))
  }
  #features = async (group: Jid): Promise<ReadonlySet<string>> => (await this.#info(group))?.features ?? new Set<string>()

  /** Invites people; in a group for members only they are added to the members first, if we may do so. */
  async invite(group: Jid, jids: readonly Jid[]): Promise<void> {
    const known = this.groups.get(group)
    const own = known?.occupants.get(known.nick)?.affiliation
    for (const jid of jids) {
      if (own === 'owner' || own === 'admin') await this.#connection.request(muc.setAffiliation(group, jid, 'member')).catch(() => undefined)
      await this.#connection.send(muc.invite(group, jid, ''))
    }
  }

  message({ stanza }: Incoming): void {
    const group = this.groups.get(bare(stanza.attrs['from'] ?? ''))
    if (group === undefined) return
    group.heard = performance.now()
    if (muc.isConfigured(stanza)) this.#onConfigured(bare(stanza.attrs['from'] ?? ''))
    const set = muc.subjectOf(stanza)
    if (set !== null)
      this.emit('subject', set.group, set.subject, heldBackSince(stanza, [set.group]) === null && group.joined ? resource(stanza.attrs['from'] ?? '') : null)
  }

  /** Reads the changed configuration of a group soon: who may enter and who sees addresses decides about encryption and downloads. */
  #onConfigured(group: Jid): void {
    if (this.#configured.has(group)) return
    const read = async (): Promise<void> => {
      const about = this.isJoined(group) && this.#connection.isReady ? await this.#info(group, ASK_MS).catch(() => null) : null
      this.#configured.delete(group)
      if (about === null || !this.isJoined(group)) return
      this.learn(group, about.features)
      this.emit('configured', group, muc.groupName(about))
      this.emit('occupants')
    }
    this.#configured.set(group, setTimeout(() => void read(), CONFIGURED_MS).unref())
  }

  presence(stanza: Element): void {
    this.onOccupant(stanza)
    for (const asked of this.#asked) asked.onPresence(stanza)
  }

  /** XEP-0410 pings to groups silent for that long, ms; `on`: only groups of this server. */
  #pingAll(silent: number, on: string | null = null): void {
    if (!this.#connection.isReady) return
    for (const [group, known] of this.groups)
      if (known.joined && performance.now() - known.heard >= silent && (on === null || domainOf(group as Jid) === on)) this.#ping(group as Jid, known)
  }

  #ping(group: Jid, known: Group): void {
    const now = performance.now()
    if (now - known.asked < ASKED_MS) return
    Object.assign(known, { heard: now, asked: now })
    this.#connection.request(muc.selfPing(group, known.nick)).catch((error: unknown) => {
      if (isRefusal(error) && muc.isOut(error.condition)) this.interrupted(group)
    })
  }

  /** Handles a group's statement that we are not in it; also pings other groups of its server, which may have forgotten us, too. */
  interrupted(group: Jid): void {
    const known = this.groups.get(group)
    if (known?.joined !== true) return
    Object.assign(known, { joined: false, open: false })
    known.occupants.clear()
    this.emit('out', group, 'interrupted', '')
    this.#pingAll(0, domainOf(group))
  }

  #enter = (group: Jid, nick: string, password: string | null, replay: boolean): Promise<Entered> =>
    this.#ask(group, nick, muc.joinGroup(group, nick, password, replay))

  /** Sends a presence that the group answers with our own presence under that nickname, or with an error. `former`: presence under that nickname is no answer. */
  async #ask(group: Jid, nick: string, presence: Element, former: string | null = null): Promise<Entered> {
    const { promise, resolve, reject } = Promise.withResolvers<Entered>()
    // the stream may end before the presence is written
    promise.catch(() => undefined)
    const onPresence = (stanza: Element): void => {
      const answer = muc.joinAnswer(stanza, group)
      if (answer === null || (answer.kind === 'joined' && answer.nick === former)) return
      resolve(
        answer.kind === 'joined' ? { condition: null, nick: answer.nick, isNew: muc.isNewRoom(stanza) } : { condition: answer.condition, nick, isNew: false }
      )
    }
    const asked = { group, onPresence, reject }
    const timer = setTimeout(() => reject(new JoinError(group, 'remote-server-timeout')), JOIN_MS)
    Object.assign(this.groups.get(group) ?? {}, { entered: ++entered })
    this.#asked.add(asked)
    try {
      await this.#connection.send(presence)
      return await promise
    } finally {
      clearTimeout(timer)
      this.#asked.delete(asked)
    }
  }
}
