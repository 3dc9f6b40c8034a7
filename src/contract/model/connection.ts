/** Connection to a server: state, problems, certificates, abilities of the server. */
import { z } from 'zod'

export const ConnectionProblem = z.enum([
  'wrong-password',
  'unknown-host',
  'refused',
  'timed-out',
  'certificate',
  /** Certificate other than the accepted one. */
  'certificate-changed',
  'certificate-expired',
  'certificate-name',
  'no-encryption',
  /** No SASL mechanism in common. */
  'no-sign-in',
  /** Weaker SASL mechanisms than before. */
  'weaker-sign-in',
  /** Password wanted in plain, hashed before. */
  'password-in-plain',
  /** Mechanisms changed on the way (XEP-0474), or another channel than the server's (RFC 5056). */
  'offer-changed',
  /** No proof by the server that it knows the password (SCRAM). */
  'not-the-server',
  'not-xmpp',
  'conflict',
  'server-error',
  'network'
])
export type ConnectionProblem = z.infer<typeof ConnectionProblem>

/** Missing ability of a server: an archive; anything kept for absent users; copies to other devices, at all or at once; storage shared by devices; groups; files. */
export const Shortage = z.enum(['archive', 'anything-kept', 'copies', 'late-copies', 'storage', 'groups', 'files'])
export type Shortage = z.infer<typeof Shortage>

/**
 * Abilities of a server: XEP-0313; 0357; 0352; 0198; 0280; 0163; 0363; 0045, with an archive of its own; 0191; publish options
 * (0060 section 7.1.5), without which OMEMO's keys are seen by contacts alone; 0077; 0401; 0202; 0157.
 */
export const ServerAbility = z.enum([
  'archive',
  'carbons',
  'resume',
  'storage',
  'encryption',
  'files',
  'groups',
  'group-archive',
  'blocking',
  'push',
  'csi',
  'time',
  'registration',
  'invitations',
  'contacts'
])
export type ServerAbility = z.infer<typeof ServerAbility>

export const ServerReport = z.object({
  /** Software name and version as the server tells them; empty where it does not. */
  software: z.string(),
  /** Abilities, the most important first; `has`: null where unknown. */
  abilities: z.array(z.object({ name: ServerAbility, has: z.boolean().nullable() })),
  /** Largest upload, bytes; null where unknown. */
  largestFile: z.number().int().nullable(),
  /** Contact addresses of the operators (XEP-0157): mailto:, https: and xmpp:. */
  addresses: z.array(z.object({ kind: z.enum(['abuse', 'admin', 'feedback', 'sales', 'security', 'status', 'support']), uri: z.string() }))
})
export type ServerReport = z.infer<typeof ServerReport>

/** Certificate of a server that no authority vouches for. */
export const Certificate = z.object({
  /** SHA-256 of the certificate, upper-case hex pairs joined by colons. */
  fingerprint: z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
  subject: z.string(),
  issuer: z.string(),
  /** Milliseconds. */
  validTo: z.number(),
  /** OpenSSL's name of the reason, e.g. DEPTH_ZERO_SELF_SIGNED_CERT. */
  reason: z.string()
})
export type Certificate = z.infer<typeof Certificate>

export const ConnectionState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('signed-out') }),
  z.object({ status: z.literal('connecting') }),
  z.object({ status: z.literal('catching-up') }),
  z.object({ status: z.literal('online') }),
  z.object({
    status: z.literal('waiting'),
    problem: ConnectionProblem,
    detail: z.string(),
    /** Time of the next try; null where only the user can help (wrong password, refused certificate). */
    retryAt: z.number().nullable(),
    certificate: Certificate.nullable()
  })
])
export type ConnectionState = z.infer<typeof ConnectionState>

/** Transport security: STARTTLS (RFC 6120), TLS from the start (XEP-0368), or WebSocket (RFC 7395). */
export const Security = z.enum(['starttls', 'direct-tls', 'websocket'])

/** socks5://[user:password@]host:port, or http://... */
export const Proxy = z
  .string()
  .max(500)
  .regex(/^(socks5|http):\/\/([^\s/@:]*(:[^\s/@]*)?@)?(\[[0-9a-f:.]+\]|[^\s/@:]+):\d{1,5}\/?$/i)
export type Security = z.infer<typeof Security>
