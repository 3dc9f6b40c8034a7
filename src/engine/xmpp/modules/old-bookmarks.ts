/** Legacy bookmarks (XEP-0048): moved to the current node, or kept in private storage on servers that support nothing else. */
import { z } from 'zod'
import type { Jid } from '../../../contract/domain.ts'
import type { Connection } from '../stream/connection.ts'
import { refused } from '../../net/problem.ts'
import type { Bookmark } from '../stanzas/bookmarks.ts'
import { NS } from '../stanzas/namespaces.ts'
import { keepStorage, oldBookmarks, storageOf, storageQuery, withBookmark } from '../stanzas/old-bookmarks.ts'
import { itemsOf, itemsQuery } from '../stanzas/pubsub.ts'
import type { Store } from '../../threads/store.ts'

/** Number of times that the list is written which another client overwrites. */
const MOST_TRIES = 5
const Moved = z.array(z.string())

export class OldBookmarks {
  readonly #connection: Connection
  readonly #store: Store
  readonly #own: Jid
  /** Serializes changes of the list: each writes all of it. */
  #keeping: Promise<void> = Promise.resolve()

  constructor(connection: Connection, store: Store, own: Jid) {
    this.#connection = connection
    this.#store = store
    this.#own = own
  }

  /** Bookmarks in private storage; null: the server has none. Rejects if the connection is lost. */
  async stored(): Promise<Bookmark[] | null> {
    const answer = await this.#connection.request(storageQuery()).catch(refused(null))
    return answer === null ? null : oldBookmarks(storageOf(answer))
  }

  /**
   * Legacy bookmarks that are missing in the current node and were never moved there: a group left since must not come back. `known`: groups in the current
   * node.
   */
  async toMove(known: ReadonlySet<string>): Promise<Bookmark[]> {
    const published = await this.#connection.request(itemsQuery(NS.oldBookmarks)).then(itemsOf, refused([]))
    const all = [...((await this.stored()) ?? []), ...published.flatMap(({ payload }) => oldBookmarks(payload))]
    const moved = await this.#moved()
    return all.filter(({ group }, i) => !known.has(group) && !moved.has(group) && all.findIndex((other) => other.group === group) === i)
  }

  async noteMoved(groups: readonly Jid[]): Promise<void> {
    const moved = await this.#moved()
    if (groups.some((group) => !moved.has(group)))
      await this.#store.write.remember({ name: this.#name, json: JSON.stringify([...new Set([...moved, ...groups])]) })
  }

  /** Settles when the server has stored it. */
  keep(mark: Bookmark): Promise<void> {
    const kept = this.#keeping.then(async () => {
      let there = storageOf(await this.#connection.request(storageQuery()))
      for (let tries = 1; tries <= MOST_TRIES; tries++) {
        const storage = withBookmark(there, mark)
        if (storage === null) return
        await this.#connection.request(keepStorage(storage))
        // another client may have written the list that it had read before
        there = storageOf(await this.#connection.request(storageQuery()))
        const now = oldBookmarks(there).find(({ group }) => group === mark.group)
        if (now?.autojoin === mark.autojoin) return
      }
    })
    this.#keeping = kept.catch(() => undefined)
    return kept
  }

  get #name(): string {
    return `moved-bookmarks:${this.#own}`
  }

  async #moved(): Promise<Set<string>> {
    return new Set(Moved.catch([]).parse(JSON.parse((await this.#store.read.remembered(this.#name)) ?? '[]')))
  }
}
