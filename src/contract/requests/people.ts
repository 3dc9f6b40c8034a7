/** Requests about contacts. */
import { z } from 'zod'
import { ConversationId, Jid, RosterContact } from '../domain.ts'
import { LARGEST_PAGE, LONGEST_QUERY } from '../limits.ts'
import { PersonMatch } from '../search.ts'
import { call, nothing } from './call.ts'

/** Most contact cards sent at once, and most conversations that get them. */
const MOST_SHARED = 60

export const contactRequests = {
  'contacts.answer': call(z.object({ account: Jid, jid: Jid, accept: z.boolean() }), nothing),
  'contacts.block': call(z.object({ account: Jid, jid: Jid, blocked: z.boolean() }), nothing),
  /** Renames a contact; an empty name returns to the contact's own. */
  'contacts.rename': call(z.object({ account: Jid, jid: Jid, name: z.string().trim().max(200) }), nothing),
  /** Contacts of all accounts. */
  'contacts.list': call(nothing, z.array(RosterContact)),
  /** Sets the roster groups of a contact. */
  'contacts.setGroups': call(z.object({ account: Jid, jid: Jid, groups: z.array(z.string().trim().min(1).max(100)).max(20) }), nothing),
  /** People to write to, best match first; by use where nothing is typed. */
  'contacts.find': call(z.object({ text: z.string().max(LONGEST_QUERY), limit: z.number().int().min(1).max(LARGEST_PAGE) }), z.array(PersonMatch)),
  /** Sends contact cards into conversations: as vCard files, or as addresses where the server takes no files. */
  'contacts.share': call(z.object({ jids: z.array(Jid).min(1).max(MOST_SHARED), conversations: z.array(ConversationId).min(1).max(MOST_SHARED) }), nothing),
  'contacts.remove': call(z.object({ account: Jid, jid: Jid }), nothing)
} as const
