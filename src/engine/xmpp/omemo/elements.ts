/**
 * OMEMO elements in stanzas and PEP nodes: device list, bundle, message; of `eu.siacs.conversations.axolotl` (XEP-0384 version 0.3) and of `urn:xmpp:omemo:2`
 * (version 0.8).
 */
import { xml, type Element } from '@xmpp/client'
import { decodeKey, encodeKey, KEY_LENGTH } from './curve.ts'
import type { Payload } from './payload.ts'
import { OmemoRefusal } from './refusal.ts'
import type { DeviceMessage } from './sessions.ts'
import type { Version } from './version.ts'
import type { Bundle, PublicPreKey } from './x3dh.ts'

export const AXOLOTL = 'eu.siacs.conversations.axolotl'
export const OMEMO_2 = 'urn:xmpp:omemo:2'
export const NAMESPACES: Record<Version, string> = { axolotl: AXOLOTL, 'omemo:2': OMEMO_2 }
export const LIST_NODES: Record<Version, string> = { axolotl: `${AXOLOTL}.devicelist`, 'omemo:2': `${OMEMO_2}:devices` }
/** Id of a node's only item. */
const CURRENT = 'current'
/** Node and item of a device's bundle. Version 0.8 has one node for all bundles. */
export const bundlePlace = (version: Version, deviceId: number): { node: string; item: string } =>
  version === 'axolotl' ? { node: `${AXOLOTL}.bundles:${deviceId}`, item: CURRENT } : { node: `${OMEMO_2}:bundles`, item: String(deviceId) }

/** Limits, ten times what any client has: devices of an account, prekeys of a bundle, keys of a message. */
const MAX_DEVICES = 200
const MAX_PRE_KEYS = 1000
const MAX_KEYS = 2000
const MAX_DEVICE_ID = 2 ** 31 - 1

/** Device as its owner announces it. */
export interface ListedDevice {
  id: number
  /** Name given by its owner; only in `urn:xmpp:omemo:2`. */
  label: string | null
}

/** Encrypted element of a stanza: the sender's device, the keys for devices, and the payload; null for a key transport message. */
export interface Envelope {
  deviceId: number
  keys: ReadonlyMap<number, DeviceMessage>
  payload: Payload | null
}

/** Key for one device of an account. */
export interface DeviceKey {
  jid: string
  device: number
  message: DeviceMessage
}

const base64 = (bytes: Buffer): string => bytes.toString('base64')
const bytesIn = (element: Element | undefined): Buffer => Buffer.from(element?.text() ?? '', 'base64')

/** Whole number from `min` to `max`, or null. */
function natural(text: unknown, max = 2 ** 32 - 1, min = 0): number | null {
  if (typeof text !== 'string' || !/^\d{1,10}$/.test(text)) return null
  const value = Number(text)
  return value >= min && value <= max ? value : null
}
const deviceIdOf = (text: unknown): number | null => natural(text, MAX_DEVICE_ID, 1)

function required(id: number | null, name: string): number {
  if (id === null) throw new OmemoRefusal('malformed', `${name} is not a valid number.`)
  return id
}

/** Longest device name, UTF-16 units. */
const LONGEST_LABEL = 60

const LISTS: Record<Version, string> = { axolotl: 'list', 'omemo:2': 'devices' }
const deviceElement = (version: Version, { id, label }: ListedDevice): Element =>
  xml('device', { id: String(id), ...(version === 'axolotl' || label === null ? {} : { label }) })

export const deviceList = (version: Version, devices: readonly ListedDevice[]): Element =>
  xml(LISTS[version], { xmlns: NAMESPACES[version] }, ...devices.map((one) => deviceElement(version, one)))

/** List without a device, and with another one at its end if given. Everything else stays as published, such as signed names (`labelsig`) of other devices. */
export function changedList(version: Version, list: Element | undefined, without: number, more: ListedDevice | null = null): Element {
  const known = list?.is(LISTS[version], NAMESPACES[version]) === true ? list : xml(LISTS[version], { xmlns: NAMESPACES[version] })
  const kept = known.children.filter((child) => typeof child === 'string' || child.name !== 'device' || deviceIdOf(child.attrs.id) !== without)
  return xml(known.name, known.attrs, ...kept, ...(more === null ? [] : [deviceElement(version, more)]))
}

/** Device name as announced; null: none. */
export function deviceLabel(text: unknown): string | null {
  const label = typeof text === 'string' ? text.trim().slice(0, LONGEST_LABEL) : ''
  return label === '' ? null : label
}

/** Devices of a list, each once, in its order; invalid ones are left out. */
export function decodeDeviceList(version: Version, list: Element | undefined): ListedDevice[] {
  if (list === undefined || !list.is(LISTS[version], NAMESPACES[version])) return []
  const devices = new Map<number, ListedDevice>()
  for (const { attrs } of list.getChildren('device')) {
    const id = deviceIdOf(attrs.id)
    if (id !== null && !devices.has(id) && devices.size < MAX_DEVICES) devices.set(id, { id, label: version === 'axolotl' ? null : deviceLabel(attrs.label) })
  }
  return [...devices.values()]
}

export function bundleElement({ version, identityKey, signedPreKey, preKeys }: Bundle): Element {
  if (version === 'omemo:2')
    return xml(
      'bundle',
      { xmlns: OMEMO_2 },
      xml('spk', { id: String(signedPreKey.id) }, base64(signedPreKey.key)),
      xml('spks', {}, base64(signedPreKey.signature)),
      xml('ik', {}, base64(identityKey)),
      xml('prekeys', {}, ...preKeys.map(({ id, key }) => xml('pk', { id: String(id) }, base64(key))))
    )
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
export function decodeBundle(version: Version, bundle: Element | undefined): Bundle {
  if (bundle === undefined || !bundle.is('bundle', NAMESPACES[version])) throw new OmemoRefusal('malformed', 'A device has no bundle.')
  return version === 'axolotl' ? decodeOldBundle(bundle) : decodeNewBundle(bundle)
}

function decodeOldBundle(bundle: Element): Bundle {
  const signed = bundle.getChild('signedPreKeyPublic')
  const preKeys: PublicPreKey[] = (bundle.getChild('prekeys')?.getChildren('preKeyPublic') ?? []).slice(0, MAX_PRE_KEYS).map((element) => ({
    id: required(natural(element.attrs.preKeyId), 'A prekey'),
    key: decodeKey(bytesIn(element))
  }))
  return {
    version: 'axolotl',
    identityKey: decodeKey(bytesIn(bundle.getChild('identityKey'))),
    signedPreKey: {
      id: required(natural(signed?.attrs.signedPreKeyId), 'A signed prekey'),
      key: decodeKey(bytesIn(signed)),
      signature: bytesIn(bundle.getChild('signedPreKeySignature'))
    },
    preKeys
  }
}

/** Raw key, 32 bytes. */
function rawKey(element: Element | undefined): Buffer {
  const key = bytesIn(element)
  if (key.length !== KEY_LENGTH) throw new OmemoRefusal('malformed', `A public key has ${key.length} bytes.`)
  return key
}

function decodeNewBundle(bundle: Element): Bundle {
  const signed = bundle.getChild('spk')
  const preKeys: PublicPreKey[] = (bundle.getChild('prekeys')?.getChildren('pk') ?? [])
    .slice(0, MAX_PRE_KEYS)
    .map((element) => ({ id: required(natural(element.attrs.id), 'A prekey'), key: rawKey(element) }))
  return {
    version: 'omemo:2',
    identityKey: rawKey(bundle.getChild('ik')),
    signedPreKey: { id: required(natural(signed?.attrs.id), 'A signed prekey'), key: rawKey(signed), signature: bytesIn(bundle.getChild('spks')) },
    preKeys
  }
}

/** `iv`: of the payload; a message of version 0.3 without a payload has an iv all the same. Devices of two accounts may have the same id. */
export function envelopeElement(
  version: Version,
  { deviceId, keys, payload }: { deviceId: number; keys: readonly DeviceKey[]; payload: Payload | null },
  iv: Buffer
): Element {
  const content = payload === null ? [] : [xml('payload', {}, base64(payload.ciphertext))]
  const attributes = { sid: String(deviceId) }
  if (version === 'axolotl') {
    const elements = keys.map(({ device, message: { bytes, first } }) =>
      xml('key', { rid: String(device), ...(first ? { prekey: 'true' } : {}) }, base64(bytes))
    )
    return xml('encrypted', { xmlns: AXOLOTL }, xml('header', attributes, ...elements, xml('iv', {}, base64(iv))), ...content)
  }
  const accounts = [...new Set(keys.map(({ jid }) => jid))].map((jid) =>
    xml(
      'keys',
      { jid },
      ...keys
        .filter((one) => one.jid === jid)
        .map(({ device, message: { bytes, first } }) => xml('key', { rid: String(device), ...(first ? { kex: 'true' } : {}) }, base64(bytes)))
    )
  )
  return xml('encrypted', { xmlns: OMEMO_2 }, xml('header', attributes, ...accounts), ...content)
}

const isTrue = (text: unknown): boolean => text === 'true' || text === '1'

/**
 * `own`: account whose keys are read; version 0.3 does not tell the account of a key. Throws OmemoRefusal 'malformed'. Of several keys for a device the first
 * counts.
 */
export function decodeEnvelope(version: Version, encrypted: Element, own: string): Envelope {
  const header = encrypted.getChild('header')
  const payload = encrypted.getChild('payload')
  const keys = new Map<number, DeviceMessage>()
  const holders = version === 'axolotl' ? [header] : (header?.getChildren('keys') ?? []).filter(({ attrs }) => attrs.jid === own)
  for (const element of holders.flatMap((holder) => holder?.getChildren('key') ?? []).slice(0, MAX_KEYS)) {
    const rid = deviceIdOf(element.attrs.rid)
    if (rid !== null && !keys.has(rid))
      keys.set(rid, { bytes: bytesIn(element), first: isTrue(version === 'axolotl' ? element.attrs.prekey : element.attrs.kex) })
  }
  return {
    deviceId: required(deviceIdOf(header?.attrs.sid), 'The device of a sender'),
    keys,
    payload: payload === undefined ? null : { iv: version === 'axolotl' ? bytesIn(header?.getChild('iv')) : Buffer.alloc(0), ciphertext: bytesIn(payload) }
  }
}
