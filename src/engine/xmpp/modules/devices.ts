/** Devices that encrypt (XEP-0384 0.3 and 0.8): ours and its bundles at our PEP, others' lists and bundles at theirs; what is known of them lies in the store. */
import type { Element } from '@xmpp/client'
import type { Jid } from '../../../contract/domain.ts'
import type { Log } from '../../log.ts'
import { isRefusal } from '../../net/problem.ts'
import type { Store } from '../../threads/store.ts'
import { bundleElement, bundlePlace, decodeBundle, decodeDeviceList, deviceList, LIST_NODES, type ListedDevice } from '../omemo/elements.ts'
import { buffers } from '../omemo/sealed.ts'
import { VERSIONS, type Version } from '../omemo/version.ts'
import type { Bundle } from '../omemo/x3dh.ts'
import { createNode, itemsOf, itemsQuery, openNode, publish, type Item } from '../stanzas/pubsub.ts'
import type { Connection } from '../stream/connection.ts'

/** The one item of a list's node. */
const CURRENT = 'current'
/** Others' servers may be slow to answer, or gone, ms. */
const ASK_MS = 15_000
/** A list that was asked for counts so long, ms: whoever is no contact does not tell of a new device. One without devices: its owner may be about to have one. */
const LIST_MS = 10 * 60_000
const EMPTY_MS = 20_000

export interface DevicesOptions {
  connection: Connection
  store: Store
  own: Jid
  log: Log
}

export class Devices {
  readonly #options: DevicesOptions
  #device: number | null = null
  /** Until when lists count that were told or asked for in this stream, performance.now(), by version and account. */
  readonly #listed = new Map<string, number>()
  /** Our device is being put into our lists. */
  readonly #announcing = new Map<Version, Promise<void>>()
  #open = false

  constructor(options: DevicesOptions) {
    this.#options = options
  }

  lost(): void {
    this.#open = false
    this.#listed.clear()
  }

  /** The number of our device; null: it has none yet. */
  get own(): number | null {
    return this.#device
  }

  /** Before anything is decoded. */
  async remember(): Promise<void> {
    const { store, own } = this.#options
    this.#device = (await store.write.ownDevice({ account: own, time: Date.now() })).device
  }

  /** A new stream: what is announced of us is put right. */
  async introduce(): Promise<void> {
    this.#open = true
    for (const version of VERSIONS) await this.#onOwnList(version, await this.#askList(version, this.#options.own))
    await this.publishBundles()
  }

  /** The stream is as it was. */
  resume(): void {
    this.#open = true
  }

  /** Somebody's node says something new. */
  async onItem(owner: Jid, node: string, { payload }: Item): Promise<void> {
    const version = VERSIONS.find((one) => LIST_NODES[one] === node)
    if (version === undefined) return
    const devices = decodeDeviceList(version, payload ?? undefined)
    if (owner === this.#options.own) await this.#onOwnList(version, devices)
    else await this.#learn(version, owner, devices)
  }

  /** `until`: when it is to be asked for again, performance.now(). */
  async #learn(version: Version, jid: Jid, devices: readonly ListedDevice[], until = Infinity): Promise<void> {
    const { store, own } = this.#options
    this.#listed.set(`${version} ${jid}`, until)
    await store.write.setDevices({ account: own, jid, version, devices, time: Date.now() })
  }

  /** Another device of ours may have forgotten us. */
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

  /** What others read as the name of our device; the list is open to everybody. */
  async #name(): Promise<string> {
    return (await this.#options.store.read.settings()).deviceName
  }

  /** Our device has another name. Rejects with a Refusal. */
  async rename(): Promise<void> {
    if (this.#open) await this.#onOwnList('omemo:2', await this.#askList('omemo:2', this.#options.own))
  }

  async #announce(version: Version, device: number): Promise<void> {
    const { own } = this.#options
    // whoever reads the list reads the bundle next
    await this.publishBundles(version)
    // another device may have written it meanwhile
    const devices = await this.#askList(version, own)
    const label = await this.#name()
    if (!this.#open || devices.some((one) => one.id === device && (version === 'axolotl' || one.label === label))) return
    const others = devices.filter(({ id }) => id !== device)
    await this.#publish(LIST_NODES[version], CURRENT, deviceList(version, [...others, { id: device, label }]))
  }

  /** Empty where there is none. Rejects where the connection is lost, and where a server says anything else than that: what is known stays. */
  async #askList(version: Version, jid: Jid): Promise<ListedDevice[]> {
    const { connection, own } = this.#options
    const items = await connection.request(itemsQuery(LIST_NODES[version], jid === own ? null : jid), ASK_MS).then(itemsOf, (error: unknown) => {
      if (!isRefusal(error) || error.condition !== 'item-not-found') throw error
      return []
    })
    return decodeDeviceList(version, (items.find(({ id }) => id === CURRENT) ?? items.at(-1))?.payload ?? undefined)
  }

  /** `many`: the node keeps an item for each device. */
  async #publish(node: string, item: string, payload: Element, many = false): Promise<void> {
    const { connection } = this.#options
    try {
      await connection.request(publish(node, item, payload, many ? 'open-many' : 'open'))
    } catch (error) {
      if (!isRefusal(error)) throw error
      // it is there with other options, or the server does not know how a node is made on the way
      for (const step of [...(many ? [createNode(node)] : []), openNode(node, many)])
        await connection.request(step).catch((refusal: unknown) => {
          if (!isRefusal(refusal)) throw refusal
        })
      await connection.request(publish(node, item, payload, 'open'))
    }
  }

  /** Where they have changed since the server has taken them; that of `version` in any case. */
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

  /** Whether somebody's lists are known as they are now, as far as anybody says. */
  hasLooked(jid: Jid): boolean {
    return VERSIONS.every((version) => this.#listed.has(`${version} ${jid}`))
  }

  #isListed(version: Version, jid: Jid): boolean {
    return (this.#listed.get(`${version} ${jid}`) ?? -Infinity) > performance.now()
  }

  /** Looks at somebody's devices where they are not known as they are now. Rejects never: where nobody answers those of before count. */
  async learn(jid: Jid): Promise<void> {
    const { connection, log } = this.#options
    await Promise.all(
      VERSIONS.map(async (version) => {
        if (this.#isListed(version, jid) || !connection.isReady) return
        try {
          const devices = await this.#askList(version, jid)
          await this.#learn(version, jid, devices, performance.now() + (devices.length === 0 ? EMPTY_MS : LIST_MS))
        } catch (error) {
          log.info(`the devices of ${jid} are as they were: ${String(error)}`)
          if (connection.isReady) this.#listed.set(`${version} ${jid}`, performance.now() + LIST_MS)
        }
      })
    )
  }

  /** A device of somebody's has written for the first time: their lists are asked for before the next message to them. */
  doubt(jid: Jid): void {
    for (const version of VERSIONS) this.#listed.delete(`${version} ${jid}`)
  }

  /** A device of somebody's has written for the first time: a server may not have told that it is announced. Rejects never. */
  async learnAgain(jid: Jid): Promise<void> {
    this.doubt(jid)
    await this.learn(jid)
  }

  /** Rejects with a Refusal, a TimeoutError, or an OmemoRefusal where it is no bundle. */
  async bundle(version: Version, jid: Jid, device: number): Promise<Bundle> {
    const { connection, own } = this.#options
    const { node, item } = bundlePlace(version, device)
    const isMany = version === 'omemo:2'
    const items = itemsOf(await connection.request(itemsQuery(node, jid === own ? null : jid, isMany ? item : null), ASK_MS))
    return decodeBundle(version, (items.find(({ id }) => id === item) ?? (isMany ? undefined : items.at(-1)))?.payload ?? undefined)
  }

  /** Another device of ours is no longer one: it gets nothing more. Rejects with a Refusal. */
  async forget(device: number): Promise<void> {
    const { own } = this.#options
    for (const version of VERSIONS) {
      const before = await this.#askList(version, own)
      const left = before.filter(({ id }) => id !== device)
      if (left.length < before.length) await this.#publish(LIST_NODES[version], CURRENT, deviceList(version, left))
      await this.#learn(version, own, left)
    }
  }

  /** This device is the account's no longer: nobody is to encrypt for it. Rejects never. */
  async retire(): Promise<void> {
    // nor does it announce itself again
    this.#open = false
    await Promise.allSettled(this.#announcing.values())
    if (this.#device === null || !this.#options.connection.isReady) return
    await this.forget(this.#device).catch((error: unknown) => this.#options.log.info(`our device is still announced: ${String(error)}`))
  }
}
