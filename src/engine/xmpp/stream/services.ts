/** Discovery of our own server's services: groups, files. */
import { domainOf } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { info, infoQuery, items, itemsQuery, type Info } from '../stanzas/disco.ts'
import type { Connection } from './connection.ts'
import { refused } from '../../net/problem.ts'

/** Largest number of services that are queried. */
const MOST = 20

/** Result of `look` for the first service that it recognizes; null: none. Rejects if the connection is lost. */
export async function findService<T>(connection: Connection, look: (info: Info, jid: Jid) => T | null): Promise<T | null> {
  const domain = domainOf(connection.account.jid) as Jid
  const services = await connection.request(itemsQuery(domain)).then(items, refused([]))
  for (const jid of [domain, ...services.slice(0, MOST)]) {
    const found = await connection.request(infoQuery(jid)).then((answer) => look(info(answer), jid), refused(null))
    if (found !== null) return found
  }
  return null
}
