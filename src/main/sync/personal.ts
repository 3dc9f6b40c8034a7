/** What our account keeps for all of our devices, and what contacts show of themselves (XEP-0163). */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Element } from '@xmpp/client'
import { bare, parseJid, resource } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import type { Connection } from '../connection/connection.ts'
import { isRefusal, refused } from '../connection/problem.ts'
import { keep } from '../media/folder.ts'
import { avatarData, avatarInfo, LARGEST_AVATAR, nickOf, publishAvatarData, publishAvatarInfo, publishNick, removeAvatar } from '../protocol/avatars.ts'
import { bookmark, bookmarkItem, type Bookmark } from '../protocol/bookmarks.ts'
import { displayedItem, displayedMark } from '../protocol/displayed-sync.ts'
import { NS } from '../protocol/namespaces.ts'
import { photoHash, vcardPhoto, vcardQuery } from '../protocol/vcard.ts'
import { configureNode, createNode, eventOf, itemsOf, itemsQuery, publish, type Item } from '../protocol/pubsub.ts'
import type { Store } from '../store/store.ts'
import type { StoreChanges } from '../store/types.ts'

/** In a larger group nobody's picture is fetched. */
const MOST_SHOWN = 100
/** Windows are told of pictures so often, ms. */
const TELL_MS = 250

export interface PersonalOptions {
  connection: Connection
  store: Store
  own: Jid
  /** Where pictures are kept. */
  folder: string
  isContact(jid: Jid): boolean
  /** How many are in a group. */
  occupants(group: Jid): number
  onChanges(changes: StoreChanges): void
  /** A device of ours is in a group, or no longer. */
  onBookmark(bookmark: Bookmark): Promise<void>
  /** Somebody shows another picture, or none. */
  onAvatar(): void
  info(message: string): void
}

export class Personal {
  readonly #options: PersonalOptions
  /** Whose picture is on its way, so that it is asked for once. */
  readonly #fetching = new Set<Jid>()
  /** Who shows theirs by XEP-0084: what their vCards have is the same, or older. */
  readonly #publishers = new Set<Jid>()
  /** Occupants of groups and the hashes of what they show. */
  readonly #announced = new Map<Jid, string | null>()
  /** Those whose vCard did not give what was announced: a contact's may be seen by contacts alone, and come by that way. */
  readonly #refused = new Map<Jid, string>()
  #showing = false
  #telling: NodeJS.Timeout | null = null

  constructor(options: PersonalOptions) {
    this.#options = options
  }

  /** Whether a message was a notification; those of strangers are ignored. */
  take(stanza: Element): boolean {
    const { own, isContact, info } = this.#options
    const event = eventOf(stanza, own)
    if (event === null) return false
    const { owner, node, items } = event
    if (owner !== own && !isContact(owner)) return true
    for (const item of items) void this.#on(owner, node, item).catch((error: unknown) => info(`${node} of ${owner}: ${String(error)}`))
    return true
  }

  async #on(owner: Jid, node: string, item: Item): Promise<void> {
    const { own, store, onChanges, onBookmark } = this.#options
    if (node === NS.avatarMetadata) await this.#onAvatar(owner, item)
    else if (node === NS.nick && owner !== own) onChanges(await store.write.callContact({ account: own, jid: owner, name: nickOf(item) }))
    if (owner !== own) return
    if (node === NS.displayedSync) await this.#onMark(item)
    const marked = node === NS.bookmarks ? bookmark(item) : null
    if (marked !== null) await onBookmark(marked)
  }

  async #onMark(item: Item): Promise<void> {
    const mark = displayedMark(item)
    if (mark !== null) this.#options.onChanges(await this.#options.store.write.displayed({ account: this.#options.own, conversation: mark.conversation, id: mark.stanzaId, outgoing: true }))
  }

  /** How far our other devices have read meanwhile. */
  async readMarks(): Promise<void> {
    for (const item of await this.#items(NS.displayedSync)) await this.#onMark(item)
  }

  /** The groups that our devices are in; null: the server keeps none. */
  async bookmarks(): Promise<Bookmark[] | null> {
    const answer = await this.#options.connection.request(itemsQuery(NS.bookmarks)).catch(refused(null))
    return answer === null ? null : itemsOf(answer).flatMap((item) => bookmark(item) ?? [])
  }

  /** Tells our other devices how far we have read. `by`: whose archive gave the id. */
  noteRead(conversation: Jid, stanzaId: string, by: Jid): void {
    this.#background(this.#keep(NS.displayedSync, displayedItem({ conversation, stanzaId }, by)))
  }
  /** Our other devices are to be in a group, too, or no longer. */
  noteGroup(mark: Bookmark): void {
    this.#background(this.#keep(NS.bookmarks, bookmarkItem(mark)))
  }
  /** What contacts without a name for us see. */
  async setNick(nick: string): Promise<void> {
    await this.#options.connection.request(publishNick(nick))
  }

  /** A square picture of ours; null: none. Rejects where the server refuses. */
  async setAvatar(picture: { data: Buffer; type: string; side: number } | null): Promise<void> {
    const { connection } = this.#options
    if (picture === null) {
      await connection.request(removeAvatar())
      return
    }
    const id = createHash('sha1').update(picture.data).digest('hex')
    await connection.request(publishAvatarData(id, picture.data))
    await connection.request(publishAvatarInfo({ id, bytes: picture.data.length, type: picture.type }, picture.side))
  }

  async #onAvatar(owner: Jid, item: Item): Promise<void> {
    const { store, connection } = this.#options
    const info = avatarInfo(item)
    if (info === undefined || this.#fetching.has(owner)) return
    this.#publishers.add(owner)
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

  /** `hash`: SHA-1 (hex) of the picture that is to come. */
  async #fetch(owner: Jid, hash: string, get: () => Promise<{ type: string; data: Buffer } | null>): Promise<void> {
    const { store, folder } = this.#options
    this.#fetching.add(owner)
    try {
      const picture = await get()
      if (picture === null || createHash('sha1').update(picture.data).digest('hex') !== hash) throw new Error('the picture is not the one that was announced')
      const { stored } = await keep(folder, Readable.from([picture.data]), `avatar.${picture.type.slice(6)}`, { most: LARGEST_AVATAR })
      await store.write.setAvatar({ jid: owner, avatar: { hash, stored } })
      await this.#giveRefused(hash)
      this.#tellAvatars()
    } finally {
      this.#fetching.delete(owner)
    }
  }

  /** A contact's presence may say what its vCard shows (XEP-0153). */
  onPresence(stanza: Element): void {
    const owner = bare(stanza.attrs['from'] ?? '')
    const hash = photoHash(stanza)
    if (hash === undefined || !this.#options.isContact(owner) || this.#fetching.has(owner) || this.#publishers.has(owner)) return
    this.#onPhoto(owner, hash).catch((error: unknown) => this.#options.info(`vCard of ${owner}: ${String(error)}`))
  }

  /** So may an occupant's in a group. Another one may have the nickname now: who announces none has none. */
  onOccupant(stanza: Element): void {
    const occupant = parseJid(stanza.attrs['from'] ?? '')
    if (occupant === null || resource(occupant) === '' || stanza.attrs['type'] !== undefined) return
    this.#announced.set(occupant, photoHash(stanza) ?? null)
    if (!this.#showing) void this.#showOccupants()
  }

  /** One after the other: whoever enters a group hears of all its occupants at once. */
  async #showOccupants(): Promise<void> {
    const { connection, occupants, info } = this.#options
    this.#showing = true
    for (const [occupant, hash] of this.#announced) {
      this.#announced.delete(occupant)
      this.#refused.delete(occupant)
      if (!connection.isReady || occupants(bare(occupant)) > MOST_SHOWN) continue
      await this.#onPhoto(occupant, hash).catch(async (error: unknown) => {
        info(`a vCard in a group: ${String(error)}`)
        if (hash === null) return
        this.#refused.set(occupant, hash)
        // it may have come meanwhile
        await this.#giveRefused(hash).catch((cause: unknown) => info(String(cause)))
      })
    }
    this.#showing = false
  }

  /** Those who announced a picture that is here get it. */
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
    }, TELL_MS)
  }

  async #items(node: string): Promise<Item[]> {
    const answer = await this.#options.connection.request(itemsQuery(node)).catch(() => null)
    return answer === null ? [] : itemsOf(answer)
  }

  /** Keeps an item for our devices alone. */
  async #keep(node: string, { id, payload }: Item): Promise<void> {
    const { connection } = this.#options
    if (payload === null) return
    try {
      await connection.request(publish(node, id, payload, 'private'))
    } catch (error) {
      if (!isRefusal(error)) throw error
      // a server that does not know how a node is made on the way (ejabberd before 23.04)
      await connection.request(createNode(node)).catch(() => undefined)
      await connection.request(configureNode(node))
      await connection.request(publish(node, id, payload, 'private', false))
    }
  }

  /** What is of no harm where it fails. */
  #background(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#options.info(`not kept for other devices: ${String(error)}`))
  }
}
