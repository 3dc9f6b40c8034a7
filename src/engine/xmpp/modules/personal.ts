/** PEP data (XEP-0163): state that our account keeps for all of our devices, and contacts' profiles. */
import { EventEmitter } from 'node:events'
import type { Element } from '@xmpp/client'
import type { Jid } from '../../../contract/domain.ts'
import type { Incoming, Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import { isRefusal, refused } from '../../net/problem.ts'
import { nickOf, publishNick } from '../stanzas/avatars.ts'
import { bookmark, bookmarkItem, type Bookmark } from '../stanzas/bookmarks.ts'
import { displayedItem, displayedMark } from '../stanzas/displayed-sync.ts'
import { NS } from '../stanzas/namespaces.ts'
import { configureNode, createNode, eventOf, itemsOf, itemsQuery, publish, type Item } from '../stanzas/pubsub.ts'
import type { Store } from '../../threads/store.ts'
import type { StoreChanges } from '../../store/types.ts'
import type { Encryption } from './encryption.ts'
import { OldBookmarks } from './old-bookmarks.ts'
import type { Pictures } from './pictures.ts'

/** Number of times that a bookmark is published which others change at the same time. */
const MOST_TRIES = 5
/** An item as text that does not depend on the order of attributes and children. */
const contentsOf = (payload: Element | null): string =>
  payload === null
    ? ''
    : `${JSON.stringify(Object.entries(payload.attrs).sort())}${payload
        .getChildElements()
        .map((child) => child.toString())
        .sort()
        .join('')}`

export interface PersonalOptions {
  connection: Connection
  store: Store
  own: Jid
  pictures: Pick<Pictures, 'onMetadata'>
  encryption: Pick<Encryption, 'onItem'>
  isContact(jid: Jid): boolean
  onChanges(changes: StoreChanges): void
  /** Called when another device of ours has read up to the message with that archive id. */
  onMark(conversation: Jid, id: string): void
  info(message: string): void
}

interface Events {
  /** Another device of ours has joined a group, or left it. */
  bookmark: [Bookmark]
}

export class Personal extends EventEmitter<Events> implements Module {
  readonly extensions = [
    { id: 'XEP-0060', name: 'Publish-Subscribe' },
    { id: 'XEP-0163', name: 'Personal Eventing Protocol' },
    { id: 'XEP-0048', name: 'Bookmarks' },
    { id: 'XEP-0049', name: 'Private XML Storage' },
    { id: 'XEP-0402', name: 'PEP Native Bookmarks', features: [`${NS.bookmarks}+notify`] },
    { id: 'XEP-0490', name: 'Message Displayed Synchronization', features: [`${NS.displayedSync}+notify`] }
  ]
  readonly #options: PersonalOptions
  /** Read position of our devices by conversation, as last published. */
  readonly #marks = new Map<Jid, string>()
  readonly #old: OldBookmarks
  /** Changes of bookmarks under way, by group, and what they want to know of notifications meanwhile. */
  readonly #keeping = new Map<Jid, Promise<void>>()
  readonly #watching = new Set<(item: Item) => void>()
  /** The server supports bookmarks in private storage only. */
  #inStorage = false

  constructor(options: PersonalOptions) {
    super()
    this.#options = options
    this.#old = new OldBookmarks(options.connection, options.store, options.own)
  }

  /** Handles PEP notifications; those of strangers are ignored. Text beside a notification is handled as a normal message. */
  message({ stanza }: Incoming): boolean {
    const { own, isContact, info } = this.#options
    const event = eventOf(stanza, own)
    if (event === null) return false
    const { owner, node, items } = event
    if (owner === own && node === NS.bookmarks) for (const note of this.#watching) for (const item of items) note(item)
    if (owner === own || isContact(owner))
      // only the last item of others' nodes counts
      for (const item of owner === own ? items : items.slice(-1))
        void this.#on(owner, node, item).catch((error: unknown) => info(`${node} of ${owner}: ${String(error)}`))
    return stanza.getChild('body') === undefined
  }

  /** Fetches the read positions of our other devices. */
  async open(): Promise<void> {
    for (const item of await this.#items(NS.displayedSync)) this.#onMark(item)
  }

  async #on(owner: Jid, node: string, item: Item): Promise<void> {
    const { own, store, onChanges } = this.#options
    await this.#options.encryption.onItem(owner, node, item)
    if (node === NS.avatarMetadata) await this.#options.pictures.onMetadata(owner, item)
    else if (node === NS.nick && owner !== own) onChanges(await store.write.callContact({ account: own, jid: owner, name: nickOf(item) }))
    if (owner !== own) return
    if (node === NS.displayedSync) this.#onMark(item)
    const marked = node === NS.bookmarks ? bookmark(item) : null
    if (marked !== null) this.emit('bookmark', marked)
  }

  #onMark(item: Item): void {
    const mark = displayedMark(item)
    if (mark === null) return
    this.#marks.set(mark.conversation, mark.stanzaId)
    this.#options.onMark(mark.conversation, mark.stanzaId)
  }

  /** Applies a group's read position again after its archive was read: its message may not have been stored before. */
  markAgain(group: Jid): void {
    const id = this.#marks.get(group)
    if (id !== undefined) this.#options.onMark(group, id)
  }

  /**
   * Bookmarked groups of our devices; null: the server keeps none. Legacy bookmarks are moved (XEP-0048), or stay in private storage if the server supports
   * nothing else.
   */
  async bookmarks(): Promise<Bookmark[] | null> {
    const items = await this.#options.connection.request(itemsQuery(NS.bookmarks)).then(itemsOf, (error: unknown) => {
      if (!isRefusal(error)) throw error
      // nothing was ever published there
      return error.condition === 'item-not-found' ? [] : null
    })
    this.#inStorage = items === null
    if (items === null) return this.#old.stored()
    const old = await this.#old.toMove(new Set(items.map(({ id }) => id)))
    for (const mark of old) await this.#keep(NS.bookmarks, bookmarkItem(mark))
    await this.#old.noteMoved([...items.flatMap((item) => bookmark(item)?.group ?? []), ...old.map(({ group }) => group)])
    return [...items.flatMap((item) => bookmark(item) ?? []), ...old]
  }

  /** Archive id of a conversation's read position as our devices know it; null: none, as far as this session knows. */
  told(conversation: Jid): string | null {
    return this.#marks.get(conversation) ?? null
  }

  /** Publishes our read position to our other devices. `by`: archive that gave the id. */
  noteRead(conversation: Jid, stanzaId: string, by: Jid): Promise<void> {
    this.#marks.set(conversation, stanzaId)
    return this.#keep(NS.displayedSync, displayedItem({ conversation, stanzaId }, by))
  }

  /** Publishes to our other devices that we joined or left a group. */
  noteGroup(mark: Bookmark): void {
    this.#background(this.keepGroup(mark))
  }

  /** Like noteGroup; settles when the server has stored it. Elements of other programs in the item are kept. Changes of a group follow one another. */
  keepGroup(mark: Bookmark): Promise<void> {
    const kept = (this.#keeping.get(mark.group) ?? Promise.resolve()).catch(() => undefined).then(() => this.#keepGroup(mark))
    this.#keeping.set(mark.group, kept)
    const end = (): void => {
      if (this.#keeping.get(mark.group) === kept) this.#keeping.delete(mark.group)
    }
    kept.then(end, end)
    return kept
  }

  async #keepGroup(mark: Bookmark): Promise<void> {
    if (this.#inStorage) return this.#old.keep(mark)
    const meanwhile: Element[] = []
    const note = ({ id, payload }: Item): void => void (id === mark.group && payload !== null && meanwhile.push(payload))
    this.#watching.add(note)
    try {
      let before = await this.#published(mark.group)
      // nothing to leave
      if (!mark.autojoin && before === null) return
      for (let tries = 1; ; tries++) {
        const ours = bookmarkItem(mark, before)
        await this.#keep(NS.bookmarks, ours).catch((error: unknown) => {
          // a server without such nodes that does not say so
          if (isRefusal(error)) return this.#old.keep(mark)
          throw error
        })
        // another client has written the item since it was read: nothing of either is lost
        const other = meanwhile.findLast((payload) => contentsOf(payload) !== contentsOf(ours.payload) && contentsOf(payload) !== contentsOf(before))
        if (other === undefined || tries === MOST_TRIES || contentsOf(bookmarkItem(mark, other).payload) === contentsOf(ours.payload)) return
        before = other
        meanwhile.length = 0
      }
    } finally {
      this.#watching.delete(note)
    }
  }

  async #published(group: Jid): Promise<Element | null> {
    const there = await this.#options.connection.request(itemsQuery(NS.bookmarks, null, group)).then(itemsOf, refused<Item[]>([]))
    return there.find(({ id }) => id === group)?.payload ?? null
  }

  /** Sets the name shown to contacts that have no other name for us. */
  async setNick(nick: string): Promise<void> {
    await this.#options.connection.request(publishNick(nick))
  }

  async #items(node: string): Promise<Item[]> {
    const answer = await this.#options.connection.request(itemsQuery(node)).catch(refused(null))
    return answer === null ? [] : itemsOf(answer)
  }

  /** Publishes an item that only our devices can read. */
  async #keep(node: string, { id, payload }: Item): Promise<void> {
    const { connection } = this.#options
    if (payload === null) return
    try {
      await connection.request(publish(node, id, payload, 'private'))
    } catch (error) {
      if (!isRefusal(error)) throw error
      // a server that cannot create nodes on publish (ejabberd before 23.04)
      await connection.request(createNode(node)).catch(() => undefined)
      await connection.request(configureNode(node))
      await connection.request(publish(node, id, payload, 'private', false))
    }
  }

  /** Runs work whose failure does no harm. */
  #background(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#options.info(`publishing to our other devices failed: ${String(error)}`))
  }
}
