/**
 * OMEMO between accounts (XEP-0384 0.3): our device and its bundle at our PEP, others' devices, sessions that are begun, healed and
 * completed. What belongs to a single message is the store's (store/encrypting.ts).
 */
import { randomUUID } from 'node:crypto'
import { xml, type Element } from '@xmpp/client'
import type { Conversation, Jid, Secrecy } from '../../../contract/domain.ts'
import type { Log } from '../../log.ts'
import { isRefusal } from '../../net/problem.ts'
import type { DeviceAddress, EncryptionEffects } from '../../store/encrypting.ts'
import type { Store } from '../../threads/store.ts'
import { bundleElement, bundleNode, decodeBundle, decodeDeviceList, DEVICE_LIST_NODE, deviceList } from '../omemo/elements.ts'
import { OmemoRefusal } from '../omemo/refusal.ts'
import { buffers } from '../omemo/sealed.ts'
import { encryptedMessage } from '../stanzas/encryption.ts'
import { NS } from '../stanzas/namespaces.ts'
import { itemsOf, itemsQuery, openNode, publish, type Item } from '../stanzas/pubsub.ts'
import type { Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'

/** The one item of each node. */
const CURRENT = 'current'
/** A device whose session was healed, or could not be begun, is left alone so long, ms. */
const AGAIN_MS = 10 * 60_000
/** Others' servers may be slow to answer, or gone, ms. */
const ASK_MS = 15_000
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

export class Encryption implements Module {
  readonly #options: EncryptionOptions
  #device: number | null = null
  /** Accounts whose device list was told or asked for in this stream. */
  readonly #listed = new Set<Jid>()
  /** When a session with a device was last tried to be begun anew, ms; by device and address. */
  readonly #tried = new Map<string, number>()
  /** Who reads what is said in groups, and when that was asked, performance.now(). */
  readonly #members = new Map<Jid, { accounts: readonly Jid[]; at: number }>()
  /** What is to be done after messages came; while there is no stream that it could be done on, it waits. */
  #due: Omit<EncryptionEffects, 'account'> = { begun: [], broken: [], bundle: false }
  #work: Promise<void> = Promise.resolve()
  /** Our device is being put into our list. */
  #announcing: Promise<void> | null = null
  #open = false

  constructor(options: EncryptionOptions) {
    this.#options = options
  }

  lost(): void {
    this.#open = false
    this.#listed.clear()
    this.#members.clear()
  }

  /** The number of our device; null: it has none yet. */
  get device(): number | null {
    return this.#device
  }

  /** Before anything is decoded. */
  async remember(): Promise<void> {
    const { store, own } = this.#options
    this.#device = (await store.write.ownDevice({ account: own, time: Date.now() })).device
  }

  /** What is announced of us is put right, and what was received is answered; nobody waits for it. */
  open(): void {
    void this.#introduce()
  }

  async #introduce(): Promise<void> {
    const { own, log } = this.#options
    this.#open = true
    try {
      await this.#onOwnList(await this.#askList(own))
      await this.#publishBundle()
      await this.#answer()
    } catch (error) {
      log.info(`our device is not announced: ${String(error)}`)
    }
  }

  /** The stream is as it was. */
  resume(): void {
    this.#open = true
    void this.#answer()
  }

  /** Somebody's node says something new. */
  async onItem(owner: Jid, node: string, { payload }: Item): Promise<void> {
    if (node !== DEVICE_LIST_NODE) return
    const devices = decodeDeviceList(payload ?? undefined)
    if (owner === this.#options.own) await this.#onOwnList(devices)
    else await this.#learn(owner, devices)
  }

  async #learn(jid: Jid, devices: readonly number[]): Promise<void> {
    const { store, own } = this.#options
    this.#listed.add(jid)
    await store.write.setDevices({ account: own, jid, devices, time: Date.now() })
  }

  /** Another device of ours may have forgotten us. */
  async #onOwnList(devices: readonly number[]): Promise<void> {
    await this.#learn(this.#options.own, devices)
    const device = this.#device
    if (!this.#open || device === null || devices.includes(device)) return
    this.#announcing ??= this.#announce(device).finally(() => (this.#announcing = null))
    await this.#announcing
  }

  async #announce(device: number): Promise<void> {
    const { own } = this.#options
    // whoever reads the list reads the bundle next
    await this.#publishBundle(true)
    // another device may have written it meanwhile
    const devices = await this.#askList(own)
    if (this.#open && !devices.includes(device)) await this.#publish(DEVICE_LIST_NODE, deviceList([...devices, device]))
  }

  /** Empty where there is none. Rejects where the connection is lost. */
  async #askList(jid: Jid): Promise<number[]> {
    const { connection, own } = this.#options
    const items = await connection.request(itemsQuery(DEVICE_LIST_NODE, jid === own ? null : jid), ASK_MS).then(itemsOf, (error: unknown) => {
      if (!isRefusal(error)) throw error
      return []
    })
    return decodeDeviceList((items.find(({ id }) => id === CURRENT) ?? items.at(-1))?.payload ?? undefined)
  }

  async #publish(node: string, payload: Element): Promise<void> {
    const { connection } = this.#options
    try {
      await connection.request(publish(node, CURRENT, payload, 'open'))
    } catch (error) {
      if (!isRefusal(error)) throw error
      // it is there with other options, or the server does not know how a node is made on the way
      await connection.request(openNode(node)).catch((refusal: unknown) => {
        if (!isRefusal(refusal)) throw refusal
      })
      await connection.request(publish(node, CURRENT, payload, 'open'))
    }
  }

  async #publishBundle(again = false): Promise<void> {
    const { store, own } = this.#options
    const { device, bundle, version, unpublished } = buffers(await store.write.ownDevice({ account: own, time: Date.now() }))
    if (!(unpublished || again) || !this.#open) return
    await this.#publish(bundleNode(device), bundleElement(bundle))
    await store.write.bundlePublished({ account: own, version })
  }

  /** Whether somebody's devices are known as they are now, as far as anybody says. */
  hasLooked({ jid, kind }: Pick<Conversation, 'jid' | 'kind'>): boolean {
    return kind === 'group' || jid.includes('/') || this.#listed.has(jid)
  }

  /** Looks at somebody's devices, once in a stream. Rejects never: where nobody answers those of before count. */
  async learn(jid: Jid): Promise<void> {
    if (this.#listed.has(jid) || !this.#options.connection.isReady) return
    try {
      await this.#learn(jid, await this.#askList(jid))
    } catch (error) {
      this.#options.log.info(`the devices of ${jid} are as they were: ${String(error)}`)
      if (this.#options.connection.isReady) this.#listed.add(jid)
    }
  }

  /** Whether messages are encrypted by themselves: all have devices, and the user has not said otherwise. */
  async wants({ jid, kind, encryption }: Pick<Conversation, 'jid' | 'kind' | 'encryption'>): Promise<boolean> {
    if (encryption !== null || kind === 'group' || jid.includes('/')) return encryption === 'on'
    if (!(await this.#options.store.read.settings()).autoEncrypt) return false
    const { devices } = await this.#options.store.write.encryptionTargets({ account: this.#options.own, jids: [jid], time: Date.now() })
    return devices.some((one) => one.jid === jid)
  }

  async secrecy(conversation: Pick<Conversation, 'jid' | 'kind' | 'encryption'>): Promise<Secrecy> {
    const { store, own } = this.#options
    const { jid, kind } = conversation
    const on = await this.wants(conversation)
    const jids = jid.includes('/') ? null : kind === 'group' ? await this.#accountsIn(jid) : [jid]
    // everybody's devices in a group are looked at only where it is to be encrypted
    if (jids === null || (kind === 'group' && !on)) return { on, possible: jids !== null, undecided: 0, without: [] }
    for (const one of jids) await this.learn(one)
    const found = await store.write.encryptionTargets({ account: own, jids: [...jids], time: Date.now() })
    return { on, possible: found.without.length === 0, undecided: found.undecided.filter((one) => one.jid !== own).length, without: found.without }
  }

  /** Another device of ours is no longer one: it gets nothing more. Rejects with a Refusal. */
  async forget(device: number): Promise<void> {
    const { own } = this.#options
    const left = (await this.#askList(own)).filter((one) => one !== device)
    await this.#publish(DEVICE_LIST_NODE, deviceList(left))
    await this.#learn(own, left)
  }

  /** This device is the account's no longer: nobody is to encrypt for it. Rejects never. */
  async retire(): Promise<void> {
    // nor does it announce itself again
    this.#open = false
    await this.#announcing?.catch(() => undefined)
    if (this.#device === null || !this.#options.connection.isReady) return
    await this.forget(this.#device).catch((error: unknown) => this.#options.log.info(`our device is still announced: ${String(error)}`))
  }

  /** Begins a session with a device by its bundle; false: it has none that holds. */
  async #begin({ jid, device }: DeviceAddress): Promise<boolean> {
    const { connection, store, own, log } = this.#options
    try {
      const items = itemsOf(await connection.request(itemsQuery(bundleNode(device), jid === own ? null : jid), ASK_MS))
      const bundle = decodeBundle((items.find(({ id }) => id === CURRENT) ?? items.at(-1))?.payload ?? undefined)
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

  #mayTry({ jid, device }: DeviceAddress): boolean {
    const [name, now] = [`${device} ${jid}`, performance.now()]
    if (now - (this.#tried.get(name) ?? -Infinity) < AGAIN_MS) return false
    this.#tried.set(name, now)
    return true
  }

  /** A message with its text encrypted for all devices of its receivers and the others of our own. Throws CannotEncrypt; rejects where the connection is lost. */
  async encrypt(message: Element, { jid: address, kind }: Pick<Conversation, 'jid' | 'kind'>): Promise<Element> {
    const { store, own } = this.#options
    const to = address.includes('/') ? null : kind === 'group' ? await this.#accountsIn(address) : [address]
    if (to === null) throw new CannotEncrypt('no-device', [address])
    for (const jid of [...to, own]) await this.learn(jid)
    const ask = { account: own, jids: [...to] }
    const found = await store.write.encryptionTargets({ ...ask, time: Date.now() })
    let begun = false
    for (const address of found.devices) if (!address.ready && this.#mayTry(address)) begun = (await this.#begin(address)) || begun
    const { devices, undecided } = begun ? await store.write.encryptionTargets({ ...ask, time: Date.now() }) : found
    const ready = devices.filter((one) => one.ready)
    const without = to.filter((jid) => !ready.some((one) => one.jid === jid))
    if (without.length > 0) {
      const waiting = without.filter((jid) => undecided.some((one) => one.jid === jid))
      throw waiting.length > 0 ? new CannotEncrypt('undecided', waiting) : new CannotEncrypt('no-device', without)
    }
    const text = message.getChild('body')?.text() ?? ''
    return this.#sealed(message, ready, text)
  }

  /** As the group says, at most half a minute ago. */
  async #accountsIn(group: Jid): Promise<readonly Jid[] | null> {
    const known = this.#members.get(group)
    if (known !== undefined && performance.now() - known.at < MEMBERS_MS) return known.accounts
    const accounts = await this.#options.accountsOf(group)
    if (accounts !== null) this.#members.set(group, { accounts, at: performance.now() })
    return accounts
  }

  async #sealed(message: Element, devices: readonly DeviceAddress[], text: string | null): Promise<Element> {
    const { store, own } = this.#options
    return encryptedMessage(message, buffers(await store.write.seal({ account: own, devices, text, time: Date.now() })))
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
        if (this.#due.bundle) await this.#publishBundle()
        this.#due.bundle = false
        for (const list of [this.#due.broken, this.#due.begun]) {
          for (let address = list[0]; address !== undefined; address = list[0]) {
            const isBroken = list === this.#due.broken
            if (this.#mayAnswer(address) && (!isBroken || (this.#mayTry(address) && (await this.#begin(address))))) await this.#sendEmpty(address)
            list.shift()
          }
        }
      })
      .catch((error: unknown) => this.#options.log.info(`sessions wait for the next connection: ${String(error)}`))
    return this.#work
  }

  /** Strangers hear nothing by itself. */
  #mayAnswer({ jid }: DeviceAddress): boolean {
    return jid === this.#options.own || this.#options.isContact(jid)
  }

  /** A message that says nothing, for its keys (XEP-0384 0.3, 'Sending a key transport message'). */
  async #sendEmpty(address: DeviceAddress): Promise<void> {
    const stanza = xml('message', { to: address.jid, type: 'chat', id: randomUUID() })
    const sealed = await this.#sealed(stanza, [address], null)
    if (sealed.getChild('encrypted', NS.axolotl)?.getChild('header')?.getChild('key') !== undefined) await this.#options.connection.send(sealed)
  }
}
