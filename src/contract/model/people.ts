/** Contacts of the roster (RFC 6121) and presence. */
import { z } from 'zod'
import { Jid } from './ids.ts'

/** Request to be a contact of an account. */
export const ContactRequest = z.object({ account: Jid, jid: Jid })
export type ContactRequest = z.infer<typeof ContactRequest>

/** Contact in the roster of an account (RFC 6121 section 2). */
export const RosterContact = z.object({
  account: Jid,
  jid: Jid,
  /** Empty where neither the user nor the contact chose one. */
  name: z.string(),
  subscription: z.enum(['none', 'to', 'from', 'both']),
  /** Subscription requested, no answer yet. */
  asked: z.boolean(),
  /** Roster groups of the contact. */
  groups: z.array(z.string())
})
export type RosterContact = z.infer<typeof RosterContact>

/** Availability (RFC 6121 section 4.7.2.1); 'online': an available presence without <show/>. */
export const Presence = z.enum(['offline', 'online', 'away', 'xa', 'dnd', 'chat'])
export type Presence = z.infer<typeof Presence>
