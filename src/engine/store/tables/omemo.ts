/** Statements of the tables `omemo_own`, `omemo_pre_key`, `omemo_device` and `omemo_session`. */
import type { Device, DeviceTrust, Jid } from '../../../contract/domain.ts'
import type { Version } from '../../xmpp/omemo/version.ts'
import type { ReadableDB, WritableDB } from '../database.ts'

export interface OwnDeviceRow {
  device: number
  seed: Buffer
  next_id: number
  unpublished: 0 | 1
}

export interface DeviceRow {
  jid: Jid
  device: number
  identity: Buffer | null
  /** Listed by its owner: in version 0.3, and in `urn:xmpp:omemo:2`. */
  active: 0 | 1
  active_2: 0 | 1
  label: string | null
  trust: DeviceTrust
  doubt: Device['doubt']
  first_at: number
  last_at: number
}

export interface PreKeyRow {
  id: number
  version: Version
  secret: Buffer
  signed_at: number | null
}

export function omemoReads(db: ReadableDB) {
  const own = db.prepare<[string], OwnDeviceRow>('SELECT device, seed, next_id, unpublished FROM omemo_own WHERE account = ?')
  const COLUMNS = 'jid, device, identity, active, active_2, label, trust, doubt, first_at, last_at'
  const devices = db.prepare<[string, string], DeviceRow>(`SELECT ${COLUMNS} FROM omemo_device WHERE account = ? AND jid = ? ORDER BY device`)
  const device = db.prepare<[string, string, number], DeviceRow>(`SELECT ${COLUMNS} FROM omemo_device WHERE account = ? AND jid = ? AND device = ?`)
  return {
    own: (account: string) => own.get(account),
    devices: (account: string, jid: string) => devices.all(account, jid),
    device: (account: string, jid: string, id: number) => device.get(account, jid, id)
  }
}

export function omemoWrites(db: WritableDB) {
  const insertOwn = db.prepare('INSERT INTO omemo_own (account, device, seed, next_id) VALUES (?, ?, ?, ?)')
  const setNext = db.prepare('UPDATE omemo_own SET next_id = ?, unpublished = 1 WHERE account = ?')
  const setUnpublished = db.prepare('UPDATE omemo_own SET unpublished = ? WHERE account = ?')
  const setDevice = db.prepare('UPDATE omemo_own SET device = ?, unpublished = 1 WHERE account = ?')
  const forget = db.prepare('DELETE FROM omemo_own WHERE account = ?')
  const putPreKey = db.prepare('INSERT INTO omemo_pre_key (account, id, version, secret, signed_at) VALUES (?, ?, ?, ?, ?)')
  const preKey = db
    .prepare<[string, number, string], Buffer>('SELECT secret FROM omemo_pre_key WHERE account = ? AND id = ? AND version = ? AND signed_at IS NULL')
    .pluck()
  const signedPreKey = db
    .prepare<[string, number, string], Buffer>('SELECT secret FROM omemo_pre_key WHERE account = ? AND id = ? AND version = ? AND signed_at IS NOT NULL')
    .pluck()
  const preKeys = db.prepare<[string], PreKeyRow>('SELECT id, version, secret, signed_at FROM omemo_pre_key WHERE account = ? ORDER BY id')
  const removePreKey = db.prepare('DELETE FROM omemo_pre_key WHERE account = ? AND id = ?')
  const putDevice = db.prepare(
    `INSERT INTO omemo_device (account, jid, device, identity, active, active_2, label, trust, doubt, first_at, last_at)
     VALUES (:account, :jid, :device, :identity, :active, :active_2, :label, :trust, :doubt, :first_at, :last_at)
     ON CONFLICT (account, jid, device) DO UPDATE SET identity = excluded.identity, active = excluded.active, active_2 = excluded.active_2, label = excluded.label,
     trust = excluded.trust, doubt = excluded.doubt, last_at = excluded.last_at`
  )
  const removeDevice = db.prepare('DELETE FROM omemo_device WHERE account = ? AND jid = ? AND device = ?')
  const removeSessions = db.prepare('DELETE FROM omemo_session WHERE account = ? AND jid = ? AND device = ?')
  const session = db
    .prepare<[string, string, number, string], string>('SELECT sessions FROM omemo_session WHERE account = ? AND jid = ? AND device = ? AND version = ?')
    .pluck()
  const putSession = db.prepare(
    `INSERT INTO omemo_session (account, jid, device, version, sessions) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (account, jid, device, version) DO UPDATE SET sessions = excluded.sessions`
  )
  const sessionsOf = db.prepare<[string], { jid: Jid; device: number; version: Version; sessions: string }>(
    'SELECT jid, device, version, sessions FROM omemo_session WHERE account = ?'
  )
  return {
    ...omemoReads(db),
    insertOwn: (account: string, device: number, seed: Buffer, next: number) => insertOwn.run(account, device, seed, next),
    /** Sets the number of the next prekey, which marks the bundle as changed. */
    setNext: (account: string, next: number) => setNext.run(next, account),
    setUnpublished: (account: string, on: boolean) => setUnpublished.run(on ? 1 : 0, account),
    setDevice: (account: string, device: number) => setDevice.run(device, account),
    /** Removes keys, devices and sessions of an account. */
    forget: (account: string) => forget.run(account),
    /** `signedAt`: ms; null: a one-time prekey. */
    putPreKey: (account: string, version: Version, id: number, secret: Buffer, signedAt: number | null) =>
      putPreKey.run(account, id, version, secret, signedAt),
    preKey: (account: string, version: Version, id: number) => preKey.get(account, id, version),
    signedPreKey: (account: string, version: Version, id: number) => signedPreKey.get(account, id, version),
    preKeys: (account: string) => preKeys.all(account),
    removePreKey: (account: string, id: number) => removePreKey.run(account, id),
    putDevice: (account: string, row: DeviceRow) => putDevice.run({ account, ...row }),
    /** Removes a device with its sessions. */
    removeDevice(account: string, jid: string, device: number): void {
      removeDevice.run(account, jid, device)
      removeSessions.run(account, jid, device)
    },
    session: (account: string, jid: string, device: number, version: Version) => session.get(account, jid, device, version),
    putSession: (account: string, jid: string, device: number, version: Version, sessions: string) => putSession.run(account, jid, device, version, sessions),
    /** Sessions with all devices. */
    sessionsOf: (account: string) => sessionsOf.all(account)
  }
}
