/** Occupants of the groups that we are in or enter: nicknames, roles and addresses, as the groups' presences tell. */
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Element } from '@xmpp/client'
import { bare, resource } from '../../../contract/address.ts'
import type { Affiliation, GroupRole, Jid, Notice, OutReason } from '../../../contract/domain.ts'
import { SELF } from '../../store/types.ts'
import * as muc from '../stanzas/group.ts'
import { NS } from '../stanzas/namespaces.ts'
import { occupantId, type OccupantIds } from '../stanzas/occupants.ts'

/** Shortest interval between occupant updates, ms: entering a large group brings thousands at once. */
const TELL_MS = 500
/** Largest group in which joins and leaves are shown. */
const MOST_NOTICED = 100
/** Number of occupants of a group that are remembered, ten times more than in any known one. */
const MOST_OCCUPANTS = 50_000
/** Largest group in which read markers are sent. */
const MOST_INTIMATE = 30

/** Person shown under a nickname; `occupant`: occupant id (XEP-0421). */
interface Occupied {
  nick: string
  occupant: string | null
  jid: Jid
}

export interface Occupant {
  jid: Jid | null
  role: GroupRole
  affiliation: Affiliation
  /** Unique id of an occupant from entering to leaving, across nickname changes. */
  stay: string
}

export interface Group {
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

export class Occupants extends EventEmitter<Events> {
  protected readonly groups = new Map<string, Group>()
  readonly #recognized = new Set<string>()
  /** Groups that are being joined. */
  protected readonly joining = new Set<Jid>()
  /** People met since the last update to windows, by group. */
  readonly #met = new Map<Jid, Occupied[]>()
  #telling: NodeJS.Timeout | null = null

  /** Registers a group before its messages can be decoded. */
  know(group: string, nick: string, password: string | null = this.groups.get(group)?.password ?? null): void {
    const known = this.groups.get(group)
    if (known === undefined)
      this.groups.set(group, {
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
  isGroup = (address: string): boolean => this.groups.has(address) || this.#recognized.has(address)
  protected learn(group: string, features: ReadonlySet<string>): void {
    Object.assign(this.groups.get(group) ?? {}, {
      stamps: features.has(NS.occupantId),
      archived: features.has(NS.mam),
      membersOnly: features.has('muc_membersonly'),
      showsAddresses: features.has('muc_nonanonymous')
    })
  }

  /** Joined groups that only members may enter. */
  get closed(): Jid[] {
    return [...this.groups].flatMap(([group, { joined, membersOnly }]) => (joined && membersOnly ? (group as Jid) : []))
  }

  /** True if only members may enter and all see each other's addresses, as XEP-0384 requires for encryption. */
  isPrivate(group: string): boolean {
    const known = this.groups.get(group)
    return known !== undefined && known.joined && known.membersOnly && known.showsAddresses
  }

  /** Account of an occupant, if shown. */
  accountIn(occupant: string): Jid | null {
    const jid = this.groups.get(bare(occupant))?.occupants.get(resource(occupant))?.jid ?? null
    return jid === null ? null : bare(jid)
  }

  /** Our occupant ids in a group that assigns them; null if it does not. */
  occupantIds(group: string): OccupantIds | null {
    const known = this.groups.get(group)
    return known?.stamps === true ? { own: known.ownId } : null
  }

  nickIn(group: string): string | null {
    return this.groups.get(group)?.nick ?? null
  }
  /** Nicknames of a group's occupants. */
  nicksIn(group: string): Iterable<string> {
    return this.groups.get(group)?.occupants.keys() ?? []
  }
  /** Identity behind a nickname in a group without occupant ids: by the address if shown, otherwise by the occupant's stay; null: no such occupant. */
  personOf(occupant: string): string | null {
    const group = this.groups.get(bare(occupant))
    const nick = resource(occupant)
    const found = group?.occupants.get(nick)
    if (group === undefined || found === undefined || !group.joined) return null
    return nick === group.nick ? SELF : found.jid === null ? found.stay : `jid:${found.jid}`
  }
  /** Number of the history replay that began with our last join. */
  replayOf = (group: string): number => this.groups.get(group)?.entered ?? 0
  /** Occupants of our groups whose address is shown, without ourselves. */
  get people(): { jid: Jid; name: string; group: Jid }[] {
    return [...this.groups].flatMap(([group, { nick: own, occupants }]) =>
      [...occupants].flatMap(([nick, { jid }]) => (jid === null || nick === own ? [] : [{ jid, name: nick, group: group as Jid }]))
    )
  }
  /** True if we may mention everybody: as moderators, or in a group for members only. */
  callsAll(group: string): boolean {
    return this.mayCallAll(`${group}/${this.nickIn(group) ?? ''}`)
  }
  /** True if an occupant may mention everybody. */
  mayCallAll(occupant: string): boolean {
    const known = this.groups.get(bare(occupant))
    return known !== undefined && (known.membersOnly || known.occupants.get(resource(occupant))?.role === 'moderator')
  }
  size = (group: string): number => this.groups.get(group)?.occupants.size ?? 0
  isJoined = (group: string): boolean => this.groups.get(group)?.joined === true
  /** True if queued messages may be sent to a group. */
  isOpen = (group: string): boolean => this.groups.get(group)?.open === true
  isArchived = (group: string): boolean => this.groups.get(group)?.archived === true
  /** Opens a joined group for queued messages once its earlier history is known. */
  admit(group: string): void {
    const known = this.groups.get(group)
    if (known?.joined === true) known.open = true
  }

  /** Ends the updates to windows. */
  protected endUpdates(): void {
    if (this.#telling !== null) clearTimeout(this.#telling)
  }

  /** Handles a presence of an occupant. */
  protected onOccupant(stanza: Element): void {
    const change = muc.occupantChange(stanza)
    const group = change === null ? undefined : this.groups.get(change.group)
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
    else if (change.own && change.present !== null && !group.joined && !this.joining.has(change.group)) this.emit('late', change.group)
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
    const occupants = this.groups.get(group)?.occupants
    return (
      occupants !== undefined &&
      occupants.size <= MOST_INTIMATE &&
      [...occupants.values()].every(({ jid, affiliation }) => jid !== null && affiliation !== 'none')
    )
  }
}
