/** Groups that we are in: entering and leaving them, who is there, and what their moderators may do. */
import { EventEmitter } from 'node:events'
import { randomBytes, randomUUID } from 'node:crypto'
import type { Element } from '@xmpp/client'
import { bare, domainOf, resource } from '../../../contract/address.ts'
import type { Affiliation, GroupMember, GroupMembers, GroupRole, Jid, Notice, OutReason } from '../../../contract/domain.ts'
import type { Incoming, Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import { moderate } from '../stanzas/changes.ts'
import { delayStamp } from '../stanzas/delay.ts'
import * as muc from '../stanzas/group.ts'
import { isRefusal, refused } from '../../net/problem.ts'
import { findService } from '../stream/services.ts'
import { info, infoQuery, type Info } from '../stanzas/disco.ts'
import { NS } from '../stanzas/namespaces.ts'
import { vcardSetPhoto } from '../stanzas/vcard.ts'
import { occupantId, type OccupantIds } from '../stanzas/occupants.ts'
import { SELF } from '../../store/types.ts'

/** As localeCompare, for thousands. */
const byName = new Intl.Collator().compare
const JOIN_MS = 30_000
/** A group that does not say by then what it can do does not let us in either, ms. */
const ASK_MS = 15_000
const MOST_NICK_TRIES = 5
/** Changes of who is there are told this often at most, ms: thousands come at once when a large group is entered. */
const TELL_MS = 500
/** A group that was silent for so long is asked whether we are still in it, ms: one that was started again on another node of its server's knows nobody. */
const PING_MS = 5 * 60_000
/** One is not asked more often than this, ms. */
const ASKED_MS = 5000
/** How often that is looked at, ms. */
const LOOK_MS = 30_000
/** In a larger group nobody is told who comes and goes. */
const MOST_NOTICED = 100
/** In a larger group nobody is told who has read. */
const MOST_INTIMATE = 30

/** A group that did not let us in; `condition` is XEP-0045's: conflict, registration-required, not-authorized, forbidden ... */
export class JoinError extends Error {
  readonly condition: string
  constructor(group: string, condition: string) {
    super(`${group} refused to let us in: ${condition}`)
    this.name = 'JoinError'
    this.condition = condition
  }
}

/** A question that was not answered, as what it means for a joining. */
const unanswered =
  (group: Jid) =>
  (error: unknown): never => {
    throw error instanceof Error && error.name === 'TimeoutError' ? new JoinError(group, 'remote-server-timeout') : error
  }

/** A person whom a group shows under a nickname; `occupant`: XEP-0421. */
interface Occupied {
  nick: string
  occupant: string | null
  jid: Jid
}

interface Occupant {
  jid: Jid | null
  role: GroupRole
  affiliation: Affiliation
  /** Of nobody else, from coming to leaving, whatever nickname. */
  stay: string
}

/** How the group answered our joining; `condition` null: we are in. */
interface Entered {
  condition: string | null
  nick: string
  isNew: boolean
}

interface Group {
  nick: string
  password: string | null
  joined: boolean
  /** What it said before we came in is known: what waits for it may be said. */
  open: boolean
  occupants: Map<string, Occupant>
  /** It stamps what is said with occupant-ids (XEP-0421). */
  stamps: boolean
  /** It keeps what is said (XEP-0313). */
  archived: boolean
  /** Only those whom its owners have listed may come in. */
  membersOnly: boolean
  /** Everybody there sees everybody's address. */
  showsAddresses: boolean
  /** Our own occupant-id, where it has told us. */
  ownId: string | null
  /** Members who are not here, by its lists; null: they were not asked for, or changed since. */
  absent: number | null
  /** When it last said something, performance.now(). */
  heard: number
  /** When it was last asked whether we are in, performance.now(). */
  asked: number
  /** Counts how often any group was entered. */
  entered: number
}
let entered = 0

interface Events {
  /** Who is in some group has changed. */
  occupants: []
  /** A group shows who these people are. */
  people: [group: Jid, people: readonly Occupied[]]
  /** We are no longer in a group, by no wish of ours. */
  out: [group: Jid, why: OutReason, reason: string]
  /** `by`: who has just set it; null: it is told to us who come in. */
  subject: [group: Jid, subject: string, by: string | null]
  /** Something that its people are to see happened. */
  notice: [group: Jid, notice: Pick<Notice, 'kind' | 'name' | 'text'>]
}

/** As the group lists them. */
export type ListedMembers = Omit<GroupMembers, 'members'> & { members: Omit<GroupMember, 'name'>[] }

export class Groups extends EventEmitter<Events> implements Module {
  readonly #connection: Connection
  readonly #groups = new Map<string, Group>()
  readonly #recognized = new Set<string>()
  /** Presences of ours that a group has not answered yet. */
  readonly #asked = new Set<{ group: Jid; onPresence: (stanza: Element) => void; reject: (error: JoinError) => void }>()
  /** Met since windows were last told, by group. */
  readonly #met = new Map<Jid, Occupied[]>()
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

  /** A stream that goes on is still where it was, unless a group says otherwise. */
  resume(): void {
    this.#pingAll(0)
  }

  lost(): void {
    for (const { reject, group } of this.#asked) reject(new JoinError(group, 'disconnected'))
  }

  stop(): void {
    clearInterval(this.#pinging)
    if (this.#telling !== null) clearTimeout(this.#telling)
  }

  /** Makes a group known before its messages can be decoded. */
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
  /** Makes the address of a group known that we are not in, or not yet. */
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

  /** Groups that we are in and that no stranger comes into. */
  get closed(): Jid[] {
    return [...this.#groups].flatMap(([group, { joined, membersOnly }]) => (joined && membersOnly ? (group as Jid) : []))
  }

  /** Whether no stranger comes in and all know each other's addresses: what XEP-0384 wants of a group in which is encrypted. */
  isPrivate(group: string): boolean {
    const known = this.#groups.get(group)
    return known !== undefined && known.joined && known.membersOnly && known.showsAddresses
  }

  /** The account of somebody who is there, where that is shown. */
  accountIn(occupant: string): Jid | null {
    const jid = this.#groups.get(bare(occupant))?.occupants.get(resource(occupant))?.jid ?? null
    return jid === null ? null : bare(jid)
  }

  /** The accounts of all who may read what is said in it, ourselves apart. Rejects where the connection is lost. */
  async accountsOf(group: Jid): Promise<Jid[]> {
    const own = bare(this.#connection.account.jid)
    const { members } = await this.members(group)
    return [...new Set(members.flatMap(({ jid }) => (jid === null || bare(jid) === own ? [] : bare(jid))))]
  }

  /** What a group that stamps occupant-ids says of us; null where it does not. */
  occupantIds(group: string): OccupantIds | null {
    const known = this.#groups.get(group)
    return known?.stamps === true ? { own: known.ownId } : null
  }

  nickIn(group: string): string | null {
    return this.#groups.get(group)?.nick ?? null
  }
  /** Which archive has a conversation: our own account's, or the group's. */
  archiveOf(conversation: Jid): Jid {
    return this.nickIn(conversation) === null ? bare(this.#connection.account.jid) : conversation
  }
  /** Who is there. */
  nicksIn(group: string): Iterable<string> {
    return this.#groups.get(group)?.occupants.keys() ?? []
  }
  /** Who speaks under a nickname now, in a group that gives no occupant-ids: by the address where it is shown, otherwise by one's stay there; null: nobody. */
  personOf(occupant: string): string | null {
    const group = this.#groups.get(bare(occupant))
    const nick = resource(occupant)
    const found = group?.occupants.get(nick)
    if (group === undefined || found === undefined || !group.joined) return null
    return nick === group.nick ? SELF : found.jid === null ? found.stay : `jid:${found.jid}`
  }
  /** What it tells again to us who come in is told once for each of these. */
  tellingOf = (group: string): number => this.#groups.get(group)?.entered ?? 0
  /** Those in our groups whose own address is shown, ourselves apart. */
  get people(): { jid: Jid; name: string; group: Jid }[] {
    return [...this.#groups].flatMap(([group, { nick: own, occupants }]) =>
      [...occupants].flatMap(([nick, { jid }]) => (jid === null || nick === own ? [] : [{ jid, name: nick, group: group as Jid }]))
    )
  }
  /** A mention of everybody is for those who lead the group, and for all where it takes no strangers. */
  callsAll(group: string): boolean {
    return this.mayCallAll(`${group}/${this.nickIn(group) ?? ''}`)
  }
  /** The same of somebody who is there. */
  mayCallAll(occupant: string): boolean {
    const known = this.#groups.get(bare(occupant))
    return known !== undefined && (known.membersOnly || known.occupants.get(resource(occupant))?.role === 'moderator')
  }
  size = (group: string): number => this.#groups.get(group)?.occupants.size ?? 0
  isJoined = (group: string): boolean => this.#groups.get(group)?.joined === true
  /** Whether what waits for it may be said. */
  isOpen = (group: string): boolean => this.#groups.get(group)?.open === true
  isArchived = (group: string): boolean => this.#groups.get(group)?.archived === true
  /** Asks a group whether we are still in; 'out' where we are not. */
  ask(group: Jid): void {
    const known = this.#groups.get(group)
    if (known?.joined === true && this.#connection.isReady) this.#ping(group, known)
  }
  /** We are in, and what was said there before is known. */
  admit(group: string): void {
    const known = this.#groups.get(group)
    if (known?.joined === true) known.open = true
  }

  /**
   * Enters the group; a nickname that is taken gets an underscore. Returns the group's name and the nickname. Throws
   * JoinError. `create`: how a new one is set up; one that exists is left again ('conflict').
   */
  async join(
    group: Jid,
    wantedNick: string,
    options: { password?: string | null; create?: { name: string; membersOnly: boolean } } = {}
  ): Promise<{ name: string; nick: string }> {
    const { create } = options
    const before = this.#groups.get(group)
    const password = options.password ?? before?.password ?? null
    // who does not say what it can do, or not to us, may have no archive: what it tells twice is taken once
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
        // who was never in decodes nothing of it
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
    // one that says nothing to strangers says it to those who are in
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

  /** An address for a new group on our own server, or null where it has none. */
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

  /** Goes out; nothing of the group is decoded any more. */
  async leave(group: Jid): Promise<void> {
    const known = this.#groups.get(group)
    this.#groups.delete(group)
    if (known?.joined === true && this.#connection.isReady) await this.#connection.send(muc.leaveGroup(group, known.nick))
  }

  /** Who is in it, and who may be; those who are there first. Rejects where the server refuses. */
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

  /** How many are in it, and how many of them are here now. Rejects where the connection is lost. */
  async counts(group: Jid): Promise<{ members: number; here: number }> {
    const known = this.#groups.get(group)
    if (known === undefined) return { members: 0, here: 0 }
    if (known.absent === null) await this.members(group)
    return { members: known.occupants.size + (known.absent ?? 0), here: known.occupants.size }
  }

  /** Takes another nickname in a group. Throws JoinError where the group refuses. */
  async changeNick(group: Jid, nick: string): Promise<void> {
    const { condition } = await this.#ask(group, nick, muc.changeNick(group, nick))
    if (condition !== null) throw new JoinError(group, condition)
    this.know(group, nick)
  }

  /** Gives a group that we own another picture, or none. Rejects where it refuses. */
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

  /** Whether we may take back what others wrote. Rejects where the connection is lost. */
  async moderates(group: Jid): Promise<boolean> {
    const known = this.#groups.get(group)
    if (known?.occupants.get(known.nick)?.role !== 'moderator') return false
    return moderate(group, 'x', await this.#features(group)) !== null
  }

  /** Takes back what somebody wrote, for all (XEP-0425). Rejects where the group refuses, or cannot. */
  async moderate(group: Jid, stanzaId: string): Promise<void> {
    const request = moderate(group, stanzaId, await this.#features(group))
    if (request === null) throw new Error('the group knows no moderation')
    await this.#connection.request(request)
  }

  /** null: the group refuses to say. */
  #info(group: Jid, timeoutMs?: number): Promise<Info | null> {
    return this.#connection.request(infoQuery(group), timeoutMs).then(info, refused(null))
  }
  #features = async (group: Jid): Promise<ReadonlySet<string>> => (await this.#info(group))?.features ?? new Set<string>()

  /** A group for members only lets in whom it has listed; who may list them does. */
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
    const set = muc.subjectOf(stanza)
    if (set !== null) this.emit('subject', set.group, set.subject, delayStamp(stanza) === null && group.joined ? resource(stanza.attrs['from'] ?? '') : null)
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
    // those who come and go without being members change nothing in its lists
    const [was, is] = [before?.affiliation ?? 'none', change.present?.affiliation ?? 'none']
    if (change.renamed === null && was !== is) group.absent = null
    if (change.present !== null) group.occupants.set(change.nick, { ...change.present, stay: before?.stay ?? `stay:${randomUUID()}` })
    else group.occupants.delete(change.nick)
    if (change.present !== null && change.present.jid !== null && before?.jid !== change.present.jid)
      this.#met.set(change.group, [
        ...(this.#met.get(change.group) ?? []),
        { nick: change.nick, occupant: group.stamps ? occupantId(stanza) : null, jid: change.present.jid }
      ])
    if (group.joined && !own && group.occupants.size <= MOST_NOTICED) this.#notice(change, before)
    // who takes another name is there all the time
    if (change.renamed !== null && before !== undefined) group.occupants.set(change.renamed, before)
    if (own && change.renamed !== null) group.nick = change.renamed
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

  /**
   * Who comes and goes. In a group of members presence says only that somebody's computer is on or off: there what counts
   * is who becomes a member and who is one no longer.
   */
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

  /** A small group whose members see each other's addresses. */
  isIntimate(group: Jid): boolean {
    const occupants = this.#groups.get(group)?.occupants
    return (
      occupants !== undefined &&
      occupants.size <= MOST_INTIMATE &&
      [...occupants.values()].every(({ jid, affiliation }) => jid !== null && affiliation !== 'none')
    )
  }

  /** XEP-0410, of groups that were silent for so long, ms; `on`: of one server alone. */
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

  /** A group says that we are not in it; others of its server may have forgotten us, too. */
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

  /** Sends a presence that a group answers with our own presence under that nickname, or with an error. */
  async #ask(group: Jid, nick: string, presence: Element): Promise<Entered> {
    const { promise, resolve, reject } = Promise.withResolvers<Entered>()
    // the stream may end before the presence is written
    promise.catch(() => undefined)
    const onPresence = (stanza: Element): void => {
      const answer = muc.joinAnswer(stanza, group)
      if (answer === null) return
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
