/** XEP-0045 Multi-User Chat: joining, occupants, roles and affiliations; XEP-0249 direct invitations; XEP-0410 self-ping. */
import { xml, type Element } from '@xmpp/client'
import { bare, parseJid } from '../../../contract/address.ts'
import type { Affiliation, GroupRole, Jid, OutReason } from '../../../contract/domain.ts'
import { fieldNames, submitForm, type FormFields } from './data-form.ts'
import type { Info } from './disco.ts'
import { NS } from './namespaces.ts'
import { plainName } from '../../file-names.ts'

/**
 * Messages requested from a room without an archive on joining. By default Prosody sends 20, however many it keeps and we missed. A number and not a time
 * (`since`): it needs no correct clock, and repeated messages are recognized.
 */
const REPLAYED = 1000

/** Joins a room; `replay`: requests its history (section 7.2.13), for rooms without an archive. */
export const joinGroup = (group: string, nick: string, password: string | null = null, replay = false): Element =>
  xml(
    'presence',
    { to: `${group}/${nick}` },
    xml('x', { xmlns: NS.muc }, xml('history', { maxstanzas: String(replay ? REPLAYED : 0) }), ...(password === null ? [] : [xml('password', {}, password)]))
  )

/** Section 7.14. */
export const leaveGroup = (group: string, nick: string): Element => xml('presence', { to: `${group}/${nick}`, type: 'unavailable' })

export type JoinAnswer = { kind: 'joined'; nick: string } | { kind: 'refused'; condition: string }

const statusCodes = (stanza: Element): string[] => (stanza.getChild('x', NS.mucUser)?.getChildren('status') ?? []).map((s) => s.attrs['code'] ?? '')

/** Answer to our join in a presence: our own presence (status 110) or an error. */
export function joinAnswer(stanza: Element, group: string): JoinAnswer | null {
  const [room = '', nick = ''] = splitOccupant(stanza.attrs['from'] ?? '')
  if (room !== group) return null
  if (stanza.attrs['type'] === 'error') return { kind: 'refused', condition: stanza.getChild('error')?.getChildElements()[0]?.name ?? 'error' }
  return stanza.attrs['type'] === undefined && statusCodes(stanza).includes('110') ? { kind: 'joined', nick } : null
}

function splitOccupant(jid: string): [string, string] {
  const slash = jid.indexOf('/')
  return slash < 0 ? [jid.toLowerCase(), ''] : [jid.slice(0, slash).toLowerCase(), jid.slice(slash + 1)]
}

export const isNewRoom = (stanza: Element): boolean => statusCodes(stanza).includes('201')

const ROLES: readonly string[] = ['none', 'visitor', 'participant', 'moderator']
const AFFILIATIONS: readonly string[] = ['outcast', 'none', 'member', 'admin', 'owner']

export interface OccupantChange {
  group: Jid
  nick: string
  /** Our own presence (status 110). */
  own: boolean
  /** Occupant after the change; null: left. */
  present: { jid: Jid | null; role: GroupRole; affiliation: Affiliation } | null
  /** New nickname of an occupant who left under the old one. */
  renamed: string | null
  /** Reason of a removal; null: left voluntarily. */
  out: OutReason | null
  /** Reason given by the person who removed the occupant. */
  reason: string
}

/** Change of an occupant in a group's presence, or null. Sections 7.2, 7.6, 8.2, 9.1, 10.9. */
export function occupantChange(stanza: Element): OccupantChange | null {
  const from = parseJid(stanza.attrs['from'] ?? '')
  const x = stanza.getChild('x', NS.mucUser)
  if (from === null || !from.includes('/') || x === undefined) return null
  const { type } = stanza.attrs
  if (type !== undefined && type !== 'unavailable') return null
  const item = x.getChild('item')
  const codes = statusCodes(stanza)
  const role = item?.attrs['role'] ?? 'participant'
  const affiliation = item?.attrs['affiliation'] ?? 'none'
  const destroyed = x.getChild('destroy')
  const out =
    destroyed !== undefined
      ? 'destroyed'
      : codes.includes('301')
        ? 'banned'
        : codes.includes('307') && !codes.includes('333')
          ? 'kicked'
          : codes.includes('321')
            ? 'removed'
            : codes.includes('322')
              ? 'members-only'
              : codes.includes('332') || codes.includes('333')
                ? 'interrupted'
                : null
  const jid = parseJid(item?.attrs['jid'] ?? '')
  return {
    group: bare(from),
    nick: from.slice(from.indexOf('/') + 1),
    own: codes.includes('110'),
    present:
      type === 'unavailable'
        ? null
        : {
            jid: jid === null ? null : bare(jid),
            role: (ROLES.includes(role) ? role : 'participant') as GroupRole,
            affiliation: (AFFILIATIONS.includes(affiliation) ? affiliation : 'none') as Affiliation
          },
    renamed: codes.includes('303') && parseJid(`${bare(from)}/${item?.attrs['nick'] ?? ''}`) !== null ? (item?.attrs['nick'] ?? null) : null,
    out: type === 'unavailable' ? out : null,
    // a destroyed group may name its successor (section 10.9)
    reason: [(destroyed ?? item)?.getChildText('reason') ?? '', parseJid(destroyed?.attrs['jid'] ?? '') ?? '']
      .filter((part) => part !== '')
      .join(' ')
      .slice(0, 1000)
  }
}

const ownerQuery = (group: string, type: 'get' | 'set', ...children: Element[]): Element =>
  xml('iq', { type, to: group }, xml('query', { xmlns: NS.mucOwner }, ...children))
/** Accepts the default configuration (section 10.1.2); harmless if the room is open already. */
export const acceptDefaults = (group: string): Element => ownerQuery(group, 'set', xml('x', { xmlns: NS.dataForm, type: 'submit' }))
/** Section 10.2: requests the configuration form. */
export const configurationQuery = (group: string): Element => ownerQuery(group, 'get')
/** Submits those of the fields that the group's form has. */
export function configure(group: string, form: Element, fields: FormFields): Element {
  const known = fieldNames(form.getChild('query', NS.mucOwner)?.getChild('x', NS.dataForm))
  return ownerQuery(
    group,
    'set',
    submitForm('http://jabber.org/protocol/muc#roomconfig', Object.fromEntries(Object.entries(fields).filter(([name]) => known.has(name))))
  )
}
/** Section 10.9. */
export const destroy = (group: string): Element => ownerQuery(group, 'set', xml('destroy', {}))

const adminQuery = (group: string, type: 'get' | 'set', item: Record<string, string>): Element =>
  xml('iq', { type, to: group }, xml('query', { xmlns: NS.mucAdmin }, xml('item', item)))
/** Sections 9.1 to 10.8: affiliation of a bare address. */
export const setAffiliation = (group: string, jid: string, affiliation: Affiliation): Element => adminQuery(group, 'set', { jid, affiliation })
/** Section 8.2 and following: role of an occupant; 'none' removes the occupant. */
export const setRole = (group: string, nick: string, role: GroupRole): Element => adminQuery(group, 'set', { nick, role })
export const affiliationQuery = (group: string, affiliation: Affiliation): Element => adminQuery(group, 'get', { affiliation })
export const affiliated = (answer: Element): Jid[] =>
  (answer.getChild('query', NS.mucAdmin)?.getChildren('item') ?? []).flatMap((item) => parseJid(item.attrs['jid'] ?? '') ?? []).map(bare)

/** Section 7.6: new nickname in a joined group. */
export const changeNick = (group: string, nick: string): Element => xml('presence', { to: `${group}/${nick}` })

/** Section 8.1. */
export const setSubject = (group: string, subject: string): Element => xml('message', { to: group, type: 'groupchat' }, xml('subject', {}, subject))
/** Subject set by a message, or null: a message with a body is no subject change (section 7.2.15). */
export function subjectOf(stanza: Element): { group: Jid; subject: string } | null {
  const from = parseJid(stanza.attrs['from'] ?? '')
  const subject = stanza.getChild('subject')
  if (
    from === null ||
    subject === undefined ||
    stanza.attrs['type'] !== 'groupchat' ||
    stanza.getChild('body') !== undefined ||
    stanza.getChild('thread') !== undefined
  )
    return null
  return { group: bare(from), subject: subject.text().slice(0, 2000) }
}

/** Status codes of a changed configuration (section 10.2.1): anything, or who sees addresses. */
const CONFIGURED = new Set(['104', '172', '173', '174'])
/** True if a group itself says that its configuration has changed: name, membership rules, visibility of addresses. */
export const isConfigured = (stanza: Element): boolean =>
  !(stanza.attrs['from'] ?? '/').includes('/') && stanza.attrs['type'] !== 'error' && statusCodes(stanza).some((code) => CONFIGURED.has(code))

export interface Invitation {
  group: Jid
  /** Inviter, as the invitation names them; null: only the group itself is named. */
  from: Jid | null
  /** Sender of the invitation: the group, or the author of the message. */
  by: Jid
  reason: string
  password: string | null
}

/** Section 7.8.2: the group forwards the invitation and, if it is for members only, adds the person to the members. */
export const invite = (group: string, jid: string, reason: string): Element =>
  xml('message', { to: group }, xml('x', { xmlns: NS.mucUser }, xml('invite', { to: jid }, ...(reason === '' ? [] : [xml('reason', {}, reason)]))))

/** Longest password, UTF-16 units: it has to fit into the presence that joins. */
const LONGEST_PASSWORD = 1000
const passwordOf = (said: string | null | undefined): string | null => (said === null || said === undefined || said.length > LONGEST_PASSWORD ? null : said)

/** Mediated invitation (section 7.8.2), or a direct one (XEP-0249). */
export function invitationOf(stanza: Element): Invitation | null {
  const from = parseJid(stanza.attrs['from'] ?? '')
  // a group message invites nobody in particular
  if (from === null || stanza.attrs['type'] === 'error' || stanza.attrs['type'] === 'groupchat') return null
  // a second element may tell our new affiliation in the group
  const marks = stanza.getChildren('x', NS.mucUser)
  // only the group itself may mediate, not an occupant or a person's client
  const mediated = from === bare(from) ? marks.flatMap((mark) => mark.getChild('invite') ?? [])[0] : undefined
  if (mediated !== undefined) {
    const inviter = parseJid(mediated.attrs['from'] ?? '')
    return {
      group: bare(from),
      from: inviter === null || bare(inviter) === bare(from) ? null : bare(inviter),
      by: bare(from),
      reason: (mediated.getChildText('reason') ?? '').slice(0, 500),
      password: passwordOf(marks.flatMap((mark) => mark.getChildText('password') ?? [])[0])
    }
  }
  const direct = stanza.getChild('x', NS.conference)
  const group = parseJid(direct?.attrs['jid'] ?? '')
  if (direct === undefined || group === null || !group.includes('@')) return null
  return {
    group: bare(group),
    from: bare(from) === bare(group) ? null : bare(from),
    by: bare(from),
    reason: (direct.attrs['reason'] ?? '').slice(0, 500),
    password: passwordOf(direct.attrs['password'])
  }
}

/** True if an invitation is the group's own stanza, which carries no text; a person's invitation may carry text. */
export const isOfGroup = (invitation: Element): boolean =>
  !(invitation.attrs['from'] ?? '').includes('/') && invitation.getChildren('x', NS.mucUser).some((mark) => mark.getChild('invite') !== undefined)

/** XEP-0410: pings our own occupant address to check that we are still in. */
export const selfPing = (group: string, nick: string): Element => xml('iq', { type: 'get', to: `${group}/${nick}` }, xml('ping', { xmlns: 'urn:xmpp:ping' }))
/** Section 3.3: error conditions that mean that we are not in. */
export const isOut = (condition: string): boolean => condition === 'not-acceptable' || condition === 'item-not-found'

const conference = ({ identities }: Info): Info['identities'][number] | undefined => identities.find(({ category }) => category === 'conference')
export const groupName = (info: Info): string => plainName(conference(info)?.['name'] ?? '', 200)
/** True if a service hosts groups. */
export const isGroupService = (info: Info): boolean => conference(info)?.['type'] === 'text' && info.features.has(NS.muc)
