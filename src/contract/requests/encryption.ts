/** Requests about end-to-end encryption and its devices. */
import { z } from 'zod'
import { ConversationId, Device, DeviceTrust, Jid, Secrecy } from '../domain.ts'
import { call, nothing } from './call.ts'

export const encryptionRequests = {
  'encryption.of': call(z.object({ conversation: ConversationId }), Secrecy),
  /** Devices of a person, or the account's other devices; `own`: this device, in the account's own list. */
  'encryption.devices': call(z.object({ account: Jid, jid: Jid }), z.object({ own: Device.nullable(), devices: z.array(Device) })),
  'encryption.trust': call(z.object({ account: Jid, jid: Jid, device: z.number().int(), trust: DeviceTrust }), nothing),
  /** Removes another device from the account's own list. */
  'encryption.forget': call(z.object({ account: Jid, device: z.number().int() }), nothing)
} as const
