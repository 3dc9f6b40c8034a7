/** Avatars: XEP-0084 of accounts, XEP-0153 in presence, also in groups. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Element } from '@xmpp/client'
import { bare, parseJid, resource } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import { keep } from '../../store/media-folder.ts'
import { avatarData, avatarInfo, LARGEST_AVATAR, type AvatarInfo, publishAvatarData, publishAvatarInfo, removeAvatar } from '../stanzas/avatars.ts'
import { NS } from '../stanzas/namespaces.ts'
import { itemsOf, itemsQuery, type Item } from '../stanzas/pubsub.ts'
import { photoHash, vcardPhoto, vcardQuery } from '../stanzas/vcard.ts'
import type { Store } from '../../threads/store.ts'

/** Largest group whose occupants' avatars are fetched. */
const MOST_SHOWN = 100
/** Shortest interval between avatar updates to windows, ms. */
const TELL_MS = 250

export interface PicturesOptions {
  connection: Connection
  store: Store
  /** Media folder. */
  folder: string
  isContact(jid: Jid): boolean
  /** True for the address of a joined group. */
  isGroup(address: string): boolean
  /** Number of occupants of a group. */
  occupants(group: Jid): number
  /** Called when somebody's avatar changed. */
  onAvatar(): void
  info(message: string): void
}

export class Pictures implements Module {
  readonly extensions = [
    { id: 'XEP-0054', name: 'vcard-temp' },
    { id: 'XEP-0084', name: 'User Avatar', features: [`${NS.avatarMetadata}+notify`] },
    { id: 'XEP-0153', name: 'vCard-Based Avatars' }
  ]
  readonly #options: PicturesOptions
  /** Owners of avatars being fetched, so that each is requested once. */
  readonly #fetching = new Set<Jid>()
  /** Latest avatar metadata of each account, while it is being handled. */
  readonly #told = new Map<Jid, { info: AvatarInfo | null }>()
  /** Owners who publish by XEP-0084: their vCards have the same avatar, or an older one. */
  readonly #publishers = new Set<Jid>()
  /** Occupants of groups and the avatar hashes they announce. */
  readonly #announced = new Map<Jid, string | null>()
  /** Owners whose vCard did not have the announced avatar: a contact's may be visible to contacts only, and arrive that way. */
  readonly #refused = new Map<Jid, string>()
  #showing = false
  #telling: NodeJS.Timeout | null = null

  constructor(options: PicturesOptions) {
    this.#options = options
  }

  /** Sets our avatar (square); null removes it. Rejects if the server refuses. */
  async set(picture: { data: Buffer; type: string; side: number } | null): Promise<void> {
    const { connection } = this.#options
    if (picture === null) {
      await connection.request(removeAvatar())
      return
    }
    const id = createHash('sha1').update(picture.data).digest('hex')
    await connection.request(publishAvatarData(id, picture.data))
    await connection.request(publishAvatarInfo({ id, bytes: picture.data.length, type: picture.type }, picture.side))
  }

  /** Handles avatar metadata of a contact or of our own account, one at a time; of several that arrive meanwhile only the last. */
  async onMetadata(owner: Jid, item: Item): Promise<void> {
    const info = avatarInfo(item)
    if (info === undefined) return
    this.#publishers.add(owner)
    const isUnderWay = this.#told.has(owner)
    this.#told.set(owner, { info })
    if (isUnderWay) return
    try {
      for (let said = this.#told.get(owner), shown = null; said !== undefined && said !== shown; shown = said, said = this.#told.get(owner))
        await this.#show(owner, said.info).catch((error: unknown) => this.#options.info(`the picture of ${owner}: ${String(error)}`))
    } finally {
      this.#told.delete(owner)
    }
  }

  async #show(owner: Jid, info: AvatarInfo | null): Promise<void> {
    const { store, connection } = this.#options
    const known = await store.read.avatar(owner)
    if (info === null) {
      await store.write.setAvatar({ jid: owner, avatar: null })
      this.#tellAvatars()
      return
    }
    if (known?.hash === info.id) return
    await this.#fetch(owner, info.id, async () => {
      const [found] = itemsOf(await connection.request(itemsQuery(NS.avatarData, owner, info.id)))
      const data = found === undefined ? null : avatarData(found)
      return data === null ? null : { type: info.type, data }
    })
  }

  /** `hash`: SHA-1 (hex) of the expected picture. */
  async #fetch(owner: Jid, hash: string, get: () => Promise<{ type: string; data: Buffer } | null>): Promise<void> {
    const { store, folder } = this.#options
    this.#fetching.add(owner)
    try {
      const picture = await get()
      if (picture === null || createHash('sha1').update(picture.data).digest('hex') !== hash) throw new Error('the picture does not match the announced hash')
      const { stored } = await keep(folder, Readable.from([picture.data]), `avatar.${picture.type.slice(6)}`, { most: LARGEST_AVATAR })
      await store.write.setAvatar({ jid: owner, avatar: { hash, stored } })
      await this.#giveRefused(hash)
      this.#tellAvatars()
    } finally {
      this.#fetching.delete(owner)
    }
  }

  /** Consumes an occupant's presence: a group is no contact. */
  presence(stanza: Element): boolean {
    const inGroup = this.#options.isGroup(bare(stanza.attrs['from'] ?? ''))
    if (inGroup) this.#onOccupant(stanza)
    else this.#onPerson(stanza)
    return inGroup
  }

  /** Handles the vCard hash in a contact's presence (XEP-0153). */
  #onPerson(stanza: Element): void {
    const owner = bare(stanza.attrs['from'] ?? '')
    const hash = photoHash(stanza)
    if (hash === undefined || !this.#options.isContact(owner) || this.#fetching.has(owner) || this.#publishers.has(owner)) return
    this.#onPhoto(owner, hash).catch((error: unknown) => this.#options.info(`vCard of ${owner}: ${String(error)}`))
  }

  /** Handles the vCard hash in an occupant's presence. A nickname may have passed to another person: without a hash there is no avatar. */
  #onOccupant(stanza: Element): void {
    const occupant = parseJid(stanza.attrs['from'] ?? '')
    if (occupant === null || stanza.attrs['type'] !== undefined) return
    // the group's own avatar, which most of its presences do not mention
    if (resource(occupant) === '' && photoHash(stanza) === undefined) return
    this.#announced.set(occupant, photoHash(stanza) ?? null)
    if (!this.#showing) void this.#showOccupants()
  }

  /** Fetches occupants' avatars one after the other: entering a group brings all its occupants at once. */
  async #showOccupants(): Promise<void> {
    const { connection, occupants, info } = this.#options
    this.#showing = true
    for (const [occupant, hash] of this.#announced) {
      this.#announced.delete(occupant)
      this.#refused.delete(occupant)
      if (!connection.isReady || (resource(occupant) !== '' && occupants(bare(occupant)) > MOST_SHOWN)) continue
      await this.#onPhoto(occupant, hash).catch(async (error: unknown) => {
        info(`a vCard in a group: ${String(error)}`)
        if (hash === null) return
        this.#refused.set(occupant, hash)
        // the avatar may have arrived meanwhile
        await this.#giveRefused(hash).catch((cause: unknown) => info(String(cause)))
      })
    }
    this.#showing = false
  }

  /** Assigns a stored picture to all who announced it. */
  async #giveRefused(hash: string): Promise<void> {
    const { store } = this.#options
    const same = await store.read.avatarByHash(hash)
    if (same === null) return
    for (const [occupant, announced] of this.#refused) {
      if (announced !== hash) continue
      this.#refused.delete(occupant)
      await store.write.setAvatar({ jid: occupant, avatar: { hash, stored: same.stored } })
      this.#tellAvatars()
    }
  }

  async #onPhoto(owner: Jid, hash: string | null): Promise<void> {
    const { store, connection } = this.#options
    const known = await store.read.avatar(owner)
    if ((known?.hash ?? null) === hash) return
    const same = hash === null ? null : await store.read.avatarByHash(hash)
    if (hash !== null && same === null) return this.#fetch(owner, hash, async () => vcardPhoto(await connection.request(vcardQuery(owner))))
    await store.write.setAvatar({ jid: owner, avatar: same === null ? null : { hash: same.hash, stored: same.stored } })
    this.#tellAvatars()
  }

  #tellAvatars(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = null
      this.#options.onAvatar()
    }, TELL_MS).unref()
  }
}
