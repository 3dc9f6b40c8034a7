/** Missing capabilities of a server, shown to the user (XEP-0030). */
import { EventEmitter } from 'node:events'
import { bare, domainOf } from '../../../contract/address.ts'
import type { Shortage } from '../../../contract/domain.ts'
import type { Connection } from '../stream/connection.ts'
import { refused } from '../../net/problem.ts'
import { findService } from '../stream/services.ts'
import type { Uploads } from './uploads.ts'
import { info, infoQuery, type Info } from '../stanzas/disco.ts'
import { isGroupService } from '../stanzas/group.ts'
import { NS } from '../stanzas/namespaces.ts'

/** XEP-0160 */
const OFFLINE = 'msgoffline'
const NOTHING: Info = { identities: [], features: new Set(), forms: [] }

export interface Found {
  /** Info of the server, and of our own account. */
  server: Info
  account: Info
  hasGroups: boolean
  takesFiles: boolean
}

/** Missing capabilities. Pure. */
export function shortagesOf({ server, account, hasGroups, takesFiles }: Found): Shortage[] {
  // before version 1.4 of XEP-0163 the server had this identity, not the account
  const hasPep = [...account.identities, ...server.identities].some(({ category, type }) => category === 'pubsub' && type === 'pep')
  const hasArchive = account.features.has(NS.mam) || server.features.has(NS.mam)
  const found: Shortage[] = []
  if (!hasArchive) found.push(server.features.has(OFFLINE) ? 'archive' : 'anything-kept')
  if (!server.features.has(NS.carbons)) found.push(hasArchive ? 'late-copies' : 'copies')
  if (!hasPep) found.push('storage')
  if (!hasGroups) found.push('groups')
  if (!takesFiles) found.push('files')
  return found
}

interface Events {
  /** The shortages have changed. */
  change: []
}

export class Shortages extends EventEmitter<Events> {
  #now: readonly Shortage[] = []

  /** Checks each new session; a failure keeps the last result. */
  constructor(connection: Connection, uploads: Pick<Uploads, 'service'>, warn: (message: string) => void) {
    super()
    connection.on('ready', (resumed) => {
      if (!resumed) this.#look(connection, uploads).catch((error: unknown) => warn(`checking the server's features failed: ${String(error)}`))
    })
  }

  get now(): readonly Shortage[] {
    return this.#now
  }

  async #look(connection: Connection, uploads: Pick<Uploads, 'service'>): Promise<void> {
    const ask = (jid: string): Promise<Info> => connection.request(infoQuery(jid)).then(info, refused(NOTHING))
    const own = bare(connection.account.jid)
    const [server, account] = [await ask(domainOf(own)), await ask(own)]
    const hasGroups = (await findService(connection, (found) => (isGroupService(found) ? true : null))) === true
    this.#now = shortagesOf({ server, account, hasGroups, takesFiles: (await uploads.service()) !== null })
    this.emit('change')
  }
}
