/** Requests about groups (XEP-0045). */
import { z } from 'zod'
import { Affiliation, Conversation, ConversationId, GroupMembers, GroupReader, GroupRole, Jid } from '../domain.ts'
import { call, nothing, OwnPicture } from './call.ts'

export const groupRequests = {
  'groups.moderates': call(z.object({ conversation: ConversationId }), z.boolean()),
  'groups.create': call(
    z.object({ account: Jid.nullable(), name: z.string().trim().min(1).max(200), membersOnly: z.boolean(), invite: z.array(Jid).max(500) }),
    Conversation
  ),
  /** Look-alike names of a group, by name. */
  'groups.lookAlikes': call(z.object({ conversation: ConversationId }), z.record(z.string(), z.array(z.string()))),
  'groups.members': call(z.object({ conversation: ConversationId }), GroupMembers),
  'groups.readers': call(z.object({ conversation: ConversationId }), z.array(GroupReader)),
  /** Numbers of members, and of members who are here. */
  'groups.counts': call(z.object({ conversation: ConversationId }), z.object({ members: z.number().int(), here: z.number().int() })),
  'groups.setNick': call(z.object({ conversation: ConversationId, nick: z.string().trim().min(1).max(200) }), nothing),
  /** Sets a square picture, or removes it. */
  'groups.setPicture': call(z.object({ conversation: ConversationId, picture: OwnPicture.nullable() }), nothing),
  'groups.invite': call(z.object({ conversation: ConversationId, jids: z.array(Jid).min(1).max(500) }), nothing),
  'groups.setAffiliation': call(z.object({ conversation: ConversationId, jid: Jid, affiliation: Affiliation }), nothing),
  /** Sets a role; 'none' kicks the occupant. */
  'groups.setRole': call(z.object({ conversation: ConversationId, nick: z.string().min(1).max(1023), role: GroupRole }), nothing),
  'groups.setSubject': call(z.object({ conversation: ConversationId, subject: z.string().max(2000) }), nothing),
  'groups.rename': call(z.object({ conversation: ConversationId, name: z.string().trim().min(1).max(200) }), nothing),
  /** Destroys the group for everybody, permanently. */
  'groups.destroy': call(z.object({ conversation: ConversationId }), nothing),
  /** True if the user may mention everybody in the group. */
  'groups.callsAll': call(z.object({ conversation: ConversationId }), z.boolean()),
  'groups.answer': call(z.object({ account: Jid, group: Jid, accept: z.boolean() }), nothing)
} as const
