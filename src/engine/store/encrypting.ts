/**
 * OMEMO (XEP-0384 0.3 and 0.8) on the store: each session step is stored in one transaction with the message that was decrypted or the ciphertext that is
 * sent. Secrets stay in the writer's thread.
 */
import { LONGEST_TEXT, type DeviceTrust, type Jid, type Unreadable } from '../../contract/domain.ts'
import { attachmentKind, mediaType, nameIn, plainName, safeName } from '../file-names.ts'
import type { ListedDevice } from '../xmpp/omemo/elements.ts'
import { openName, parseMediaAddress } from '../xmpp/omemo/media.ts'
import { EMPTY_KEY, openContent, openPayload, sealContent, sealPayload } from '../xmpp/omemo/payload.ts'
import { OmemoRefusal, type RefusalCode } from '../xmpp/omemo/refusal.ts'
import { buffers, withoutQuotation, type ContentPlace, type Sealed, type SealedMessage } from '../xmpp/omemo/sealed.ts'
import { canSend, MAX_SESSIONS, receive, send, staled, type Received, type Sessions } from '../xmpp/omemo/sessions.ts'
import { decodeSessions, encodeSessions } from '../xmpp/omemo/stored.ts'
import { VERSIONS, type Version } from '../xmpp/omemo/version.ts'
import { begin, type Bundle } from '../xmpp/omemo/x3dh.ts'
import { createOwnDevice } from './own-device.ts'
import type { NewAttachment } from './tables/attachment.ts'
import type { DeviceRow, omemoWrites } from './tables/omemo.ts'
import type { Content, ContentReader, DeviceAddress, EncryptionEffects, SessionAddress } from './types.ts'

type Said = { kind: 'text'; text: string; files: NewAttachment[] } | { kind: 'content'; content: Content; files: NewAttachment[] }
/** `verified`: sent by a device that the user has verified. */
export type Opened = (Said & { verified: boolean }) | { kind: 'silent' } | { kind: 'unreadable'; reason: Unreadable }

/** Recipient devices of a message. */
export interface Targets {
  /** All of `devices` have the newer version. */
  modern: boolean
  /** Trusted devices, each with the version it gets; `ready`: a session for sending exists. */
  devices: (SessionAddress & { ready: boolean; verified: boolean })[]
  /** New devices that the user has not decided about yet. */
  undecided: DeviceAddress[]
  /** Recipients without any usable device. */
  without: Jid[]
}

/** Reasons shown for refusals; 'used' has none, because that message is stored already. */
const REASONS: Record<Exclude<RefusalCode, 'used'>, Unreadable> = {
  malformed: 'damaged',
  version: 'method',
  forged: 'session',
  reused: 'session',
  'too-far': 'session',
  'no-session': 'session',
  'no-key': 'session'
}
/** Refusals after which a new session is started. */
const HEALED: ReadonlySet<RefusalCode> = new Set(['forged', 'reused', 'too-far', 'no-session', 'no-key'])

/** Largest number of devices of a person that are kept without being listed. */
const MOST_UNLISTED = 100

/** Files of a text that is an aesgcm URL (XEP-0454); a second line may hold a thumbnail. */
function filesIn(text: string): NewAttachment[] {
  const [address = '', ...more] = text.trim().split('\n')
  const found = more.length > 1 ? null : parseMediaAddress(address)
  if (found === null) return []
  const last = nameIn(found.url)
  const name = safeName(openName(last, found) ?? last)
  const type = mediaType(name, null)
  return [{ kind: attachmentKind(type), name, bytes: null, stored: null, url: address, type }]
}

/** Column of a device row that tells whether the owner's list in a version contains it. */
const COLUMNS: Record<Version, 'active' | 'active_2'> = { axolotl: 'active', 'omemo:2': 'active_2' }
const isActive = (row: Pick<DeviceRow, 'active' | 'active_2'>): boolean => row.active === 1 || row.active_2 === 1
const nameOf = ({ jid, device }: DeviceAddress): string => `${device} ${jid}`

export function createEncrypting(omemo: ReturnType<typeof omemoWrites>, asksTrust: () => boolean, readContent: ContentReader) {
  const { ensure, ownDevice, published, keys: ownKeys } = createOwnDevice(omemo)

  /** Initial trust of a new device: trusted, unless the user has verified another device of that person or wants to be asked. */
  const trustOfNew = (account: Jid, jid: Jid): DeviceTrust =>
    asksTrust() || omemo.devices(account, jid).some(({ trust }) => trust === 'verified') ? 'undecided' : 'trusted'

  const newRow = (account: Jid, jid: Jid, device: number, time: number): DeviceRow => ({
    jid,
    device,
    identity: null,
    active: 0,
    active_2: 0,
    label: null,
    trust: trustOfNew(account, jid),
    doubt: null,
    first_at: time,
    last_at: 0
  })

  /** Row of a device with its identity key. Another key under a known number is another device, however new ones are trusted: keys of a device never change. */
  const identified = (row: DeviceRow, key: Buffer): DeviceRow =>
    row.identity === null || row.identity.equals(key) ? { ...row, identity: key } : { ...row, identity: key, trust: 'undecided', doubt: 'key' }

  /** Row of a device that the user has removed: it stays refused, or has to be decided about if it is listed again. */
  const dismissed = (row: DeviceRow): DeviceRow => (row.trust === 'refused' ? row : { ...row, trust: 'undecided', doubt: 'returned' })

  /** Stores a device list as its owner announces it for a version; false: nothing changed. */
  function setDevices({
    account,
    jid,
    version,
    devices,
    time
  }: {
    account: Jid
    jid: Jid
    version: Version
    devices: readonly ListedDevice[]
    time: number
  }): boolean {
    const { device: ourDevice } = ensure(account)
    const column = COLUMNS[version]
    const listed = new Map(devices.map(({ id, label }) => [id, { id, label: label === null ? null : plainName(label) || null }]))
    const known = omemo.devices(account, jid)
    // a list that lacks this device, or has a new one, is no decision of the user: the server has lost it, or a device that announced itself has overwritten it
    const hasNew = devices.some(({ id }) => known.find(({ device }) => device === id)?.[column] !== 1)
    const isKept = jid === account && listed.has(ourDevice) && !hasNew
    let changed = false
    for (const row of known) {
      const one = listed.get(row.device)
      listed.delete(row.device)
      const next = { ...row, [column]: one === undefined ? 0 : 1, label: version === 'axolotl' || one === undefined ? row.label : one.label }
      if (next[column] === row[column] && next.label === row.label) continue
      changed = true
      const now = isKept && isActive(row) && !isActive(next) ? dismissed(next) : next
      // of a device that never wrote or was written to nothing is known
      const isNobody = !isActive(now) && now.identity === null && now.last_at === 0 && now.trust !== 'refused' && now.doubt === null
      if (isNobody) omemo.removeDevice(account, jid, row.device)
      else omemo.putDevice(account, now)
    }
    // insert the devices together: the first must not be the reason to ask about the second
    const rows = [...listed.values()].map(({ id, label }) => ({ ...newRow(account, jid, id, time), [column]: 1, label }))
    for (const row of rows) omemo.putDevice(account, row)
    return changed || rows.length > 0
  }

  /** Sets the user's trust decision for a device. */
  function setTrust({ account, jid, device, trust }: { account: Jid; trust: DeviceTrust } & DeviceAddress): void {
    const row = omemo.device(account, jid, device)
    if (row !== undefined) omemo.putDevice(account, { ...row, trust, doubt: trust === 'undecided' ? row.doubt : null })
  }

  /** Withdraws the trust in an own device that the user removes: it may announce itself again. */
  function dismiss({ account, device }: { account: Jid; device: number }): void {
    const row = omemo.device(account, account, device)
    if (row !== undefined && row.device !== ensure(account).device) omemo.putDevice(account, dismissed(row))
  }

  const sessionsWith = (account: Jid, { jid, device, version }: SessionAddress): Sessions => {
    const stored = omemo.session(account, jid, device, version)
    return stored === undefined ? [] : decodeSessions(stored)
  }
  const putSessions = (account: Jid, { jid, device, version }: SessionAddress, sessions: Sessions): void =>
    void omemo.putSession(account, jid, device, version, encodeSessions(sessions))

  /** Starts a session with a device from its bundle; null, or the reason of a failure. */
  function beginSession({ account, jid, device, bundle, time }: { account: Jid; bundle: Bundle; time: number } & DeviceAddress): RefusalCode | null {
    const { own } = ensure(account)
    try {
      const session = begin(own, buffers(bundle))
      omemo.putDevice(account, identified(omemo.device(account, jid, device) ?? newRow(account, jid, device, time), session.peerIdentity))
      const address = { jid, device, version: bundle.version }
      putSessions(account, address, [session, ...sessionsWith(account, address)].slice(0, MAX_SESSIONS))
      return null
    } catch (error) {
      if (error instanceof OmemoRefusal) return error.code
      throw error
    }
  }

  /** Versions in which a device can be written to; for a device that announces none, the versions in which it has written. */
  function versionsOf(account: Jid, row: DeviceRow): Version[] {
    const listed = VERSIONS.filter((version) => row[COLUMNS[version]] === 1)
    return listed.length > 0 ? listed : VERSIONS.filter((version) => omemo.session(account, row.jid, row.device, version) !== undefined)
  }

  /**
   * Recipient devices of a message to these accounts; `jids` excludes our own account, whose other devices are added. The newer version is used if all
   * devices have it; otherwise each device gets the older one, and devices with only the newer one get that. `old`: devices whose bundle in the newer version
   * is unavailable.
   */
  function targets({ account, jids, old = [] }: { account: Jid; jids: readonly Jid[]; old?: readonly DeviceAddress[] }): Targets {
    const { device: ourDevice } = ensure(account)
    const lacking = new Set(old.map(nameOf))
    const found: { address: DeviceAddress; versions: Version[]; verified: boolean; identity: Buffer | null }[] = []
    const undecided: DeviceAddress[] = []
    const without: Jid[] = []
    for (const jid of new Set([...jids, account])) {
      const known = omemo.devices(account, jid).filter((row) => jid !== account || row.device !== ourDevice)
      const listed = known.filter(isActive)
      // a client may announce no list, or only to its contacts: use the devices that have written to us
      const active = listed.length > 0 || jid === account ? listed : known.filter((row) => row.last_at > 0 && row.identity !== null)
      const trusted = active.filter(({ trust }) => trust === 'trusted' || trust === 'verified')
      for (const row of trusted) {
        const versions = versionsOf(account, row)
        const isOld = lacking.has(nameOf(row)) && versions.includes('axolotl')
        found.push({
          address: { jid, device: row.device },
          versions: isOld ? ['axolotl'] : versions,
          verified: row.trust === 'verified',
          identity: row.identity
        })
      }
      for (const { device, trust } of active) if (trust === 'undecided') undecided.push({ jid, device })
      if (jid !== account && trusted.length === 0) without.push(jid)
    }
    const modern = found.length > 0 && found.every(({ versions }) => versions.includes('omemo:2'))
    const devices = found.map(({ address, versions, verified, identity }) => {
      const version: Version = !modern && (versions.includes('axolotl') || versions.length === 0) ? 'axolotl' : 'omemo:2'
      return { ...address, version, verified, ready: canSend(sessionsWith(account, { ...address, version }), identity) }
    })
    return { modern, devices, undecided, without }
  }

  /**
   * Encrypts for devices with a session; devices without one are left out. `text`: for the older version, `envelope`: for the newer one (XEP-0420); null: an
   * empty message. Returns one element for each version in use.
   */
  function seal({
    account,
    devices,
    text,
    envelope
  }: {
    account: Jid
    devices: readonly SessionAddress[]
    text: string | null
    envelope: string | null
  }): SealedMessage[] {
    const { device: ourDevice } = ensure(account)
    return VERSIONS.filter((version) => devices.some((one) => one.version === version)).map((version) => {
      const said = version === 'axolotl' ? text : envelope
      const { key, iv, ciphertext } =
        version === 'axolotl' ? sealPayload(said ?? '') : said === null ? { key: EMPTY_KEY, iv: Buffer.alloc(0), ciphertext: null } : sealContent(said)
      const keys: SealedMessage['keys'] = []
      for (const to of devices) {
        if (to.version !== version) continue
        const sessions = sessionsWith(account, to)
        // a session with another key under that number is somebody else's
        const identity = omemo.device(account, to.jid, to.device)?.identity ?? null
        if (identity === null || !canSend(sessions, identity)) continue
        const sent = send(sessions, ourDevice, key, identity)
        putSessions(account, to, sent.sessions)
        keys.push({ jid: to.jid, device: to.device, message: sent.message })
      }
      return { version, device: ourDevice, keys, iv, ciphertext: said === null ? null : ciphertext }
    })
  }

  /** Limits the devices of a person that wrote without being listed: the oldest are forgotten, unless the user has decided about them. */
  function forgetUnlisted(account: Jid, jid: Jid): void {
    const unlisted = omemo.devices(account, jid).filter((row) => !isActive(row) && (row.trust === 'trusted' || row.trust === 'undecided') && row.doubt === null)
    const oldest = unlisted.sort((a, b) => a.last_at - b.last_at).slice(0, Math.max(0, unlisted.length - MOST_UNLISTED))
    for (const { device } of oldest) omemo.removeDevice(account, jid, device)
  }

  /** Decrypts messages of one batch; `close` stores the changed sessions. */
  function opening(account: Jid, time: number) {
    const row = omemo.own(account)
    const changed = new Map<string, SessionAddress & { sessions: Sessions }>()
    const effects: EncryptionEffects = { account, begun: [], broken: [], bundle: false }
    let isOlder = false
    const add = (list: SessionAddress[], address: SessionAddress): void => {
      if (!list.some(({ jid, device, version }) => jid === address.jid && device === address.device && version === address.version)) list.push(address)
    }

    /** Content of a payload; null: it carries keys only. Throws OmemoRefusal. */
    function said({ version, payload, fallback }: Sealed, key: Buffer, place: ContentPlace): Said | Exclude<Opened, Said> {
      if (payload === null) return { kind: 'silent' }
      if (version === 'omemo:2') {
        const content = readContent(openContent(payload, key), place)
        // the message key is used up; the content is damaged or was meant for another place
        if (content === null) return { kind: 'unreadable', reason: 'damaged' }
        return content.says || content.delivered !== null || content.displayed !== null
          ? { kind: 'content', content, files: content.files.length > 0 ? [] : filesIn(content.text) }
          : { kind: 'silent' }
      }
      const text = openPayload(payload, key)
      const whole = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text
      const files = filesIn(whole)
      return { kind: 'text', text: files.length > 0 ? '' : fallback === null ? whole : withoutQuotation(whole, fallback), files }
    }

    /** `place`: conversation and sender. Null: decrypted before. */
    function open(given: Sealed, place: Omit<ContentPlace, 'own' | 'from'>): Opened | null {
      const sealed = buffers(given)
      const { version, from: jid, device, key, payload } = sealed
      if (jid === null) return { kind: 'unreadable', reason: 'author' }
      const unreadable = (reason: Unreadable): Opened => (payload === null ? { kind: 'silent' } : { kind: 'unreadable', reason })
      const keys = ownKeys(account, version)
      // messages sent by this device are, or were, stored here: it has no session with itself
      if (keys === null || key === null || (jid === account && device === row?.device)) return unreadable('device')
      const address = { jid, device, version }
      const name = `${version} ${nameOf(address)}`
      let received: Received
      try {
        received = receive(version, changed.get(name)?.sessions ?? sessionsWith(account, address), keys, key)
      } catch (error) {
        if (!(error instanceof OmemoRefusal)) throw error
        if (error.code === 'used') return null
        if (HEALED.has(error.code)) add(effects.broken, address)
        return unreadable(REASONS[error.code])
      }
      let opened: ReturnType<typeof said>
      try {
        opened = said(sealed, received.plaintext, { ...place, own: account, from: jid })
      } catch (error) {
        // the session stays unchanged: an unaltered copy of the message can still be decrypted
        if (error instanceof OmemoRefusal) return unreadable('damaged')
        throw error
      }
      const known = omemo.device(account, jid, device) ?? newRow(account, jid, device, time)
      const peer = received.sessions[0]?.peerIdentity
      const isVouched = place.kind !== 'group'
      // a group says whose account an occupant has, and does not know their keys
      if (!isVouched && known.identity !== null && peer?.equals(known.identity) === false) return unreadable('session')
      changed.set(name, { ...address, sessions: received.sessions })
      if (received.usedPreKeyId !== null) {
        omemo.removePreKey(account, received.usedPreKeyId)
        effects.bundle = true
        add(effects.begun, address)
      }
      const isNew = isVouched && (received.usedPreKeyId !== null || known.identity === null)
      const now = peer !== undefined && isNew ? identified(known, peer) : known
      omemo.putDevice(account, { ...now, last_at: time })
      if (known.last_at === 0 && !isActive(known)) forgetUnlisted(account, jid)
      const isTheirs = peer !== undefined && now.identity?.equals(peer) === true
      return opened.kind === 'silent' || opened.kind === 'unreadable' ? opened : { ...opened, verified: isTheirs && now.trust === 'verified' }
    }

    function close(): EncryptionEffects {
      for (const { sessions, ...address } of changed.values()) putSessions(account, address, sessions)
      if (isOlder) stale(account)
      if (effects.bundle) omemo.setUnpublished(account, true)
      return effects
    }

    return {
      device: row?.device ?? null,
      open,
      /** Marks the store as an older copy: this device has sent messages that the store does not know. */
      noteOlder: (): void => void (isOlder = true),
      close
    }
  }

  /** Marks all sessions as stale, because the store is older than the last message this device sent: no session sends before its peer's next turn. */
  function stale(account: Jid): void {
    for (const { sessions, ...address } of omemo.sessionsOf(account)) putSessions(account, address, staled(decodeSessions(sessions)))
  }

  return {
    ownDevice,
    published,
    setDevices,
    setTrust,
    dismiss,
    beginSession,
    targets,
    seal,
    opening,
    /** Removes the device of an account that was removed. */
    forget: (account: Jid) => void omemo.forget(account)
  }
}
