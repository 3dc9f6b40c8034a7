/** Groups (XEP-0045): roles, members, invitations. */
import { z } from 'zod'
import { Jid, MessageId } from './ids.ts'

/** Roles and affiliations (XEP-0045 sections 5.1 and 5.2). */
export const GroupRole = z.enum(['none', 'visitor', 'participant', 'moderator'])
export type GroupRole = z.infer<typeof GroupRole>
export const Affiliation = z.enum(['outcast', 'none', 'member', 'admin', 'owner'])
export type Affiliation = z.infer<typeof Affiliation>

/** Reason for being out of a group; 'interrupted': a fault, joined again by itself. */
export const OutReason = z.enum(['left', 'kicked', 'banned', 'removed', 'members-only', 'password', 'destroyed', 'interrupted'])
export type OutReason = z.infer<typeof OutReason>

/** Occupant or affiliated person of a group. */
export const GroupMember = z.object({
  /** null while away */
  nick: z.string().nullable(),
  /** Name shown everywhere. */
  name: z.string(),
  /** null where the group hides it */
  jid: Jid.nullable(),
  role: GroupRole,
  affiliation: Affiliation,
  own: z.boolean(),
  here: z.boolean()
})
export type GroupMember = z.infer<typeof GroupMember>
export const GroupMembers = z.object({
  /** Own role and affiliation. */
  role: GroupRole,
  affiliation: Affiliation,
  /** Has an archive (XEP-0313). */
  archived: z.boolean(),
  /** Takes a picture from its owners (XEP-0153). */
  picture: z.boolean(),
  members: z.array(GroupMember)
})
export type GroupMembers = z.infer<typeof GroupMembers>

/** Read mark of a group member (XEP-0333). */
export const GroupReader = z.object({
  nick: z.string(),
  name: z.string(),
  /** Bare address; null where the group hides it. */
  person: Jid.nullable(),
  upTo: MessageId
})
export type GroupReader = z.infer<typeof GroupReader>

/** Invitation into a group. */
export const Invitation = z.object({ account: Jid, group: Jid, from: Jid.nullable(), reason: z.string() })
export type Invitation = z.infer<typeof Invitation>
