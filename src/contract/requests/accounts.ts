/** Requests about accounts and registration. */
import { z } from 'zod'
import { AccountSettings, ConnectionState, Jid, RegistrationState, ServerInvitation, ServerReport } from '../domain.ts'
import { call, nothing, OwnPicture } from './call.ts'

export const accountRequests = {
  'account.signIn': call(AccountSettings, ConnectionState),
  /** Asks a server for its registration form; of `server` only the domain and the transport count. */
  'register.begin': call(z.object({ server: AccountSettings, token: z.string().max(500).nullable() }), RegistrationState),
  'register.submit': call(z.object({ values: z.record(z.string().max(200), z.string().max(10_000)) }), nothing),
  'register.end': call(nothing, nothing),
  /** Creates an invitation on the account's server; null where the server creates none. */
  'account.invite': call(z.object({ account: Jid }), ServerInvitation.nullable()),
  /** Asks the account's server for its abilities. */
  'account.server': call(z.object({ account: Jid }), ServerReport),
  'account.signOut': call(z.object({ account: Jid }), nothing),
  'account.reconnect': call(z.object({ account: Jid, trustFingerprint: z.string().nullable(), password: z.string().nullable() }), nothing),
  /** Sets the nickname that contacts see. */
  'account.setNick': call(z.object({ account: Jid, nick: z.string().trim().max(200) }), nothing),
  /** Sets a square avatar, or removes it. */
  'account.setAvatar': call(z.object({ account: Jid, picture: OwnPicture.nullable() }), nothing)
} as const
