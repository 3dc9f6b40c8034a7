/** Accounts: settings, registration, invitations. */
import { z } from 'zod'
import { Jid } from './ids.ts'
import { Certificate, ConnectionProblem, Proxy, Security } from './connection.ts'

export const AccountSettings = z.object({
  jid: Jid,
  password: z.string().min(1).max(1024),
  /** Host to connect to; null for the address's domain, by its SRV records (RFC 6120 section 3.2.1) where there are any. */
  host: z.string().min(1).max(255).nullable(),
  port: z.number().int().min(1).max(65535).nullable(),
  security: Security,
  /** Proxy for the connection and for files; null for none. */
  proxy: Proxy.nullable().default(null),
  /** Fingerprint of a certificate that the user accepted although no authority vouches for it. */
  trustedFingerprint: Certificate.shape.fingerprint.nullable()
})
export type AccountSettings = z.infer<typeof AccountSettings>

/** Field of a registration form (XEP-0004). `picture`: captcha as a data: address (XEP-0158). */
export const AccountFormField = z.object({
  name: z.string(),
  kind: z.enum(['text', 'password', 'boolean', 'choice', 'lines', 'hidden', 'fixed']),
  label: z.string(),
  about: z.string(),
  required: z.boolean(),
  value: z.string(),
  options: z.array(z.object({ label: z.string(), value: z.string() })),
  picture: z.string().nullable()
})
export type AccountFormField = z.infer<typeof AccountFormField>
/** Registration form of a server (XEP-0077). `web`: web page where accounts are made instead; `isForm`: sent as a data form. */
export const AccountForm = z.object({
  domain: z.string(),
  instructions: z.string(),
  web: z.string().nullable(),
  isForm: z.boolean(),
  fields: z.array(AccountFormField)
})
export type AccountForm = z.infer<typeof AccountForm>

/** State of a registration: a form to fill in, or no connection. */
export const RegistrationState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('form'), form: AccountForm }),
  z.object({ status: z.literal('unreachable'), problem: ConnectionProblem, detail: z.string(), certificate: Certificate.nullable() })
])
export type RegistrationState = z.infer<typeof RegistrationState>

/** Invitation made by a server (XEP-0401): whoever opens it becomes a contact. `page`: the same for a browser; `until`: expiry, ms. */
export const ServerInvitation = z.object({ uri: z.string(), page: z.string().nullable(), until: z.number().int().nullable() })
export type ServerInvitation = z.infer<typeof ServerInvitation>
