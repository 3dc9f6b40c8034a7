/** Contacts: roster, contact requests, presence, and blocked addresses. */
import { EventEmitter } from 'node:events'
import type { Element } from '@xmpp/client'
import { bare, parseJid } from '../../../contract/address.ts'
import type { Jid, Presence } from '../../../contract/domain.ts'
import type { Answer, Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import { refused } from '../../net/problem.ts'
import { block, blocklist, blocklistQuery, blockPush } from '../stanzas/blocking.ts'
import { NS } from '../stanzas/namespaces.ts'
import { presenceOf, subscription } from '../stanzas/presence.ts'
import { isRosterAsBefore, isRosterPush, rosterAdd, rosterGet, rosterItems, rosterRemove, rosterVersion, type RosterItem } from '../stanzas/roster.ts'
import { readRosterCopy, writeRosterCopy } from './roster-copy.ts'
import type { Store } from '../../threads/store.ts'
import type { Errand } from '../../store/tables/errand.ts'
import type { StoreChanges } from '../../store/types.ts'
import type { Log } from '../../log.ts'

/** Limit of shown contact requests, against floods. */
const MOST_REQUESTS = 100

interface Events {
  changes: [StoreChanges]
  presence: [jid: Jid, presence: Presence]
  /** People who want to become contacts. */
  requests: [Jid[]]
  blocked: [readonly Jid[]]
  /** Contacts or their groups have changed. */
  roster: []
}

export class Contacts extends EventEmitter<Events> implements Module {
  readonly extensions = [
    { id: 'XEP-0191', name: 'Blocking Command' },
    { id: 'XEP-0237', name: 'Roster Versioning' },
    { id: 'XEP-0379', name: 'Pre-Authenticated Roster Subscription' }
  ]
  readonly answers: readonly Answer[]
  readonly #connection: Connection
  readonly #store: Store
  readonly #own: Jid
  readonly #roster = new Map<Jid, RosterItem>()
  readonly #requests = new Set<Jid>()
  readonly #blocked = new Set<Jid>()
  /** People invited in this session: their own request may be read before the roster shows ours. */
  readonly #invited = new Set<Jid>()
  #pushes: Promise<void> = Promise.resolve()

  constructor(connection: Connection, store: Store, own: Jid, log: Log) {
    super()
    this.#connection = connection
    this.#store = store
    this.#own = own
    const onRoster = (iq: Element): true | undefined => {
      if (!isRosterPush(iq, own)) return undefined
      // one push after the other, so that the last version is stored last
      this.#pushes = this.#pushes.then(() => this.#onRosterPush(iq)).catch((error: unknown) => log.warn(String(error)))
      return true
    }
    const onBlock = (iq: Element): true | undefined => {
      const push = blockPush(iq)
      if (push === null || (iq.attrs['from'] !== undefined && iq.attrs['from'] !== own)) return undefined
      if (push.all && !push.blocked) this.#blocked.clear()
      this.#onBlocked(push.jids, push.blocked)
      return true
    }
    this.answers = [
      { type: 'set', namespace: NS.roster, name: 'query', answer: onRoster },
      { type: 'set', namespace: NS.blocking, name: 'block', answer: onBlock },
      { type: 'set', namespace: NS.blocking, name: 'unblock', answer: onBlock }
    ]
  }

  async remember(): Promise<void> {
    for (const errand of await this.#store.read.errands(this.#own)) if (errand.kind === 'block') this.#onBlocked([errand.jid], errand.value.blocked)
  }

  /** Loads the roster; a server without one has no contacts. */
  async begin(): Promise<void> {
    await this.load().catch(refused(undefined))
  }

  open(): Promise<void> {
    return this.loadBlocked()
  }

  has(jid: Jid): boolean {
    return this.#roster.has(jid)
  }

  /** Adds a contact and requests their presence; `token`: of their invitation, which lets them accept at once (XEP-0379); `name`: roster name. */
  async add(jid: Jid, token: string | null = null, name = ''): Promise<void> {
    const known = this.#roster.get(jid)
    const sees = known?.subscription === 'to' || known?.subscription === 'both'
    if (!this.#connection.isReady || (known !== undefined && (token === null || sees))) return
    if (known === undefined) await this.#connection.request(rosterAdd(jid, name))
    this.#invited.add(jid)
    await this.#connection.send(subscription(jid, 'subscribe', token))
  }

  /** Unanswered contact requests. The server repeats them at each sign-in (RFC 6121 section 3.1.3). */
  get requests(): Jid[] {
    return [...this.#requests]
  }

  #setRequest(jid: Jid, asked: boolean): void {
    if (asked ? this.#requests.size >= MOST_REQUESTS || this.#requests.has(jid) : !this.#requests.delete(jid)) return
    if (asked) this.#requests.add(jid)
    this.emit('requests', this.requests)
  }

  /** Answers a contact request. Accepting shares presence both ways; declining tells them only that. */
  async answer(jid: Jid, accept: boolean): Promise<void> {
    if (!this.#requests.has(jid)) return
    await this.#connection.send(subscription(jid, accept ? 'subscribed' : 'unsubscribed'))
    this.#setRequest(jid, false)
    if (accept) await this.add(jid)
  }

  /** Reads the roster, or its changes; must run before initial presence. */
  async load(): Promise<void> {
    const copy = this.#connection.hasRosterVersions ? await readRosterCopy(this.#store, this.#own) : null
    let answer = await this.#connection.request(rosterGet(this.#connection.hasRosterVersions ? (copy?.version ?? '') : null))
    // the server reports an unchanged roster although we have no copy
    if (isRosterAsBefore(answer) && copy === null) answer = await this.#connection.request(rosterGet())
    const items = isRosterAsBefore(answer) && copy !== null ? copy.items : rosterItems(answer)
    this.#roster.clear()
    for (const item of items) this.#roster.set(item.jid, item)
    await this.#saveRoster(items, true)
    await this.#keepVersion(rosterVersion(answer))
  }

  async #keepVersion(version: string | null): Promise<void> {
    if (version !== null && this.#connection.hasRosterVersions) await writeRosterCopy(this.#store, this.#own, version, this.#roster.values())
  }

  async #saveRoster(items: RosterItem[], complete: boolean): Promise<void> {
    const contacts = items.flatMap(({ subscription: state, ...item }) => (state === 'remove' ? [] : [{ ...item, subscription: state }]))
    this.emit('changes', await this.#store.write.saveContacts({ account: this.#own, contacts, complete }))
    this.emit('roster')
  }

  get blocked(): readonly Jid[] {
    return [...this.#blocked]
  }

  async loadBlocked(): Promise<void> {
    // a server that does not answer unblocks nobody
    const jids = await this.#connection.request(blocklistQuery()).then(blocklist, refused<Jid[]>([]))
    this.#blocked.clear()
    this.#onBlocked(jids, true)
  }

  #onBlocked(jids: readonly Jid[], blocked: boolean): void {
    for (const jid of jids) {
      if (blocked) this.#blocked.add(jid)
      else this.#blocked.delete(jid)
    }
    this.emit('blocked', this.blocked)
  }

  /** Sends the request to the server; rejects if the server refuses. */
  async fulfil({ kind, jid, value }: Errand): Promise<void> {
    if (kind === 'block') await this.block(jid, value.blocked)
    else if (kind === 'contact' && value.wish === 'add') await this.add(jid, value.token ?? null, value.name)
    else if (kind === 'contact' && value.wish === 'remove') await this.remove(jid)
    else if (kind === 'contact' && value.wish === 'rename') await this.rename(jid, value.name)
    else if (kind === 'contact' && value.wish === 'group') await this.#put(jid, { groups: value.groups })
  }

  /** Applies the request locally while there is no connection. */
  async foresee({ kind, jid, value }: Errand): Promise<void> {
    if (kind === 'block') {
      this.#onBlocked([jid], value.blocked)
      if (value.blocked) this.#setRequest(jid, false)
    }
    const known = this.#roster.get(jid)
    if (kind !== 'contact' || known === undefined) return
    if (value.wish === 'rename') await this.#saveRoster([{ ...known, name: value.name }], false)
    else if (value.wish === 'group') await this.#saveRoster([{ ...known, groups: value.groups }], false)
    else if (value.wish === 'remove') await this.#forget(jid)
  }

  async #forget(jid: Jid): Promise<void> {
    this.#roster.delete(jid)
    await this.#store.write.removeContact({ account: this.#own, jid })
    this.emit('roster')
  }

  /** Rejects if the server refuses. */
  async block(jid: Jid, blocked: boolean): Promise<void> {
    await this.#connection.request(block(jid, blocked))
    this.#onBlocked([jid], blocked)
    if (blocked) this.#setRequest(jid, false)
  }

  /** Sets a contact's name; empty: the name that the contact gives itself. */
  rename = (jid: Jid, name: string): Promise<void> => this.#put(jid, { name })

  /** Updates a roster item; the server replaces the whole item. */
  async #put(jid: Jid, change: Partial<Pick<RosterItem, 'name' | 'groups'>>): Promise<void> {
    const { name, groups } = { name: '', groups: [], ...this.#roster.get(jid), ...change }
    await this.#connection.request(rosterAdd(jid, name, groups))
  }

  /** Removes a contact: presence is no longer shared; the conversation stays. */
  async remove(jid: Jid): Promise<void> {
    this.#invited.delete(jid)
    await this.#connection.request(rosterRemove(jid))
  }

  /** Handles presence outside of groups: availability and subscriptions. */
  presence(stanza: Element): void {
    const from = parseJid(stanza.attrs['from'] ?? '')
    if (from === null) return
    const { type } = stanza.attrs
    if (type === 'subscribe') {
      // people whose presence we requested may see ours, too
      const known = this.#roster.get(bare(from))
      if (this.#invited.has(bare(from)) || (known !== undefined && (known.asked || known.subscription === 'to' || known.subscription === 'both')))
        this.#connection.send(subscription(bare(from), 'subscribed')).catch(() => undefined)
      else if (bare(from) !== this.#own) this.#setRequest(bare(from), true)
      return
    }
    // the request is withdrawn
    if (type === 'unsubscribe') this.#setRequest(bare(from), false)
    // strangers could fill the memory with addresses
    const isShown = type === 'unavailable' || (type === undefined && this.#roster.has(bare(from)))
    if (isShown && bare(from) !== this.#own) this.emit('presence', from, presenceOf(stanza))
  }

  async #onRosterPush(stanza: Element): Promise<void> {
    const items = rosterItems(stanza)
    for (const item of items) {
      if (item.subscription === 'remove') await this.#forget(item.jid)
      else this.#roster.set(item.jid, item)
    }
    await this.#saveRoster(items, false)
    await this.#keepVersion(rosterVersion(stanza))
  }
}
