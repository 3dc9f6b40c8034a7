/** End-to-end encryption: devices, their trust, and the state of a conversation. */
import { z } from 'zod'
import { Jid } from './ids.ts'

/** Trust in a device: 'trusted' blindly, 'verified' by comparison, 'undecided', or 'refused'. */
export const DeviceTrust = z.enum(['trusted', 'verified', 'undecided', 'refused'])
export type DeviceTrust = z.infer<typeof DeviceTrust>

/** Device with its own key for end-to-end encryption. */
export const Device = z.object({
  device: z.number().int(),
  /** Public identity key (X25519), 64 hex digits; null if not known yet. */
  fingerprint: z.string().nullable(),
  /** Name given by its owner. */
  label: z.string().nullable(),
  trust: DeviceTrust,
  /** Reason to decide about a device that is not new: its key has changed, or the user removed it and it has returned; null: none. */
  doubt: z.enum(['key', 'returned']).nullable(),
  /** Listed in the owner's device list. */
  active: z.boolean(),
  /** First time it was seen, and last time a message from it was decrypted, ms; 0 for never. */
  firstAt: z.number(),
  lastAt: z.number()
})
export type Device = z.infer<typeof Device>

/**
 * Encryption of the next message in a conversation. `on`: it will be encrypted; `possible`: it could be; `verified`: all devices of the
 * others are compared; `undecided`: number of their devices that wait for a decision, `ownUndecided`: of our own; `without`: people without any device to
 * encrypt for.
 */
export const Secrecy = z.object({
  on: z.boolean(),
  possible: z.boolean(),
  verified: z.boolean(),
  undecided: z.number().int(),
  ownUndecided: z.number().int(),
  without: z.array(Jid)
})
export type Secrecy = z.infer<typeof Secrecy>
