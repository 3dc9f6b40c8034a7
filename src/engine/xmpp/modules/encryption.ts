/**
 * OMEMO between accounts (XEP-0384 0.3 and 0.8): who a message is encrypted for, and sessions that are begun, healed and completed. What belongs to a single
 * message is the store's (store/encrypting.ts), lists and bundles are in devices.ts.
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

/** A device whose session was healed, or could not be begun, is left alone so long, ms. */
const AGAIN_MS = 10 * 60_000
/** Groups of more people, ourselves apart, are not encrypted by themselves: each sender would have to know all their devices. */
const LARGEST_BY_ITSELF = 50
/** Who is in a group is asked again after this time, ms. */
const MEMBERS_MS = 30_000

export interface EncryptionOptions {
  connection: Connection
  store: Store
  own: Jid
  isContact(jid: Jid): boolean
  /** The accounts of those who read what is said in a group, ourselves apart; null: it is none in which is encrypted. */
  accountsOf(group: Jid): Promise<Jid[] | null>
  log: Log
}

/** A message that cannot go out encrypted, and why: the others have no device, or new ones that the user has yet to decide about. */
export class CannotEncrypt extends Error {
  readonly reason: 'no-device' | 'undecided'
  readonly who: readonly Jid[]
  constructor(reason: CannotEncrypt['reason'], who: readonly Jid[]) {
    super(`${reason}: ${who.join(', ')}`)
    this.reason = reason
    this.who = who
  }
}

const nameOf = ({ jid, device, version }: SessionAddress): string => `${version} ${device} ${jid}`

export class Encryption implements Module {
  readonly #options: EncryptionOptions
  readonly #devices: Devices
  /** When a session with a device was last tried to be begun anew, ms; by version, device and address. */
  readonly #tried = new Map<string, number>()
  /** Who reads what is said in groups, and when that was asked, performance.now(). */
  readonly #members = new Map<Jid, { accounts: readonly Jid[]; at: number }>()
  /** Devices that announce the newer version and have no bundle in it. */
  #old: SessionAddress[] = []
  /** What is to be done after messages came; while there is no stream that it could be done on, it waits. */
  #due: Omit<EncryptionEffects, 'account'> = { begun: [], broken: [], bundle: false }
  #work: Promise<void> = Promise.resolve()
  #open = false

  constructor(options: EncryptionOptions) {
    this.#options = options
    this.#devices = new Devices(options)
  }

  lost(): void {
    this.#open = false
    this.#old = []
    this.#members.clear()
    this.#devices.lost()
  }

  /** The number of our device; null: it has none yet. */
  get device(): number | null {
    return this.#devices.own
  }

  /** Before anything is decoded. */
  remember = (): Promise<void> => this.#devices.remember()

  /** What is announced of us is put right, and what was received is answered; nobody waits for it. */
  open(): void {
    void this.#introduce()
  }

  async #introduce(): Promise<void> {
    this.#open = true
    try {
      await this.#devices.introduce()
      await this.#answer()
    } catch (error) {
      this.#options.log.info(`our device is not announced: ${String(error)}`)
    }
  }

  /** The stream is as it was. */
  resume(): void {
    this.#open = true
    this.#devices.resume()
    void this.#answer()
  }

  /** Somebody's node says something new. */
  onItem = (owner: Jid, node: string, item: Item): Promise<void> => this.#devices.onItem(owner, node, item)

  /** Whether somebody's devices are known as they are now, as far as anybody says. */
  hasLooked({ jid, kind }: Pick<Conversation, 'jid' | 'kind'>): boolean {
    return kind === 'group' || jid.includes('/') || this.#devices.hasLooked(jid)
  }

  /** Looks at somebody's devices, once in a stream. Rejects never: where nobody answers those of before count. */
  learn = (jid: Jid): Promise<void> => this.#devices.learn(jid)

  /** Another device of ours is no longer one: it gets nothing more. Rejects with a Refusal. */
  forget = (device: number): Promise<void> => this.#devices.forget(device)

  /** Our device has another name. Rejects with a Refusal. */
  rename = (): Promise<void> => this.#devices.rename()

  /** This device is the account's no longer: nobody is to encrypt for it. Rejects never. */
  retire(): Promise<void> {
    this.#open = false
    return this.#devices.retire()
  }

  /** Who reads what is said in a private group, their devices looked at; nobody of one that is none, or is large: there it is the user's to turn it on. */
  async #smallGroup(group: Jid): Promise<readonly Jid[]> {
    const jids = await this.#accountsIn(group).catch((error: unknown) => {
      if (isRefusal(error)) return null
      throw error
    })
    if (jids === null || jids.length > LARGEST_BY_ITSELF) return []
    await Promise.all(jids.map((jid) => this.learn(jid)))
    return jids
  }

  /** Whether messages are encrypted by themselves: all have devices, and the user has not said otherwise. */
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
    // everybody's devices in a group are looked at only where it is to be encrypted
    if (jids === null || (kind === 'group' && !on)) return { on, possible: jids !== null, verified: false, undecided: 0, without: [], modern: false }
    for (const one of jids) await this.learn(one)
    const found = await store.write.encryptionTargets({ account: own, jids: [...jids] })
    const theirs = found.devices.filter((one) => one.jid !== own)
    return {
      on,
      possible: found.without.length === 0,
      verified: theirs.length > 0 && theirs.every(({ verified }) => verified),
      undecided: found.undecided.filter((one) => one.jid !== own).length,
      without: found.without,
      modern: found.modern
    }
  }

  /** Begins a session with a device by its bundle; false: it has none that holds. */
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

  /** Where a message goes, with sessions begun where there were none. A device that has no bundle in the newer version is written to in the older one, and so are all with it. */
  async #targets(jids: readonly Jid[]): Promise<Targets> {
    const { store, own } = this.#options
    const tried = new Set<string>()
    for (;;) {
      const found = await store.write.encryptionTargets({ account: own, jids: [...jids], old: this.#old })
      const reached = new Set(found.devices.flatMap((one) => (one.ready ? one.jid : [])))
      // who would get nothing is tried each time: the bundle may be there by now
      const waiting = found.devices.filter((one) => !one.ready && !tried.has(nameOf(one)) && (this.#mayTry(one) || !reached.has(one.jid)))
      if (waiting.length === 0) return found
      for (const address of waiting) {
        tried.add(nameOf(address))
        if (!(await this.#begin(address)) && address.version === 'omemo:2') this.#old.push(address)
      }
    }
  }

  /**
   * A message encrypted for all devices of its receivers and the others of our own. `isChange`: it says nothing that the older version could encrypt, and is given back
   * as it is where not all devices have the newer one. Throws CannotEncrypt; rejects where the connection is lost.
   */
  async encrypt(message: Element, { jid: address, kind }: Pick<Conversation, 'jid' | 'kind'>, isChange = false): Promise<Element> {
    const { store, own } = this.#options
    const to = address.includes('/') ? null : kind === 'group' ? await this.#accountsIn(address) : [address]
    if (to === null) {
      if (isChange) return message
      throw new CannotEncrypt('no-device', [address])
    }
    for (const jid of [...to, own]) await this.learn(jid)
    const { modern, devices, undecided } = await this.#targets(to)
    if (isChange && !modern) return message
    const ready = devices.filter((one) => one.ready)
    const without = to.filter((jid) => !ready.some((one) => one.jid === jid))
    if (without.length > 0) {
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
          envelope: envelope(contentOf(asking), { from: own, to: bare(address), time: Date.now(), padding: padding() })
        })
      )
    )
  }

  /** As the group says, at most half a minute ago. */
  async #accountsIn(group: Jid): Promise<readonly Jid[] | null> {
    const known = this.#members.get(group)
    if (known !== undefined && performance.now() - known.at < MEMBERS_MS) return known.accounts
    const accounts = await this.#options.accountsOf(group)
    if (accounts !== null) this.#members.set(group, { accounts, at: performance.now() })
    return accounts
  }

  /** Messages were opened, or could not be: sessions are completed and healed, the bundle is filled up. */
  after({ begun, broken, bundle, old }: EncryptionEffects & { old: boolean }): void {
    this.#due.bundle ||= bundle
    if (!old) {
      this.#due.begun.push(...begun)
      this.#due.broken.push(...broken)
    }
    void this.#answer()
  }

  /** One after the other; what could not be done waits for the next stream. */
  #answer(): Promise<void> {
    this.#work = this.#work
      .then(async () => {
        if (!this.#open) return
        if (this.#due.bundle) await this.#devices.publishBundles()
        this.#due.bundle = false
        for (const list of [this.#due.broken, this.#due.begun]) {
          for (let address = list[0]; address !== undefined; address = list[0]) {
            const isBroken = list === this.#due.broken
            if (!isBroken && this.#mayAnswer(address)) await this.#devices.learnAgain(address.jid)
            else if (!isBroken) this.#devices.doubt(address.jid)
            if (this.#mayAnswer(address) && (!isBroken || (this.#mayTry(address) && (await this.#begin(address))))) await this.#sendEmpty(address)
            list.shift()
          }
        }
      })
      .catch((error: unknown) => this.#options.log.info(`sessions wait for the next connection: ${String(error)}`))
    return this.#work
  }

  /** Strangers hear nothing by itself. */
  #mayAnswer({ jid }: SessionAddress): boolean {
    return jid === this.#options.own || this.#options.isContact(jid)
  }

  /** A message that says nothing, for its keys (XEP-0384 0.3, 'Sending a key transport message'; 0.8, 'Empty OMEMO messages'). */
  async #sendEmpty(address: SessionAddress): Promise<void> {
    const { connection, store, own } = this.#options
    const sealed = buffers(await store.write.seal({ account: own, devices: [address], text: null, envelope: null }))
    if (sealed.every(({ keys }) => keys.length === 0)) return
    await connection.send(encryptedMessage(xml('message', { to: address.jid, type: 'chat', id: randomUUID() }), sealed))
  }
}

/** Everything asks for the same, so that nothing tells a text from a change of one. */
function alike(message: Element): Element {
  const asked = [xml('request', { xmlns: NS.receipts }), markable()].filter((one) => message.getChild(one.name, one.getNS()) === undefined)
  return xml('message', message.attrs, ...message.children, ...asked)
}
