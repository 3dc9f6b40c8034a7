/** Extensions of the stream itself, below and beside the stanzas. */
import type { Extension } from '../stanzas/extensions.ts'

export const STREAM: readonly Extension[] = [
  { id: 'RFC 6120', name: 'XMPP Core' },
  { id: 'RFC 7395', name: 'XMPP over WebSocket' },
  { id: 'RFC 7590', name: 'Use of TLS in XMPP' },
  { id: 'RFC 7622', name: 'Address Format' },
  { id: 'RFC 7677', name: 'SCRAM-SHA-256' },
  { id: 'RFC 9266', name: 'Channel Bindings for TLS 1.3' },
  { id: 'XEP-0077', name: 'In-Band Registration' },
  { id: 'XEP-0156', name: 'Discovering Alternative XMPP Connection Methods' },
  { id: 'XEP-0158', name: 'CAPTCHA Forms' },
  { id: 'XEP-0198', name: 'Stream Management' },
  { id: 'XEP-0199', name: 'XMPP Ping', features: ['urn:xmpp:ping'] },
  { id: 'XEP-0352', name: 'Client State Indication' },
  { id: 'XEP-0363', name: 'HTTP File Upload' },
  { id: 'XEP-0368', name: 'SRV records for XMPP over TLS' },
  { id: 'XEP-0386', name: 'Bind 2' },
  { id: 'XEP-0388', name: 'Extensible SASL Profile' },
  { id: 'XEP-0401', name: 'Ad-hoc Account Invitation Generation' },
  { id: 'XEP-0440', name: 'SASL Channel-Binding Type Capability' },
  { id: 'XEP-0445', name: 'Pre-Authenticated In-Band Registration' },
  { id: 'XEP-0474', name: 'SASL SCRAM Downgrade Protection' },
  { id: 'XEP-0478', name: 'Stream Limits Advertisement' },
  { id: 'XEP-0484', name: 'Fast Authentication Streamlining Tokens' }
]
