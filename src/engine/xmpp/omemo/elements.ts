/** What of `eu.siacs.conversations.axolotl` stands in stanzas and at PEP nodes (XEP-0384 version 0.3): device list, bundle, message. */
import { xml, type Element } from '@xmpp/client'
import { decodeKey, encodeKey } from './curve.ts'
import type { Payload } from './payload.ts'
import { OmemoRefusal } from './refusal.ts'
import type { DeviceMessage } from './sessions.ts'
import type { Bundle, PublicPreKey } from './x3dh.ts'

export const AXOLOTL = 'eu.siacs.conversations.axolotl'
export const DEVICE_LIST_NODE = `${AXOLOTL}.devicelist`
export const bundleNode = (deviceId: number): string => `${AXOLOTL}.bundles:${deviceId}`

/** Devices of an account that are believed, prekeys of a bundle, keys of a message: as many as any client has, times ten. */
const MAX_DEVICES = 200
const MAX_PRE_KEYS = 1000
const MAX_KEYS = 2000
const MAX_DEVICE_ID = 2 ** 31 - 1

/** A message as it stands in its stanza: the sender's device, what each device gets, and the payload; null for one that carries keys alone. */
export interface Envelope<Keys extends Iterable<readonly [number, DeviceMessage]> = ReadonlyMap<number, DeviceMessage>> {
  deviceId: number
  keys: Keys
  payload: Payload | null
}

const base64 = (bytes: Buffer): string => bytes.toString('base64')
const bytesIn = (element: Element | undefined): Buffer => Buffer.from(element?.text() ?? '', 'base64')

/** A whole number from `min` to `max`, or null. */
function natural(text: unknown, max = 2 ** 32 - 1, min = 0): number | null {
  if (typeof text !== 'string' || !/^\d{1,10}$/.test(text)) return null
  const value = Number(text)
  return value >= min && value <= max ? value : null
}
const deviceIdOf = (text: unknown): number | null => natural(text, MAX_DEVICE_ID, 1)

function required(id: number | null, name: string): number {
  if (id === null) throw new OmemoRefusal('malformed', `${name} has no number that it could be.`)
  return id
}

export const deviceList = (ids: readonly number[]): Element => xml('list', { xmlns: AXOLOTL }, ...ids.map((id) => xml('device', { id: String(id) })))

/** Each device once, in the order of the list; what is no device is left out. */
export function decodeDeviceList(list: Element | undefined): number[] {
  if (list === undefined || !list.is('list', AXOLOTL)) return []
  const ids = list.getChildren('device').map(({ attrs }) => deviceIdOf(attrs.id))
  return [...new Set(ids.filter((id) => id !== null))].slice(0, MAX_DEVICES)
}

export function bundleElement({ identityKey, signedPreKey, preKeys }: Bundle): Element {
  return xml(
    'bundle',
    { xmlns: AXOLOTL },
    xml('signedPreKeyPublic', { signedPreKeyId: String(signedPreKey.id) }, base64(encodeKey(signedPreKey.key))),
    xml('signedPreKeySignature', {}, base64(signedPreKey.signature)),
    xml('identityKey', {}, base64(encodeKey(identityKey))),
    xml('prekeys', {}, ...preKeys.map(({ id, key }) => xml('preKeyPublic', { preKeyId: String(id) }, base64(encodeKey(key)))))
  )
}

/** Throws OmemoRefusal 'malformed'. The signature is not checked here (x3dh.ts, `begin`). */
export function decodeBundle(bundle: Element | undefined): Bundle {
  if (bundle === undefined || !bundle.is('bundle', AXOLOTL)) throw new OmemoRefusal('malformed', 'A device has no bundle.')
  const signed = bundle.getChild('signedPreKeyPublic')
  const preKeys: PublicPreKey[] = (bundle.getChild('prekeys')?.getChildren('preKeyPublic') ?? []).slice(0, MAX_PRE_KEYS).map((element) => ({
    id: required(natural(element.attrs.preKeyId), 'A prekey'),
    key: decodeKey(bytesIn(element))
  }))
  return {
    identityKey: decodeKey(bytesIn(bundle.getChild('identityKey'))),
    signedPreKey: {
      id: required(natural(signed?.attrs.signedPreKeyId), 'A signed prekey'),
      key: decodeKey(bytesIn(signed)),
      signature: bytesIn(bundle.getChild('signedPreKeySignature'))
    },
    preKeys
  }
}

/** `iv`: of the payload; a message without one has a vector all the same. Two accounts may have a device of one number. */
export function envelopeElement({ deviceId, keys, payload }: Envelope<Iterable<readonly [number, DeviceMessage]>>, iv: Buffer): Element {
  const header = xml(
    'header',
    { sid: String(deviceId) },
    ...[...keys].map(([rid, { bytes, first }]) => xml('key', { rid: String(rid), ...(first ? { prekey: 'true' } : {}) }, base64(bytes))),
    xml('iv', {}, base64(iv))
  )
  return xml('encrypted', { xmlns: AXOLOTL }, header, ...(payload === null ? [] : [xml('payload', {}, base64(payload.ciphertext))]))
}

/** Throws OmemoRefusal 'malformed'. Of several keys for a device the first counts. */
export function decodeEnvelope(encrypted: Element): Envelope {
  const header = encrypted.getChild('header')
  const payload = encrypted.getChild('payload')
  const keys = new Map<number, DeviceMessage>()
  for (const element of (header?.getChildren('key') ?? []).slice(0, MAX_KEYS)) {
    const rid = deviceIdOf(element.attrs.rid)
    if (rid !== null && !keys.has(rid)) keys.set(rid, { bytes: bytesIn(element), first: /^(?:true|1)$/.test(String(element.attrs.prekey)) })
  }
  return {
    deviceId: required(deviceIdOf(header?.attrs.sid), 'The device of a sender'),
    keys,
    payload: payload === undefined ? null : { iv: bytesIn(header?.getChild('iv')), ciphertext: bytesIn(payload) }
  }
}
