/**
 * OMEMO devices (XEP-0384 0.3 and 0.8): our device and its bundles in our PEP nodes, others' lists and bundles in theirs; the known ones are kept in the
 * store.
 */
import type { Element } from '@xmpp/client'
import type { Jid } from '../../../contract/domain.ts'
import type { Log } from '../../log.ts'
import { isRefusal } from '../../net/problem.ts'
import type { Store } from '../../threads/store.ts'
import { bundleElement, bundlePlace, changedList, decodeBundle, decodeDeviceList, deviceLabel, LIST_NODES, type ListedDevice } from '../omemo/elements.ts'
import { buffers } from '../omemo/sealed.ts'
import { VERSIONS, type Version } from '../omemo/version.ts'
import type { Bundle } from '../omemo/x3dh.ts'
import { createNode, itemsOf, itemsQuery, openNode, publish, type Item } from '../stanzas/pubsub.ts'
import type { Connection } from '../stream/connection.ts'

/** Id of the only item in a device list node. */
const CURRENT = 'current'
/** Timeout of queries to other servers, which may be slow or gone, ms. */
const ASK_MS = 15_000
/**
 * Validity of a fetched device list, ms: people who are no contacts send no notification of a new device. Shorter for an empty list, whose owner may be about
 * to add a device.
 */
const LIST_MS = 10 * 60_000
const EMPTY_MS = 20_000
/** Number of times this device announces itself in a stream after a removal: the user, or another program, does not want it. */
const MOST_ANNOUNCED = 5
/** Queries of our list before it is changed, while others change it, at most. */
const MOST_ASKED = 3

export interface DevicesOptions {
  connection: Connection
  store: Store
  own: Jid
  /** Called when the devices of an account have changed. */
  onDevices?(): void
  log: Log
}

export class Devices {
  readonly #options: DevicesOptions
  #device: number | null = null
  /** Expiry of device lists learnt in this stream, performance.now(), by version and account. */
  readonly #listed = new Map<string, number>()
  /** Number of lists that the server has sent by itself, by version and account. */
  readonly #told = new Map<string, number>()
  /** Announcements of our device in progress, by version. */
  readonly #announcing = new Map<Version, Promise<void>>()
  /** Announcements of our device in this stream. */
  #announced = 0
  #open = false

  constructor(options: DevicesOptions) {
    this.#options = options
  }

  lost(): void {
    this.#open = false
    this.#listed.clear()
  }

  /** Our device id; null: not generated yet. */
  get own(): number | null {
    return this.#device
  }

  /** Loads our device; before any message is decoded. */
  async remember(): Promise<void> {
    const { store, own } = this.#options
    this.#device = (await store.write.ownDevice({ account: own, time: Date.now() })).device
  }

  /** Corrects our published lists and bundles in a new stream. */
  async introduce(): Promise<void> {
    this.#open = true
    this.#announced = 0
    for (const version of VERSIONS) {
      const devices = await this.#askList(version, this.#options.own)
      if (devices !== null) await this.#onOwnList(version, devices)
    }
    await this.publishBundles()
  }

  /** Marks the stream as open again, with its state unchanged. */
  resume(): void {
    this.#open = true
  }

  /** Handles a PEP notification with a device list. */
  async onItem(owner: Jid, node: string, { payload }: Item): Promise<void> {
    const version = VERSIONS.find((one) => LIST_NODES[one] === node)
    if (version === undefined) return
    const name = `${version} ${owner}`
    this.#told.set(name, (this.#told.get(name) ?? 0) + 1)
    if (owner !== this.#options.own) return this.#learn(version, owner, decodeDeviceList(version, payload ?? undefined))
    if (!this.#open) return
    // servers repeat old notifications after a stream that broke off, and a list without one of our devices would be its removal: only an answer is current
    const devices = await this.#askList(version, owner)
    if (devices !== null) await this.#onOwnList(version, devices)
  }

  /** `until`: time of the next query, performance.now(). */
  async #learn(version: Version, jid: Jid, devices: readonly ListedDevice[], until = Infinity): Promise<void> {
    const { store, own } = this.#options
    this.#listed.set(`${version} ${jid}`, until)
    if (await store.write.setDevices({ account: own, jid, version, devices, time: Date.now() })) this.#options.onDevices?.()
  }

  /** Handles our own device list, from which another device of ours may have removed this one. */
  async #onOwnList(version: Version, devices: readonly ListedDevice[]): Promise<void> {
    await this.#learn(version, this.#options.own, devices)
    const device = this.#device
    if (!this.#open || device === null) return
    const listed = devices.find(({ id }) => id === device)
    if (listed !== undefined && (version === 'axolotl' || listed.label === (await this.#name()))) return
    const announcing = this.#announcing.get(version) ?? this.#announce(version, device).finally(() => this.#announcing.delete(version))
    this.#announcing.set(version, announcing)
    await announcing
  }

  /** Public name of our device; everybody can read the list. */
  async #name(): Promise<string | null> {
    return deviceLabel((await this.#options.store.read.settings()).deviceName)
  }

  /** Publishes a new name of our device. Rejects with a Refusal. */
  async rename(): Promise<void> {
    this.#announced = 0
    if (!this.#open) return
    const devices = await this.#askList('omemo:2', this.#options.own)
    if (devices !== null) await this.#onOwnList('omemo:2', devices)
  }

  async #announce(version: Version, device: number): Promise<void> {
    // publish the bundle first: readers of the list fetch it next
    await this.publishBundles(version)
    const label = await this.#name()
    const list = await this.#current(version)
    const isThere = decodeDeviceList(version, list).some((one) => one.id === device && (version === 'axolotl' || one.label === label))
    if (!this.#open || isThere) return
    if (this.#announced++ >= MOST_ANNOUNCED * VERSIONS.length) {
      this.#options.log.info('this device was removed from the device list again and again; it is announced on the next connection')
      return
    }
    await this.#publish(LIST_NODES[version], CURRENT, changedList(version, list, device, { id: device, label }))
  }

  /** Our list as published, asked again if it changes on the way: a device that signs out meanwhile is not put back. */
  async #current(version: Version): Promise<Element | undefined> {
    const { own } = this.#options
    for (let tries = MOST_ASKED; ; tries--) {
      const before = this.#told.get(`${version} ${own}`)
      const list = await this.#ask(version, own)
      if (tries === 1 || this.#told.get(`${version} ${own}`) === before) return list
    }
  }

  /**
   * Fetches a device list; empty if there is none, null if the server has sent the list by itself meanwhile, which may be newer. Rejects if the connection is lost
   * or a server gives any other error: the known devices stay.
   */
  async #askList(version: Version, jid: Jid): Promise<ListedDevice[] | null> {
    const name = `${version} ${jid}`
    const before = this.#told.get(name)
    const list = await this.#ask(version, jid)
    return this.#told.get(name) === before ? decodeDeviceList(version, list) : null
  }

  /** Like #askList, as published; undefined: there is none. */
  async #ask(version: Version, jid: Jid): Promise<Element | undefined> {
    const { connection, own } = this.#options
    const items = await connection.request(itemsQuery(LIST_NODES[version], jid === own ? null : jid), ASK_MS).then(itemsOf, (error: unknown) => {
      if (!isRefusal(error) || error.condition !== 'item-not-found') throw error
      return []
    })
    return (items.find(({ id }) => id === CURRENT) ?? items.at(-1))?.payload ?? undefined
  }

  /** `many`: the node keeps one item per device. */
  async #publish(node: string, item: string, payload: Element, many = false): Promise<void> {
    const { connection } = this.#options
    try {
      await connection.request(publish(node, item, payload, many ? 'open-many' : 'open'))
    } catch (error) {
      if (!isRefusal(error)) throw error
      // the node exists with other options, or the server cannot create nodes on publish
      for (const step of [...(many ? [createNode(node)] : []), openNode(node, many)])
        await connection.request(step).catch((refusal: unknown) => {
          if (!isRefusal(refusal)) throw refusal
        })
      await connection.request(publish(node, item, payload, 'open'))
    }
  }

  /** Publishes bundles that changed since the server accepted them; the bundle of `version` in any case. */
  async publishBundles(version?: Version): Promise<void> {
    const { store, own } = this.#options
    const { device, bundles, revision, unpublished } = buffers(await store.write.ownDevice({ account: own, time: Date.now() }))
    if (!this.#open) return
    for (const bundle of bundles) {
      if (!unpublished && bundle.version !== version) continue
      const { node, item } = bundlePlace(bundle.version, device)
      await this.#publish(node, item, bundleElement(bundle), bundle.version === 'omemo:2')
    }
    if (unpublished) await store.write.bundlesPublished({ account: own, revision })
  }

  /** True if all device lists of a person are known and up to date, as far as notifications tell. */
  hasLooked(jid: Jid): boolean {
    return VERSIONS.every((version) => this.#listed.has(`${version} ${jid}`))
  }

  #isListed(version: Version, jid: Jid): boolean {
    return (this.#listed.get(`${version} ${jid}`) ?? -Infinity) > performance.now()
  }

  /** Fetches a person's device lists if they are not up to date. Never rejects: if the server does not answer, the known devices are used. */
  async learn(jid: Jid): Promise<void> {
    const { connection, log } = this.#options
    await Promise.all(
      VERSIONS.map(async (version) => {
        if (this.#isListed(version, jid) || !connection.isReady) return
        try {
          const devices = await this.#askList(version, jid)
          if (devices !== null) await this.#learn(version, jid, devices, performance.now() + (devices.length === 0 ? EMPTY_MS : LIST_MS))
        } catch (error) {
          log.info(`the devices of ${jid} were not updated: ${String(error)}`)
          if (connection.isReady) this.#listed.set(`${version} ${jid}`, performance.now() + LIST_MS)
        }
      })
    )
  }

  /** Discards a person's device lists, because an unknown device has written and the server may not have sent a notification: they are fetched before the next message to that person. */
  doubt(jid: Jid): void {
    for (const version of VERSIONS) this.#listed.delete(`${version} ${jid}`)
  }

  /** Fetches a bundle. Rejects with a Refusal, a TimeoutError, or an OmemoRefusal if it is invalid. */
  async bundle(version: Version, jid: Jid, device: number): Promise<Bundle> {
    const { connection, own } = this.#options
    const { node, item } = bundlePlace(version, device)
    const isMany = version === 'omemo:2'
    const items = itemsOf(await connection.request(itemsQuery(node, jid === own ? null : jid, isMany ? item : null), ASK_MS))
    return decodeBundle(version, (items.find(({ id }) => id === item) ?? (isMany ? undefined : items.at(-1)))?.payload ?? undefined)
  }

  /** Removes another own device from our lists, so that it gets no more messages. Rejects with a Refusal. */
  async forget(device: number): Promise<void> {
    const { own, store } = this.#options
    // it may announce itself again at any moment
    await store.write.dismissDevice({ account: own, device })
    for (const version of VERSIONS) {
      // a device that announces itself at the same moment may put it back
      for (let tries = MOST_ASKED; tries > 0; tries--) {
        const list = await this.#current(version)
        const left = changedList(version, list, device)
        const devices = decodeDeviceList(version, left)
        const isThere = devices.length < decodeDeviceList(version, list).length
        if (isThere) await this.#publish(LIST_NODES[version], CURRENT, left)
        await this.#learn(version, own, devices)
        if (!isThere) break
      }
    }
  }

  /** Removes this device from the account's lists, so that nobody encrypts for it. Never rejects. */
  async retire(): Promise<void> {
    // prevents that it announces itself again
    this.#open = false
    await Promise.allSettled(this.#announcing.values())
    if (this.#device === null || !this.#options.connection.isReady) return
    await this.forget(this.#device).catch((error: unknown) => this.#options.log.info(`our device was not removed from the device list: ${String(error)}`))
  }
}
