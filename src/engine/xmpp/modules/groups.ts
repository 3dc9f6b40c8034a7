/** Joined groups: entering and leaving, occupants, moderation. */
import { EventEmitter } from 'node:events'
import { randomBytes, randomUUID } from 'node:crypto'
import type { Element } from '@xmpp/client'
import { bare, domainOf, resource } from '../../../contract/address.ts'
import type { Affiliation, GroupMember, GroupMembers, GroupRole, Jid, Notice, OutReason } from '../../../contract/domain.ts'
import type { Incoming, Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import { moderate } from '../stanzas/changes.ts'
import { heldBackSince } from '../stanzas/delay.ts'
import * as muc from '../stanzas/group.ts'
import { isRefusal, refused } from '../../net/problem.ts'
import { findService } from '../stream/services.ts'
import { info, infoQuery, type Info } from '../stanzas/disco.ts'
import { NS } from '../stanzas/namespaces.ts'
import { vcardSetPhoto } from '../stanzas/vcard.ts'
import { occupantId, type OccupantIds } from '../stanzas/occupants.ts'
import { SELF } from '../../store/types.ts'

/** Same order as localeCompare, fast enough for thousands. */
const byName = new Intl.Collator().compare
const JOIN_MS = 30_000
/** Timeout for a group's disco#info before joining, ms: a group that does not answer does not let us in either. */
const ASK_MS = 15_000
const MOST_NICK_TRIES = 5
/** Shortest interval between occupant updates, ms: entering a large group brings thousands at once. */
const TELL_MS = 500
/** Silence of a group after which it is pinged, ms: a group restarted on another node of its server has lost its occupants. */
const PING_MS = 5 * 60_000
/** Shortest interval between pings of a group, ms. */
const ASKED_MS = 5000
/** Interval of checks for silent groups, ms. */
const LOOK_MS = 30_000
/** Delay before a group's changed configuration is read, ms: several changes count as one. */
const CONFIGURED_MS = 1000
/** Largest group in which joins and leaves are shown. */
const MOST_NOTICED = 100
/** Number of occupants of a group that are remembered, ten times more than in any known one. */
const MOST_OCCUPANTS = 50_000
/** Largest group in which read markers are sent. */
const MOST_INTIMATE = 30

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

/** Person shown under a nickname; `occupant`: occupant id (XEP-0421). */
interface Occupied {
  nick: string
  occupant: string | null
  jid: Jid
}

interface Occupant {
  jid: Jid | null
  role: GroupRole
  affiliation: Affiliation
  /** Unique id of an occupant from entering to leaving, across nickname changes. */
  stay: string
}

/** Answer to a join; `condition` null: joined. */
interface Entered {
  condition: string | null
  nick: string
  isNew: boolean
}

interface Group {
  nick: string
  password: string | null
  joined: boolean
  /** History before our join is known, so queued messages may be sent. */
  open: boolean
  occupants: Map<string, Occupant>
  /** Messages carry occupant ids (XEP-0421). */
  stamps: boolean
  /** The group has an archive (XEP-0313). */
  archived: boolean
  /** Only listed members may enter. */
  membersOnly: boolean
  /** All occupants see each other's addresses. */
  showsAddresses: boolean
  /** Our own occupant id, if known. */
  ownId: string | null
  /** Number of members who are not present, by the group's lists; null: unknown or outdated. */
  absent: number | null
  /** Time of the last stanza from the group, performance.now(). */
  heard: number
  /** Time of our last ping, performance.now(). */
  asked: number
  /** Number of the join, counted over all groups. */
  entered: number
}
let entered = 0

interface Events {
  /** The occupants of a group have changed. */
  occupants: []
  /** A group shows these people's addresses. */
  people: [group: Jid, people: readonly Occupied[]]
  /** A group lets us in that had not answered in time. */
  late: [group: Jid]
  /** We were removed from a group. */
  out: [group: Jid, why: OutReason, reason: string]
  /** `by`: occupant who has just set it; null: sent on joining. */
  subject: [group: Jid, subject: string, by: string | null]
  /** The configuration of a group has changed; `name` may be empty. */
  configured: [group: Jid, name: string]
  /** Event to be shown in the group. */
  notice: [group: Jid, notice: Pick<Notice, 'kind' | 'name' | 'text'>]
}

/** Members as the group lists them. */
export type ListedMembers = Omit<GroupMembers, 'members'> & { members: Omit<GroupMember, 'name'>[] }

export class Groups extends EventEmitter<Events> implements Module {
  readonly #connection: Connection
  readonly #groups = new Map<string, Group>()
  readonly #recognized = new Set<string>()
  /** Groups that are being joined. */
  readonly #joining = new Set<Jid>()
  /** Our presences that a group has not answered yet. */
  readonly #asked = new Set<{ group: Jid; onPresence: (stanza: Element) => void; reject: (error: JoinError) => void }>()
  /** People met since the last update to windows, by group. */
  readonly #met = new Map<Jid, Occupied[]>()
  /** Timers of groups whose configuration is to be read. */
  readonly #configured = new Map<Jid, NodeJS.Timeout>()
  #telling: NodeJS.Timeout | null = null
  #pinging: NodeJS.Timeout

  constructor(connection: Connection) {
    super()
    this.#connection = connection
    this.#pinging = setInterval(() => this.#pingAll(PING_MS), LOOK_MS).unref()
  }

  begin(resumed: boolean): void {
    if (resumed) this.resume()
    else for (const group of this.#groups.values()) Object.assign(group, { joined: false, open: false, occupants: new Map<string, Occupant>() })
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
    if (this.#telling !== null) clearTimeout(this.#telling)
  }

  /** Registers a group before its messages can be decoded. */
  know(group: string, nick: string, password: string | null = this.#groups.get(group)?.password ?? null): void {
    const known = this.#groups.get(group)
    if (known === undefined)
      this.#groups.set(group, {
        nick,
        password,
        joined: false,
        open: false,
        occupants: new Map(),
        stamps: false,
        archived: false,
        membersOnly: false,
        showsAddresses: false,
        ownId: null,
        absent: null,
        heard: performance.now(),
        asked: -Infinity,
        entered: 0
      })
    else Object.assign(known, { nick, password })
  }
  /** Registers the address of a group that we have not joined (yet). */
  recognize(group: string): void {
    this.#recognized.add(group)
  }
  isGroup = (address: string): boolean => this.#groups.has(address) || this.#recognized.has(address)
  #learn(group: string, features: ReadonlySet<string>): void {
    Object.assign(this.#groups.get(group) ?? {}, {
      stamps: features.has(NS.occupantId),
      archived: features.has(NS.mam),
      membersOnly: features.has('muc_membersonly'),
      showsAddresses: features.has('muc_nonanonymous')
    })
  }

  /** Joined groups that only members may enter. */
  get closed(): Jid[] {
    return [...this.#groups].flatMap(([group, { joined, membersOnly }]) => (joined && membersOnly ? (group as Jid) : []))
  }

  /** True if only members may enter and all see each other's addresses, as XEP-0384 requires for encryption. */
  isPrivate(group: string): boolean {
    const known = this.#groups.get(group)
    return known !== undefined && known.joined && known.membersOnly && known.showsAddresses
  }

  /** Account of an occupant, if shown. */
  accountIn(occupant: string): Jid | null {
    const jid = this.#groups.get(bare(occupant))?.occupants.get(resource(occupant))?.jid ?? null
    return jid === null ? null : bare(jid)
  }

  /** Accounts of all readers of a group, without ourselves. Rejects if the connection is lost. */
  async accountsOf(group: Jid): Promise<Jid[]> {
    const own = bare(this.#connection.account.jid)
    const { members } = await this.members(group)
    return [...new Set(members.flatMap(({ jid }) => (jid === null || bare(jid) === own ? [] : bare(jid))))]
  }

  /** Our occupant ids in a group that assigns them; null if it does not. */
  occupantIds(group: string): OccupantIds | null {
    const known = this.#groups.get(group)
    return known?.stamps === true ? { own: known.ownId } : null
  }

  nickIn(group: string): string | null {
    return this.#groups.get(group)?.nick ?? null
  }
  /** Archive of a conversation: our own account's, or the group's. */
  archiveOf(conversation: Jid): Jid {
    return this.nickIn(conversation) === null ? bare(this.#connection.account.jid) : conversation
  }
  /** Nicknames of a group's occupants. */
  nicksIn(group: string): Iterable<string> {
    return this.#groups.get(group)?.occupants.keys() ?? []
  }
  /** Identity behind a nickname in a group without occupant ids: by the address if shown, otherwise by the occupant's stay; null: no such occupant. */
  personOf(occupant: string): string | null {
    const group = this.#groups.get(bare(occupant))
    const nick = resource(occupant)
    const found = group?.occupants.get(nick)
    if (group === undefined || found === undefined || !group.joined) return null
    return nick === group.nick ? SELF : found.jid === null ? found.stay : `jid:${found.jid}`
  }
  /** Number of the history replay that began with our last join. */
  tellingOf = (group: string): number => this.#groups.get(group)?.entered ?? 0
  /** Occupants of our groups whose address is shown, without ourselves. */
  get people(): { jid: Jid; name: string; group: Jid }[] {
    return [...this.#groups].flatMap(([group, { nick: own, occupants }]) =>
      [...occupants].flatMap(([nick, { jid }]) => (jid === null || nick === own ? [] : [{ jid, name: nick, group: group as Jid }]))
    )
  }
  /** True if we may mention everybody: as moderators, or in a group for members only. */
  callsAll(group: string): boolean {
    return this.mayCallAll(`${group}/${this.nickIn(group) ?? ''}`)
  }
  /** True if an occupant may mention everybody. */
  mayCallAll(occupant: string): boolean {
    const known = this.#groups.get(bare(occupant))
    return known !== undefined && (known.membersOnly || known.occupants.get(resource(occupant))?.role === 'moderator')
  }
  size = (group: string): number => this.#groups.get(group)?.occupants.size ?? 0
  isJoined = (group: string): boolean => this.#groups.get(group)?.joined === true
  /** True if queued messages may be sent to a group. */
  isOpen = (group: string): boolean => this.#groups.get(group)?.open === true
  isArchived = (group: string): boolean => this.#groups.get(group)?.archived === true
  /** Pings a group to learn whether we are still in it; emits 'out' if not. */
  ask(group: Jid): void {
    const known = this.#groups.get(group)
    if (known?.joined === true && this.#connection.isReady) this.#ping(group, known)
  }
  /** Opens a joined group for queued messages once its earlier history is known. */
  admit(group: string): void {
    const known = this.#groups.get(group)
    if (known?.joined === true) known.open = true
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
    this.#joining.add(group)
    try {
      return await this.#join(group, wantedNick, options)
    } finally {
      this.#joining.delete(group)
    }
  }

  async #join(
    group: Jid,
    wantedNick: string,
    options: { password?: string | null; create?: { name: string; membersOnly: boolean } }
  ): Promise<{ name: string; nick: string }> {
    const { create } = options
    const before = this.#groups.get(group)
    const password = options.password ?? before?.password ?? null
    // a group whose features are unknown may have no archive: its replay is matched with stored messages
    let about = create === undefined ? await this.#info(group, ASK_MS).catch(unanswered(group)) : null
    const features = about?.features ?? new Set<string>()
    const replay = create === undefined && !features.has(NS.mam)
    let nick = wantedNick
    let entered: Entered
    for (let tries = 1; ; tries++) {
      this.know(group, nick, password)
      this.#learn(group, features)
      entered = await this.#enter(group, nick, password, replay)
      if (entered.condition === null) break
      if (entered.condition !== 'conflict' || tries === MOST_NICK_TRIES) {
        // we never joined: forget the group, so that its messages are not decoded
        if (before === undefined) this.#groups.delete(group)
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
    Object.assign(this.#groups.get(group) ?? {}, { joined: true, heard: performance.now() })
    // a group that hides its features from strangers shows them to occupants
    if (about === null || entered.isNew || muc.groupName(about) === '') about = await this.#info(group).catch(() => null)
    if (about !== null) this.#learn(group, about.features)
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
    const known = this.#groups.get(group)
    this.#groups.delete(group)
    if (known?.joined === true && this.#connection.isReady) await this.#connection.send(muc.leaveGroup(group, known.nick))
  }

  /** Occupants and members of a group; occupants first. Rejects if the server refuses. */
  async members(group: Jid): Promise<ListedMembers> {
    const known = this.#groups.get(group)
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
    const known = this.#groups.get(group)
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
  setPicture = async (group: Jid, photo: { type: string; data: Buffer } | null): Promise<void> =>
    void (await this.#connection.request(vcardSetPhoto(group, photo)))

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
    const known = this.#groups.get(group)
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
    const known = this.#groups.get(group)
    const own = known?.occupants.get(known.nick)?.affiliation
    for (const jid of jids) {
      if (own === 'owner' || own === 'admin') await this.#connection.request(muc.setAffiliation(group, jid, 'member')).catch(() => undefined)
      await this.#connection.send(muc.invite(group, jid, ''))
    }
  }

  message({ stanza }: Incoming): void {
    const group = this.#groups.get(bare(stanza.attrs['from'] ?? ''))
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
      this.#learn(group, about.features)
      this.emit('configured', group, muc.groupName(about))
      this.emit('occupants')
    }
    this.#configured.set(group, setTimeout(() => void read(), CONFIGURED_MS).unref())
  }

  presence(stanza: Element): void {
    this.#onOccupant(stanza)
    for (const asked of this.#asked) asked.onPresence(stanza)
  }

  #onOccupant(stanza: Element): void {
    const change = muc.occupantChange(stanza)
    const group = change === null ? undefined : this.#groups.get(change.group)
    if (change === null || group === undefined) return
    group.heard = performance.now()
    const own = change.own || change.nick === group.nick
    if (change.own && group.stamps) group.ownId = occupantId(stanza) ?? group.ownId
    const before = group.occupants.get(change.nick)
    if (change.present !== null && before === undefined && !own && group.occupants.size >= MOST_OCCUPANTS) return
    // people without membership who enter or leave do not change the lists
    const [was, is] = [before?.affiliation ?? 'none', change.present?.affiliation ?? 'none']
    if (change.renamed === null && was !== is) group.absent = null
    if (change.present !== null) group.occupants.set(change.nick, { ...change.present, stay: before?.stay ?? `stay:${randomUUID()}` })
    else group.occupants.delete(change.nick)
    if (change.present !== null && change.present.jid !== null && before?.jid !== change.present.jid)
      this.#meet(change.group, { nick: change.nick, occupant: group.stamps ? occupantId(stanza) : null, jid: change.present.jid })
    if (group.joined && !own && group.occupants.size <= MOST_NOTICED) this.#notice(change, before)
    // a nickname change is no leaving
    if (change.renamed !== null && before !== undefined) group.occupants.set(change.renamed, before)
    if (own && change.renamed !== null) group.nick = change.renamed
    else if (change.own && change.present !== null && !group.joined && !this.#joining.has(change.group)) this.emit('late', change.group)
    else if (own && change.present === null && group.joined) {
      Object.assign(group, { joined: false, open: false })
      group.occupants.clear()
      if (change.out !== null) this.emit('out', change.group, change.out, change.reason)
    }
    this.#telling ??= setTimeout(() => {
      this.#telling = null
      this.emit('occupants')
      for (const [met, people] of this.#met) this.emit('people', met, people)
      this.#met.clear()
    }, TELL_MS)
  }

  #meet(group: Jid, one: Occupied): void {
    const met = this.#met.get(group)
    if (met === undefined) this.#met.set(group, [one])
    else met.push(one)
  }

  /** Emits joins and leaves. In a group for members only presence just tells whether a computer is on: there membership changes count. */
  #notice({ group, nick, present, renamed, out, reason }: muc.OccupantChange, before: Occupant | undefined): void {
    const tell = (kind: Notice['kind'], text = ''): void => void this.emit('notice', group, { kind, name: nick, text })
    if (renamed !== null) tell('renamed', renamed)
    else if (out === 'banned' || out === 'kicked') tell(out, reason)
    else if (out === 'removed') tell('removed')
    else if (present === null) {
      if (before?.affiliation === 'none') tell('left')
    } else if (before === undefined) {
      if (present.affiliation === 'none') tell('joined')
    } else if (before.affiliation === 'none' && present.affiliation === 'member') tell('added')
    else if (before.affiliation !== 'none' && present.affiliation === 'none') tell('removed')
  }

  /** True for a small group whose members see each other's addresses. */
  isIntimate(group: Jid): boolean {
    const occupants = this.#groups.get(group)?.occupants
    return (
      occupants !== undefined &&
      occupants.size <= MOST_INTIMATE &&
      [...occupants.values()].every(({ jid, affiliation }) => jid !== null && affiliation !== 'none')
    )
  }

  /** XEP-0410 pings to groups silent for that long, ms; `on`: only groups of this server. */
  #pingAll(silent: number, on: string | null = null): void {
    if (!this.#connection.isReady) return
    for (const [group, known] of this.#groups)
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
    const known = this.#groups.get(group)
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
    Object.assign(this.#groups.get(group) ?? {}, { entered: ++entered })
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
