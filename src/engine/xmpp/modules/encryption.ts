/**
 * OMEMO between accounts (XEP-0384 0.3 and 0.8): recipient devices of messages, and sessions that are started, healed and completed. Encryption of single
 * messages is in store/encrypting.ts, lists and bundles are in devices.ts.
 */
import { randomUUID } from 'node:crypto'
import { xml, type Element } from '@xmpp/client'
import { bare } from '../../../contract/address.ts'
import type { Conversation, Jid, Secrecy } from '../../../contract/domain.ts'
import type { Log } from '../../log.ts'
import { isRefusal } from '../../net/problem.ts'
import type { Targets } from '../../store/encrypting.ts'
import type { EncryptionEffects, SessionAddress } from '../../store/types.ts'
import type { Store } from '../../threads/store.ts'
import { padding } from '../omemo/payload.ts'
import { OmemoRefusal } from '../omemo/refusal.ts'
import { buffers } from '../omemo/sealed.ts'
import { contentOf, encryptedMessage } from '../stanzas/encryption.ts'
import { envelope } from '../stanzas/envelope.ts'
import { markable } from '../stanzas/markers.ts'
import { NS } from '../stanzas/namespaces.ts'
import type { Item } from '../stanzas/pubsub.ts'
import type { Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import { Devices } from './devices.ts'

/** Delay before the next attempt at a device whose session was healed or could not be started, ms. */
const AGAIN_MS = 10 * 60_000
/** Shortest interval between publications of refilled bundles, ms. */
const REFILL_MS = 2000
/** Longest time for starting sessions before a message is sent to the devices that are reached, ms, and number of bundles fetched at once. */
const BEGIN_MS = 20_000
const BEGUN_AT_ONCE = 200
/** Largest group, without ourselves, that is encrypted by default: each sender has to know all devices of the others. */
const LARGEST_BY_ITSELF = 50
/** Validity of a group's member list, and of a look at all recipients of a conversation, ms. */
const MEMBERS_MS = 30_000

export interface EncryptionOptions {
  connection: Connection
  store: Store
  own: Jid
  isContact(jid: Jid): boolean
  /** Accounts of a group's readers, without ourselves; null: not a group that can be encrypted. */
  accountsOf(group: Jid): Promise<Jid[] | null>
  /** Called when somebody's devices have changed. */
  onDevices(): void
  /** The server's time, ms. */
  now(): number
  log: Log
}

/** Error of a message that cannot be encrypted: the others have no device, or have new ones that the user has to decide about. */
export class CannotEncrypt extends Error {
  readonly reason: 'no-device' | 'undecided'
  readonly who: readonly Jid[]
  constructor(reason: CannotEncrypt['reason'], who: readonly Jid[]) {
    super(`${reason}: ${who.join(', ')}`)
    this.reason = reason
    this.who = who
  }
}

const lookOf = (jid: Jid, secret: boolean): string => `${secret ? 'secret' : 'open'} ${jid}`
const nameOf = ({ jid, device, version }: SessionAddress): string => `${version} ${device} ${jid}`

export class Encryption implements Module {
  readonly #options: EncryptionOptions
  readonly #devices: Devices
  /** Time of the last attempt to restart a session, ms; by version, device and address. */
  readonly #tried = new Map<string, number>()
  /** Readers of groups, and the time of the query, performance.now(). */
  readonly #members = new Map<Jid, { accounts: readonly Jid[]; at: number }>()
  /** Conversations whose recipients were looked up, for messages that are encrypted or may be, and the time, performance.now(). */
  readonly #prepared = new Map<string, number>()
  /** Devices that announce the newer version without having a bundle in it. */
  #old: SessionAddress[] = []
  /** Actions due after received messages; kept until there is a stream. */
  #due: Omit<EncryptionEffects, 'account'> = { begun: [], broken: [], bundle: false }
  /** Time of the last publication of used prekeys, performance.now(), and the timer of the next one. */
  #refilled = -Infinity
  #refilling: NodeJS.Timeout | null = null
  #work: Promise<void> = Promise.resolve()
  #open = false
  /** Number of streams that ended. */
  #ended = 0

  constructor(options: EncryptionOptions) {
    this.#options = options
    this.#devices = new Devices(options)
  }

  stop(): void {
    if (this.#refilling !== null) clearTimeout(this.#refilling)
  }

  lost(): void {
    this.#open = false
    this.#ended++
    this.#old = []
    this.#members.clear()
    this.#prepared.clear()
    this.#devices.lost()
  }

  /** Our device id; null: not generated yet. */
  get device(): number | null {
    return this.#devices.own
  }

  /** Loads our device; before any message is decoded. */
  remember = (): Promise<void> => this.#devices.remember()

  /** Corrects our published lists and answers received messages, in the background. */
  open(): void {
    void this.#introduce()
  }

  async #introduce(): Promise<void> {
    this.#open = true
    try {
      await this.#devices.introduce()
      await this.#answer()
    } catch (error) {
      this.#options.log.info(`announcing our device failed: ${String(error)}`)
    }
  }

  /** Marks the stream as open again, with its state unchanged; settles when all due actions were taken. */
  resume(): Promise<void> {
    this.#open = true
    this.#devices.resume()
    return this.#answer()
  }

  /** Handles a PEP notification. */
  onItem = (owner: Jid, node: string, item: Item): Promise<void> => this.#devices.onItem(owner, node, item)

  /** True if a person's devices are known and up to date, as far as notifications tell. */
  hasLooked({ jid, kind }: Pick<Conversation, 'jid' | 'kind'>): boolean {
    return kind === 'group' || jid.includes('/') || this.#devices.hasLooked(jid)
  }

  /** Fetches a person's device lists, once per stream. Never rejects: if the server does not answer, the known devices are used. */
  learn = (jid: Jid): Promise<void> => this.#devices.learn(jid)

  /** Removes another own device from our lists, so that it gets no more messages. Rejects with a Refusal. */
  forget = (device: number): Promise<void> => this.#devices.forget(device)

  /** Publishes a new name of our device. Rejects with a Refusal. */
  rename = (): Promise<void> => this.#devices.rename()

  /** Removes this device from the account's lists, so that nobody encrypts for it. Never rejects. */
  retire(): Promise<void> {
    this.#open = false
    return this.#devices.retire()
  }

  /** Readers of a small private group, with their devices fetched; empty for public or large groups, where the user turns encryption on. */
  async #smallGroup(group: Jid): Promise<readonly Jid[]> {
    const jids = await this.#accountsIn(group).catch((error: unknown) => {
      if (isRefusal(error)) return null
      throw error
    })
    if (jids === null || jids.length > LARGEST_BY_ITSELF) return []
    await Promise.all(jids.map((jid) => this.learn(jid)))
    return jids
  }

  /** True if a conversation is encrypted: the user's choice, or by default if all have devices. */
  async wants({ jid, kind, encryption }: Pick<Conversation, 'jid' | 'kind' | 'encryption'>): Promise<boolean> {
    if (encryption !== null || jid.includes('/')) return encryption === 'on'
    if (!(await this.#options.store.read.settings()).autoEncrypt) return false
    const jids = kind === 'group' ? await this.#smallGroup(jid) : [jid]
    if (jids.length === 0) return false
    const { without } = await this.#options.store.write.encryptionTargets({ account: this.#options.own, jids: [...jids] })
    return without.length === 0
  }

  /** `modern`: all devices have the newer version. */
  async secrecy(conversation: Pick<Conversation, 'jid' | 'kind' | 'encryption'>): Promise<Secrecy & { modern: boolean }> {
    const { store, own } = this.#options
    const { jid, kind } = conversation
    const on = await this.wants(conversation)
    const jids = jid.includes('/') ? null : kind === 'group' ? await this.#accountsIn(jid) : [jid]
    // the devices of a group are fetched only if it is encrypted
    if (jids === null || (kind === 'group' && !on))
      return { on, possible: jids !== null, verified: false, undecided: 0, ownUndecided: 0, without: [], modern: false }
    await Promise.all(jids.map((one) => this.learn(one)))
    const found = await store.write.encryptionTargets({ account: own, jids: [...jids] })
    const theirs = found.devices.filter((one) => one.jid !== own)
    return {
      on,
      possible: found.without.length === 0,
      verified: theirs.length > 0 && theirs.every(({ verified }) => verified),
      undecided: found.undecided.filter((one) => one.jid !== own).length,
      ownUndecided: found.undecided.filter((one) => one.jid === own).length,
      without: found.without,
      modern: found.modern
    }
  }

  /** Starts a session with a device from its bundle; false: there is no valid bundle. */
  async #begin({ jid, device, version }: SessionAddress): Promise<boolean> {
    const { connection, store, own, log } = this.#options
    try {
      const bundle = await this.#devices.bundle(version, jid, device)
      const refusal = await store.write.beginSession({ account: own, jid, device, bundle, time: Date.now() })
      if (refusal !== null) log.warn(`the bundle of device ${device} is refused: ${refusal}`)
      return refusal === null
    } catch (error) {
      if (!connection.isReady) throw error
      if (!isRefusal(error) && !(error instanceof OmemoRefusal) && !(error instanceof Error && error.name === 'TimeoutError')) throw error
      log.info(`device ${device} has no bundle: ${String(error)}`)
      return false
    }
  }

  #mayTry(address: SessionAddress): boolean {
    const [name, now] = [nameOf(address), performance.now()]
    if (now - (this.#tried.get(name) ?? -Infinity) < AGAIN_MS) return false
    this.#tried.set(name, now)
    return true
  }

  /** Accounts that get the messages of a conversation; null: it cannot be encrypted. */
  async #recipients({ jid, kind }: Pick<Conversation, 'jid' | 'kind'>): Promise<readonly Jid[] | null> {
    return jid.includes('/') ? null : kind === 'group' ? this.#accountsIn(jid) : [jid]
  }

  /**
   * True if the recipients of a conversation were looked up just now: `encrypt` (`secret`), or `wants`, then asks nobody, and holds up no other conversation.
   */
  isPrepared({ jid }: Pick<Conversation, 'jid'>, secret: boolean): boolean {
    return performance.now() - (this.#prepared.get(lookOf(jid, secret)) ?? -Infinity) < MEMBERS_MS
  }

  /** Looks up the recipients of a conversation and their devices, for `secret` messages also their bundles, at servers that may be slow. Never rejects. */
  async prepare(conversation: Pick<Conversation, 'jid' | 'kind'>, secret: boolean): Promise<void> {
    const { own, log } = this.#options
    const stream = this.#ended
    try {
      const to = secret ? await this.#recipients(conversation) : null
      if (!secret && conversation.kind === 'group') await this.#smallGroup(conversation.jid)
      if (to !== null) {
        await Promise.all([...to, own].map((jid) => this.learn(jid)))
        await this.#targets(to, true)
      }
    } catch (error) {
      log.info(`the devices of ${conversation.jid} were not looked up: ${String(error)}`)
    }
    // the next stream looks again: the end of this one may have cut the answers off
    if (stream === this.#ended) this.#prepared.set(lookOf(conversation.jid, secret), performance.now())
  }

  /**
   * Recipient devices, with missing sessions started. If a device has no bundle in the newer version, it and all others are written to in the older one.
   * `anew`: also tries devices of recipients who would get nothing, each time.
   */
  async #targets(jids: readonly Jid[], anew: boolean): Promise<Targets> {
    const { store, own } = this.#options
    const tried = new Set<string>()
    for (;;) {
      const found = await store.write.encryptionTargets({ account: own, jids: [...jids], old: this.#old })
      const reached = new Set(found.devices.flatMap((one) => (one.ready ? one.jid : [])))
      // a recipient who would get nothing is tried each time: the bundle may exist by now
      const waiting = found.devices.filter((one) => !one.ready && !tried.has(nameOf(one)) && (this.#mayTry(one) || (anew && !reached.has(one.jid))))
      if (waiting.length === 0) return found
      for (const address of waiting) tried.add(nameOf(address))
      await this.#beginAll(waiting)
    }
  }

  /** Starts sessions, many at once; settles in any case after a while: a server that lists hundreds of devices and is silent about them holds up no message for long. */
  async #beginAll(addresses: readonly SessionAddress[]): Promise<void> {
    // devices of each person in turn: nobody's many devices keep others' waiting
    const left = [...Map.groupBy(addresses, ({ jid }) => jid).values()]
      .flatMap((list) => list.map((address, at) => ({ address, at })))
      .sort((a, b) => a.at - b.at)
      .map(({ address }) => address)
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      left.length = 0
      late.resolve()
    }, BEGIN_MS)
    const runner = async (): Promise<void> => {
      for (let address = left.shift(); address !== undefined; address = left.shift())
        if (!(await this.#begin(address)) && address.version === 'omemo:2') this.#old.push(address)
    }
    try {
      await Promise.race([Promise.all(Array.from({ length: BEGUN_AT_ONCE }, runner)), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Encrypts a message for all devices of its recipients and our other devices. `isChange`: the older version cannot encrypt it, so it is returned
   * unencrypted unless all devices have the newer one. Throws CannotEncrypt; rejects if the connection is lost.
   */
  async encrypt(message: Element, conversation: Pick<Conversation, 'jid' | 'kind'>, isChange = false): Promise<Element> {
    const { jid: address, kind } = conversation
    const { store, own } = this.#options
    const isPrepared = this.isPrepared(conversation, true)
    const to = await this.#recipients(conversation)
    if (to === null) {
      if (isChange) return message
      throw new CannotEncrypt('no-device', [address])
    }
    await Promise.all([...to, own].map((jid) => this.learn(jid)))
    const { modern, devices, undecided } = await this.#targets(to, !isPrepared)
    if (isChange && !modern) return message
    const ready = devices.filter((one) => one.ready)
    const without = to.filter((jid) => !ready.some((one) => one.jid === jid))
    if (without.length > 0) {
      // the next attempt looks again
      this.#prepared.delete(lookOf(address, true))
      const waiting = without.filter((jid) => undecided.some((one) => one.jid === jid))
      throw waiting.length > 0 ? new CannotEncrypt('undecided', waiting) : new CannotEncrypt('no-device', without)
    }
    const asking = modern && kind === 'direct' ? alike(message) : message
    return encryptedMessage(
      asking,
      buffers(
        await store.write.seal({
          account: own,
          devices: ready,
          text: message.getChild('body')?.text() ?? '',
          envelope: envelope(contentOf(asking), { from: own, to: bare(address), time: this.#options.now(), padding: padding() })
        })
      )
    )
  }

  /** Readers of a group, at most half a minute old. */
  async #accountsIn(group: Jid): Promise<readonly Jid[] | null> {
    const known = this.#members.get(group)
    if (known !== undefined && performance.now() - known.at < MEMBERS_MS) return known.accounts
    const accounts = await this.#options.accountsOf(group)
    if (accounts !== null) this.#members.set(group, { accounts, at: performance.now() })
    return accounts
  }

  /** Completes and heals sessions and refills the bundle, after messages were decrypted or failed to be. */
  after({ begun, broken, bundle, old }: EncryptionEffects & { old: boolean }): void {
    this.#due.bundle ||= bundle
    for (const { jid } of begun) this.#devices.doubt(jid)
    if (begun.length > 0) this.#options.onDevices()
    if (!old) {
      for (const [list, more] of [
        [this.#due.begun, begun],
        [this.#due.broken, broken]
      ] as const)
        // a device that begins again and again is answered once; the first one is being answered
        for (const address of more) if (!list.slice(1).some((one) => isSame(one, address))) list.push(address)
    }
    void this.#answer()
  }

  /** Runs the due actions one after the other; those that fail wait for the next stream. */
  #answer(): Promise<void> {
    this.#work = this.#work
      .then(async () => {
        if (!this.#open) return
        await this.#refill()
        for (const list of [this.#due.broken, this.#due.begun]) {
          for (let address = list[0]; address !== undefined; address = list[0]) {
            const isBroken = list === this.#due.broken
            if (!isBroken && this.#mayAnswer(address)) await this.learn(address.jid)
            if (this.#mayAnswer(address) && (!isBroken || (this.#mayTry(address) && (await this.#begin(address))))) await this.#sendEmpty(address)
            list.shift()
          }
        }
      })
      .catch((error: unknown) => this.#options.log.info(`OMEMO sessions are completed on the next connection: ${String(error)}`))
    return this.#work
  }

  /** Publishes the bundle after its prekeys were used; those who use up many cause few publications. */
  async #refill(): Promise<void> {
    const wait = this.#refilled + REFILL_MS - performance.now()
    if (!this.#due.bundle) return
    if (wait > 0) {
      this.#refilling ??= setTimeout(() => {
        this.#refilling = null
        void this.#answer()
      }, wait).unref()
      return
    }
    this.#refilled = performance.now()
    this.#due.bundle = false
    try {
      await this.#devices.publishBundles()
    } catch (error) {
      this.#due.bundle = true
      throw error
    }
  }

  /** False for strangers, who get no automatic answers. */
  #mayAnswer({ jid }: SessionAddress): boolean {
    return jid === this.#options.own || this.#options.isContact(jid)
  }

  /** Sends an empty message for its keys (XEP-0384 0.3, 'Sending a key transport message'; 0.8, 'Empty OMEMO messages'). */
  async #sendEmpty(address: SessionAddress): Promise<void> {
    const { connection, store, own } = this.#options
    const sealed = buffers(await store.write.seal({ account: own, devices: [address], text: null, envelope: null }))
    if (sealed.every(({ keys }) => keys.length === 0)) return
    await connection.send(encryptedMessage(xml('message', { to: address.jid, type: 'chat', id: randomUUID() }), sealed))
  }
}

const isSame = (a: SessionAddress, b: SessionAddress): boolean => a.jid === b.jid && a.device === b.device && a.version === b.version

/** Adds the same requests to every message, so that texts and changes cannot be told apart. */
function alike(message: Element): Element {
  const asked = [xml('request', { xmlns: NS.receipts }), markable()].filter((one) => message.getChild(one.name, one.getNS()) === undefined)
  return xml('message', message.attrs, ...message.children, ...asked)
}
