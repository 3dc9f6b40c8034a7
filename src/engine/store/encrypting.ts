/**
 * OMEMO (XEP-0384 0.3) on the store: each step of a session is stored in the transaction of what it belongs to, the message that was
 * opened or the ciphertext that is handed out. Secrets stay in the writer's thread.
 */
import { randomInt } from 'node:crypto'
import { LONGEST_TEXT, type DeviceTrust, type Jid, type Unreadable } from '../../contract/domain.ts'
import { attachmentKind, mediaType, nameIn, safeName } from '../file-names.ts'
import { identity, keyPair, type Identity } from '../xmpp/omemo/curve.ts'
import { openName, parseMediaAddress } from '../xmpp/omemo/media.ts'
import { openPayload, sealPayload } from '../xmpp/omemo/payload.ts'
import { OmemoRefusal, type RefusalCode } from '../xmpp/omemo/refusal.ts'
import { buffers, without, type Sealed, type SealedMessage } from '../xmpp/omemo/sealed.ts'
import { canSend, MAX_SESSIONS, receive, send, staled, type Received, type Sessions } from '../xmpp/omemo/sessions.ts'
import { decodeSessions, encodeSessions } from '../xmpp/omemo/stored.ts'
import { begin, signPreKey, type Bundle, type OwnKeys } from '../xmpp/omemo/x3dh.ts'
import type { NewAttachment } from './tables/attachment.ts'
import type { DeviceRow, omemoWrites } from './tables/omemo.ts'

/** One-time prekeys that a bundle has. */
const PRE_KEYS = 100
/** A signed prekey is announced so long, and is known so much longer for who had read the bundle before, ms. */
const SIGNED_MS = 7 * 86_400_000
const SIGNED_KEPT_MS = 35 * 86_400_000
const MAX_DEVICE_ID = 2 ** 31 - 1

/** A device of somebody. */
export interface DeviceAddress {
  jid: Jid
  device: number
}

/** What is to be done after messages were opened. */
export interface EncryptionEffects {
  account: Jid
  /** Sessions that others have begun: an empty message completes them. */
  begun: DeviceAddress[]
  /** Sessions that opened nothing: they are begun anew. */
  broken: DeviceAddress[]
  /** The bundle has changed. */
  bundle: boolean
}

export type Opened = { kind: 'text'; text: string; files: NewAttachment[] } | { kind: 'silent' } | { kind: 'unreadable'; reason: Unreadable }

/** This device as others see it. */
export interface OwnDevice {
  device: number
  bundle: Bundle
  /** Rises with each change of the bundle. */
  version: number
  /** The server has not yet taken the bundle as it is. */
  unpublished: boolean
}

/** Devices that a message goes to. */
export interface Targets {
  /** Trusted ones; `ready`: there is a session to send with. */
  devices: (DeviceAddress & { ready: boolean })[]
  /** New ones, about which the user has yet to decide. */
  undecided: DeviceAddress[]
  /** Who has no device that it could go to. */
  without: Jid[]
}

/** 'used' is none: such a message is here. */
const REASONS: Record<Exclude<RefusalCode, 'used'>, Unreadable> = {
  malformed: 'damaged',
  version: 'method',
  forged: 'session',
  'too-far': 'session',
  'no-session': 'session',
  'no-key': 'session'
}
/** A new session mends these. */
const HEALED: ReadonlySet<RefusalCode> = new Set(['forged', 'too-far', 'no-session', 'no-key'])

/** The file that a text is the address of (XEP-0454); a second line may have a thumbnail. */
function filesIn(text: string): NewAttachment[] {
  const [address = '', ...more] = text.trim().split('\n')
  const found = more.length > 1 ? null : parseMediaAddress(address)
  if (found === null) return []
  const last = nameIn(found.url)
  const name = safeName(openName(last, found) ?? last)
  const type = mediaType(name, null)
  return [{ kind: attachmentKind(type), name, bytes: null, stored: null, url: address, type }]
}

export function createEncrypting(omemo: ReturnType<typeof omemoWrites>, asksTrust: () => boolean) {
  function makePreKeys(account: Jid, count: number, next: number): number {
    for (let id = next; id < next + count; id++) omemo.putPreKey(account, id, keyPair().secret, null)
    return next + count
  }

  /** This device's row, made where there is none. */
  function ensure(account: Jid, time: number): { device: number; own: Identity; next: number; unpublished: boolean } {
    const row = omemo.own(account)
    if (row !== undefined) return { device: row.device, own: identity(row.seed), next: row.next_id, unpublished: row.unpublished === 1 }
    const own = identity()
    const device = randomInt(1, MAX_DEVICE_ID)
    omemo.insertOwn(account, device, own.seed, 2)
    omemo.putPreKey(account, 1, keyPair().secret, time)
    const next = makePreKeys(account, PRE_KEYS, 2)
    omemo.setNext(account, next)
    return { device, own, next, unpublished: true }
  }

  /** Our device, its bundle filled up, its signed prekey a week old at most. `time`: ms. */
  function ownDevice({ account, time }: { account: Jid; time: number }): OwnDevice {
    const { device, own, next: first, unpublished } = ensure(account, time)
    let next = first
    const before = omemo.preKeys(account)
    const signedAt = (row: { signed_at: number | null }): number => row.signed_at ?? -Infinity
    const newest = before.reduce((last, row) => Math.max(last, signedAt(row)), -Infinity)
    if (Math.abs(time - newest) > SIGNED_MS) omemo.putPreKey(account, next++, keyPair().secret, time)
    for (const row of before)
      if (row.signed_at !== null && row.signed_at !== newest && time - row.signed_at > SIGNED_KEPT_MS) omemo.removePreKey(account, row.id)
    const lacking = PRE_KEYS - before.filter((row) => row.signed_at === null).length
    if (lacking > 0) next = makePreKeys(account, lacking, next)
    if (next !== first) omemo.setNext(account, next)
    const rows = omemo.preKeys(account)
    const signed = rows.filter((row) => row.signed_at !== null).reduce((last, row) => (row.id > last.id ? row : last))
    const key = keyPair(signed.secret).public
    const preKeys = rows.filter((row) => row.signed_at === null).map(({ id, secret }) => ({ id, key: keyPair(secret).public }))
    return {
      device,
      bundle: { identityKey: own.public, signedPreKey: { id: signed.id, key, signature: signPreKey(own, key) }, preKeys },
      version: next,
      unpublished: unpublished || next !== first
    }
  }

  /** A device that was not known: trusted where the user has verified no other of that person, and does not want to be asked. */
  const trustOfNew = (account: Jid, jid: Jid): DeviceTrust =>
    asksTrust() || omemo.devices(account, jid).some(({ trust }) => trust === 'verified') ? 'undecided' : 'trusted'

  const newRow = (account: Jid, jid: Jid, device: number, time: number): DeviceRow => ({
    jid,
    device,
    identity: null,
    active: 0,
    trust: trustOfNew(account, jid),
    first_at: time,
    last_at: 0
  })

  /** Another identity under a known number is another device. */
  function identified(account: Jid, row: DeviceRow, key: Buffer): DeviceRow {
    if (row.identity === null || row.identity.equals(key)) return { ...row, identity: key }
    return { ...row, identity: key, trust: row.trust === 'trusted' ? trustOfNew(account, row.jid) : 'undecided' }
  }

  /** Somebody's device list, as its owner announces it; false: it was known so. */
  function setDevices({ account, jid, devices, time }: { account: Jid; jid: Jid; devices: readonly number[]; time: number }): boolean {
    ensure(account, time)
    const listed = new Set(devices)
    const known = omemo.devices(account, jid)
    let changed = false
    for (const row of known) {
      const active = listed.delete(row.device) ? 1 : 0
      if (active === row.active) continue
      omemo.putDevice(account, { ...row, active })
      changed = true
    }
    // together: the first of them is not the reason to ask about the second
    const rows = [...listed].map((device) => ({ ...newRow(account, jid, device, time), active: 1 as const }))
    for (const row of rows) omemo.putDevice(account, row)
    return changed || rows.length > 0
  }

  /** What the user says of a device. */
  function setTrust({ account, jid, device, trust }: { account: Jid; trust: DeviceTrust } & DeviceAddress): void {
    const row = omemo.device(account, jid, device)
    if (row !== undefined) omemo.putDevice(account, { ...row, trust })
  }

  const sessionsWith = (account: Jid, { jid, device }: DeviceAddress): Sessions => {
    const stored = omemo.session(account, jid, device)
    return stored === undefined ? [] : decodeSessions(stored)
  }

  /** Begins a session with a device by its bundle; null, or why it could not be begun. */
  function beginSession({ account, jid, device, bundle, time }: { account: Jid; bundle: Bundle; time: number } & DeviceAddress): RefusalCode | null {
    const { own } = ensure(account, time)
    try {
      const session = begin(own, buffers(bundle))
      omemo.putDevice(account, identified(account, omemo.device(account, jid, device) ?? newRow(account, jid, device, time), session.peerIdentity))
      omemo.putSession(account, jid, device, encodeSessions([session, ...sessionsWith(account, { jid, device })].slice(0, MAX_SESSIONS)))
      return null
    } catch (error) {
      if (error instanceof OmemoRefusal) return error.code
      throw error
    }
  }

  /** Where a message to these accounts goes; `jids` without our own, whose other devices get it, too. */
  function targets({ account, jids, time }: { account: Jid; jids: readonly Jid[]; time: number }): Targets {
    const { device: ourDevice } = ensure(account, time)
    const found: Targets = { devices: [], undecided: [], without: [] }
    for (const jid of new Set([...jids, account])) {
      const known = omemo.devices(account, jid).filter((row) => jid !== account || row.device !== ourDevice)
      const listed = known.filter((row) => row.active === 1)
      // a client may announce nothing, or to its contacts alone: what has written to us is there
      const active = listed.length > 0 || jid === account ? listed : known.filter((row) => row.last_at > 0)
      const trusted = active.filter(({ trust }) => trust === 'trusted' || trust === 'verified')
      for (const { device } of trusted) found.devices.push({ jid, device, ready: canSend(sessionsWith(account, { jid, device })) })
      for (const { device, trust } of active) if (trust === 'undecided') found.undecided.push({ jid, device })
      if (jid !== account && trusted.length === 0) found.without.push(jid)
    }
    return found
  }

  /** Encrypts a text, or an empty message (null), for devices with a session; those that have none are left out. */
  function seal({ account, devices, text, time }: { account: Jid; devices: readonly DeviceAddress[]; text: string | null; time: number }): SealedMessage {
    const { device: ourDevice } = ensure(account, time)
    const { key, iv, ciphertext } = sealPayload(text ?? '')
    const keys: SealedMessage['keys'] = []
    for (const to of devices) {
      const sessions = sessionsWith(account, to)
      if (!canSend(sessions)) continue
      const sent = send(sessions, ourDevice, key)
      omemo.putSession(account, to.jid, to.device, encodeSessions(sent.sessions))
      keys.push([to.device, sent.message])
    }
    return { device: ourDevice, keys, iv, ciphertext: text === null ? null : ciphertext }
  }

  /** Opens messages of one batch; what has changed is stored by `close`. */
  function opening(account: Jid, time: number) {
    const row = omemo.own(account)
    const changed = new Map<string, DeviceAddress & { sessions: Sessions }>()
    const effects: EncryptionEffects = { account, begun: [], broken: [], bundle: false }
    const keys: OwnKeys | null =
      row === undefined
        ? null
        : {
            identity: identity(row.seed),
            preKey: (id) => pairOf(omemo.preKey(account, id)),
            signedPreKey: (id) => pairOf(omemo.signedPreKey(account, id))
          }
    const pairOf = (secret: Buffer | undefined): ReturnType<typeof keyPair> | undefined => (secret === undefined ? undefined : keyPair(secret))
    let isOlder = false
    const add = (list: DeviceAddress[], address: DeviceAddress): void => {
      if (!list.some(({ jid, device }) => jid === address.jid && device === address.device)) list.push(address)
    }

    /** Null: it was opened before. */
    function open(sealed: Sealed): Opened | null {
      const { from: jid, device, key, payload, fallback } = buffers(sealed)
      if (jid === null) return { kind: 'unreadable', reason: 'author' }
      // what this device has sent is here, or was; a session to itself there is none
      if (keys === null || key === null || (jid === account && device === row?.device))
        return payload === null ? { kind: 'silent' } : { kind: 'unreadable', reason: 'device' }
      const address = { jid, device }
      const name = `${device} ${jid}`
      const unreadable = (reason: Unreadable): Opened => (payload === null ? { kind: 'silent' } : { kind: 'unreadable', reason })
      let received: Received
      try {
        received = receive(changed.get(name)?.sessions ?? sessionsWith(account, address), keys, key)
      } catch (error) {
        if (!(error instanceof OmemoRefusal)) throw error
        if (error.code === 'used') return null
        if (HEALED.has(error.code)) add(effects.broken, address)
        return unreadable(REASONS[error.code])
      }
      let text: string | null
      try {
        text = payload === null ? null : openPayload(payload, received.plaintext)
      } catch (error) {
        // the session stays as it was: a copy of the message that nobody has changed can be opened
        if (error instanceof OmemoRefusal) return unreadable('damaged')
        throw error
      }
      changed.set(name, { ...address, sessions: received.sessions })
      const known = omemo.device(account, jid, device) ?? newRow(account, jid, device, time)
      const peer = received.sessions[0]?.peerIdentity
      if (received.usedPreKeyId !== null) {
        omemo.removePreKey(account, received.usedPreKeyId)
        effects.bundle = true
        add(effects.begun, address)
      }
      const isNew = received.usedPreKeyId !== null || known.identity === null
      omemo.putDevice(account, { ...(peer !== undefined && isNew ? identified(account, known, peer) : known), last_at: time })
      if (text === null) return { kind: 'silent' }
      const whole = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text
      const files = filesIn(whole)
      return { kind: 'text', text: files.length > 0 ? '' : fallback === null ? whole : without(whole, fallback), files }
    }

    function close(): EncryptionEffects {
      for (const { jid, device, sessions } of changed.values()) omemo.putSession(account, jid, device, encodeSessions(sessions))
      if (isOlder) stale(account)
      if (effects.bundle) omemo.setUnpublished(account, true)
      return effects
    }

    return {
      device: row?.device ?? null,
      open,
      /** This device has sent what the store does not know: it is an older copy. */
      noteOlder: (): void => void (isOlder = true),
      close
    }
  }

  /** The store is older than what this device has sent since: no session sends before its peer's next turn. */
  function stale(account: Jid): void {
    for (const { jid, device, sessions } of omemo.sessionsOf(account)) omemo.putSession(account, jid, device, encodeSessions(staled(decodeSessions(sessions))))
  }

  return {
    ownDevice,
    /** The server has taken the bundle of that version. */
    published({ account, version }: { account: Jid; version: number }): void {
      if (omemo.own(account)?.next_id === version) omemo.setUnpublished(account, false)
    },
    setDevices,
    setTrust,
    beginSession,
    targets,
    seal,
    opening,
    /** An account is gone, and with it its device. */
    forget: (account: Jid) => void omemo.forget(account)
  }
}
