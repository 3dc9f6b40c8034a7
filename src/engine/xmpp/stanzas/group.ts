/** XEP-0045 Multi-User Chat: joining, who is there, roles and affiliations; XEP-0249 direct invitations; XEP-0410 self-ping. */
import { xml, type Element } from '@xmpp/client'
import { bare, parseJid } from '../../../contract/address.ts'
import type { Affiliation, GroupRole, Jid, OutReason } from '../../../contract/domain.ts'
import { fieldNames, submitForm, type FormFields } from './data-form.ts'
import type { Info } from './disco.ts'
import { NS } from './namespaces.ts'
import { plainName } from '../../file-names.ts'

/**
 * Messages that a room without an archive is asked to tell again. Unasked, Prosody tells 20, however many it keeps and we missed. A number and
 * not a time (`since`): no clock has to be right for it, and what is told twice is taken once.
 */
const REPLAYED = 1000

/** Joins; `replay`: with what the room tells again to who comes in (section 7.2.13), where it has no archive that would be the source. */
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

/** Whether a presence answers our joining: our own (status 110) or an error. */
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
  /** It is ourselves (status 110). */
  own: boolean
  /** null: gone */
  present: { jid: Jid | null; role: GroupRole; affiliation: Affiliation } | null
  /** Gone to this nickname. */
  renamed: string | null
  /** Why it is gone; null: because it wished so. */
  out: OutReason | null
  /** In the words of who did it. */
  reason: string
}

/** What a group's presence says of one of its occupants, or null. Sections 7.2, 7.6, 8.2, 9.1, 10.9. */
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
    renamed: codes.includes('303') ? (item?.attrs['nick'] ?? null) : null,
    out: type === 'unavailable' ? out : null,
    // a group that is gone may say where it goes on (section 10.9)
    reason: [(destroyed ?? item)?.getChildText('reason') ?? '', parseJid(destroyed?.attrs['jid'] ?? '') ?? '']
      .filter((part) => part !== '')
      .join(' ')
      .slice(0, 1000)
  }
}

const ownerQuery = (group: string, type: 'get' | 'set', ...children: Element[]): Element =>
  xml('iq', { type, to: group }, xml('query', { xmlns: NS.mucOwner }, ...children))
/** Asks the room to open with its defaults (section 10.1.2); harmless where it is open already. */
export const acceptDefaults = (group: string): Element => ownerQuery(group, 'set', xml('x', { xmlns: NS.dataForm, type: 'submit' }))
/** Section 10.2: the form that says how the group is set up. */
export const configurationQuery = (group: string): Element => ownerQuery(group, 'get')
/** Hands in those of the fields that the group has. */
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
/** Sections 9.1 to 10.8: by bare address. */
export const setAffiliation = (group: string, jid: string, affiliation: Affiliation): Element => adminQuery(group, 'set', { jid, affiliation })
/** Section 8.2 and on: of an occupant; 'none' puts them out. */
export const setRole = (group: string, nick: string, role: GroupRole): Element => adminQuery(group, 'set', { nick, role })
export const affiliationQuery = (group: string, affiliation: Affiliation): Element => adminQuery(group, 'get', { affiliation })
export const affiliated = (answer: Element): Jid[] =>
  (answer.getChild('query', NS.mucAdmin)?.getChildren('item') ?? []).flatMap((item) => parseJid(item.attrs['jid'] ?? '') ?? []).map(bare)

/** Section 7.6: another nickname in a group that we are in. */
export const changeNick = (group: string, nick: string): Element => xml('presence', { to: `${group}/${nick}` })

/** Section 8.1. */
export const setSubject = (group: string, subject: string): Element => xml('message', { to: group, type: 'groupchat' }, xml('subject', {}, subject))
/** The subject that a message sets, or null: a message with a body says something (section 7.2.15). */
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

export interface Invitation {
  group: Jid
  /** Who invites; null: the group says it itself. */
  from: Jid | null
  reason: string
  password: string | null
}

/** Section 7.8.2: the group passes it on and, where it is for members only, lets them in. */
export const invite = (group: string, jid: string, reason: string): Element =>
  xml('message', { to: group }, xml('x', { xmlns: NS.mucUser }, xml('invite', { to: jid }, ...(reason === '' ? [] : [xml('reason', {}, reason)]))))

/** A mediated invitation (section 7.8.2), or a direct one (XEP-0249). */
export function invitationOf(stanza: Element): Invitation | null {
  const from = parseJid(stanza.attrs['from'] ?? '')
  if (from === null || stanza.attrs['type'] === 'error') return null
  // there may be another one beside it, that says what we have become in the group
  const marks = stanza.getChildren('x', NS.mucUser)
  // a group itself says it, not somebody there, nor a person's client
  const mediated = from === bare(from) ? marks.flatMap((mark) => mark.getChild('invite') ?? [])[0] : undefined
  if (mediated !== undefined) {
    const inviter = parseJid(mediated.attrs['from'] ?? '')
    return {
      group: bare(from),
      from: inviter === null || bare(inviter) === bare(from) ? null : bare(inviter),
      reason: (mediated.getChildText('reason') ?? '').slice(0, 500),
      password: marks.flatMap((mark) => mark.getChildText('password') ?? [])[0] ?? null
    }
  }
  const direct = stanza.getChild('x', NS.conference)
  const group = parseJid(direct?.attrs['jid'] ?? '')
  if (direct === undefined || group === null || !group.includes('@')) return null
  return {
    group: bare(group),
    from: bare(from) === bare(group) ? null : bare(from),
    reason: (direct.attrs['reason'] ?? '').slice(0, 500),
    password: direct.attrs['password'] ?? null
  }
}

/** Whether an invitation is the group's own stanza, which says nothing else; a person may say something besides. */
export const isOfGroup = (invitation: Element): boolean =>
  !(invitation.attrs['from'] ?? '').includes('/') && invitation.getChildren('x', NS.mucUser).some((mark) => mark.getChild('invite') !== undefined)

/** XEP-0410: an occupant asks itself whether it is still there. */
export const selfPing = (group: string, nick: string): Element => xml('iq', { type: 'get', to: `${group}/${nick}` }, xml('ping', { xmlns: 'urn:xmpp:ping' }))
/** Section 3.3: of the answers, those that mean that we are not. */
export const isOut = (condition: string): boolean => condition === 'not-acceptable' || condition === 'item-not-found'

const conference = ({ identities }: Info): Info['identities'][number] | undefined => identities.find(({ category }) => category === 'conference')
export const groupName = (info: Info): string => plainName(conference(info)?.['name'] ?? '', 200)
/** Whether a service has groups. */
export const isGroupService = (info: Info): boolean => conference(info)?.['type'] === 'text' && info.features.has(NS.muc)
