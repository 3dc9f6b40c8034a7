/** Own device in the store: its identity key, and a prekey bundle for each version of OMEMO. */
import { randomInt } from 'node:crypto'
import type { Jid } from '../../contract/domain.ts'
import { identity, keyPair, type Identity, type KeyPair } from '../xmpp/omemo/curve.ts'
import { VERSIONS, type Version } from '../xmpp/omemo/version.ts'
import { announcedKey, signPreKey, type Bundle, type OwnKeys } from '../xmpp/omemo/x3dh.ts'
import type { omemoWrites } from './tables/omemo.ts'

/** One-time prekeys in a bundle. */
const PRE_KEYS = 100
/** Lifetime of a signed prekey in the bundle, ms, and in the store, for senders who read the bundle before. */
const SIGNED_MS = 7 * 86_400_000
const SIGNED_KEPT_MS = 35 * 86_400_000
const MAX_DEVICE_ID = 2 ** 31 - 1

export interface OwnDevice {
  device: number
  /** Identity key (X25519, 32 bytes), which users compare. */
  identity: Buffer
  /** Bundles, one per version. */
  bundles: Bundle[]
  /** Revision number; rises with each change of the bundles. */
  revision: number
  /** True until the server has accepted the current bundles. */
  unpublished: boolean
}

export function createOwnDevice(omemo: ReturnType<typeof omemoWrites>) {
  /** Key pairs of the last bundle of each account and version, by prekey: only new ones are computed. */
  const pairs = new Map<string, Map<number, KeyPair>>()
  /** Row of this device, created if missing. */
  function ensure(account: Jid): { device: number; own: Identity; next: number; unpublished: boolean } {
    const row = omemo.own(account)
    if (row !== undefined) return { device: row.device, own: identity(row.seed), next: row.next_id, unpublished: row.unpublished === 1 }
    const own = identity()
    const device = randomInt(1, MAX_DEVICE_ID)
    omemo.insertOwn(account, device, own.seed, 1)
    return { device, own, next: 1, unpublished: true }
  }

  /** Bundle of a version with all prekeys, its signed prekey at most a week old. `first`: number of the next prekey. */
  function fill(account: Jid, own: Identity, version: Version, first: number, time: number): { bundle: Bundle; next: number } {
    let next = first
    const computed = pairs.get(`${account} ${version}`) ?? new Map<number, KeyPair>()
    const add = (signedAt: number | null): void => {
      const pair = keyPair()
      omemo.putPreKey(account, version, next, pair.secret, signedAt)
      computed.set(next++, pair)
    }
    const rows = () => omemo.preKeys(account).filter((row) => row.version === version)
    const before = rows()
    const newest = before.reduce((last, row) => Math.max(last, row.signed_at ?? -Infinity), -Infinity)
    if (Math.abs(time - newest) > SIGNED_MS) add(time)
    for (const row of before)
      if (row.signed_at !== null && row.signed_at !== newest && time - row.signed_at > SIGNED_KEPT_MS) omemo.removePreKey(account, row.id)
    const lacking = PRE_KEYS - before.filter((row) => row.signed_at === null).length
    for (let made = 0; made < lacking; made++) add(null)
    const now = rows()
    const known = new Map(
      now.map(({ id, secret }) => {
        const pair = computed.get(id)
        return [id, pair?.secret.equals(secret) === true ? pair : keyPair(secret)]
      })
    )
    pairs.set(`${account} ${version}`, known)
    const publicKey = (id: number): Buffer => known.get(id)!.public
    const signed = now.filter((row) => row.signed_at !== null).reduce((last, row) => (row.id > last.id ? row : last))
    const key = publicKey(signed.id)
    const preKeys = now.filter((row) => row.signed_at === null).map(({ id }) => ({ id, key: publicKey(id) }))
    const signedPreKey = { id: signed.id, key, signature: signPreKey(version, own, key) }
    return { bundle: { version, identityKey: announcedKey(version, own), signedPreKey, preKeys }, next }
  }

  const pairOf = (secret: Buffer | undefined): KeyPair | undefined => (secret === undefined ? undefined : keyPair(secret))

  return {
    ensure,
    /** `time`: ms. */
    ownDevice({ account, time }: { account: Jid; time: number }): OwnDevice {
      const { device, own, next: first, unpublished } = ensure(account)
      const bundles: Bundle[] = []
      let next = first
      for (const version of VERSIONS) {
        const filled = fill(account, own, version, next, time)
        bundles.push(filled.bundle)
        next = filled.next
      }
      if (next !== first) omemo.setNext(account, next)
      return { device, identity: own.public, bundles, revision: next, unpublished: unpublished || next !== first }
    },
    /** Marks the bundles of that revision as accepted by the server. */
    published({ account, revision }: { account: Jid; revision: number }): void {
      if (omemo.own(account)?.next_id === revision) omemo.setUnpublished(account, false)
    },
    /** Private keys of a version, for decryption; null: there is no device. */
    keys(account: Jid, version: Version): OwnKeys | null {
      const row = omemo.own(account)
      if (row === undefined) return null
      return {
        identity: identity(row.seed),
        preKey: (id) => pairOf(omemo.preKey(account, version, id)),
        signedPreKey: (id) => pairOf(omemo.signedPreKey(account, version, id))
      }
    }
  }
}
