/** Bookmarks where older programs keep them (XEP-0048): moved to where all find them, or kept there where a server has nothing else. */
import { z } from 'zod'
import type { Jid } from '../../../contract/domain.ts'
import type { Connection } from '../stream/connection.ts'
import { refused } from '../../net/problem.ts'
import type { Bookmark } from '../stanzas/bookmarks.ts'
import { NS } from '../stanzas/namespaces.ts'
import { keepStorage, oldBookmarks, storageOf, storageQuery, withBookmark } from '../stanzas/old-bookmarks.ts'
import { itemsOf, itemsQuery } from '../stanzas/pubsub.ts'
import type { Store } from '../../threads/store.ts'

const Moved = z.array(z.string())

export class OldBookmarks {
  readonly #connection: Connection
  readonly #store: Store
  readonly #own: Jid
  /** One change of the list after the other: each writes all of it. */
  #keeping: Promise<void> = Promise.resolve()

  constructor(connection: Connection, store: Store, own: Jid) {
    this.#connection = connection
    this.#store = store
    this.#own = own
  }

  /** Of private storage; null: the server has none. Rejects where the connection is lost. */
  async stored(): Promise<Bookmark[] | null> {
    const answer = await this.#connection.request(storageQuery()).catch(refused(null))
    return answer === null ? null : oldBookmarks(storageOf(answer))
  }

  /** Those that are not where all find them, and have not been moved there before: whoever has left such a group since is not to be in it again. `known`: the groups that are there. */
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

  /** Settles when the server keeps it. */
  keep(mark: Bookmark): Promise<void> {
    const kept = this.#keeping.then(async () => {
      const storage = withBookmark(storageOf(await this.#connection.request(storageQuery())), mark)
      if (storage !== null) await this.#connection.request(keepStorage(storage))
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
