/** Messages sent and received by our other devices, copied to this one by our server (XEP-0280). */
import type { Jid } from '../../../contract/domain.ts'
import type { Log } from '../../log.ts'
import type { Incoming, Module } from '../module.ts'
import { carbonOf, enableCarbons } from '../stanzas/carbons.ts'
import { NS } from '../stanzas/namespaces.ts'
import type { Connection } from '../stream/connection.ts'

export class Carbons implements Module {
  readonly extensions = [
    { id: 'XEP-0280', name: 'Message Carbons', understands: [NS.carbons] },
    { id: 'XEP-0297', name: 'Stanza Forwarding', understands: [NS.forward] }
  ]
  readonly #connection: Connection
  readonly #own: Jid
  readonly #log: Log

  constructor(connection: Connection, own: Jid, log: Log) {
    this.#connection = connection
    this.#own = own
    this.#log = log
  }

  /** Enables carbons without waiting for the answer: the server handles stanzas in order. */
  begin(): void {
    this.#connection.request(enableCarbons()).catch((error: unknown) => this.#log.warn(`enabling carbons failed: ${String(error)}`))
  }

  /** Handles carbons; beside a forged carbon, the rest of the message still counts for its sender. */
  message(incoming: Incoming): void {
    const carbon = carbonOf(incoming.stanza, this.#own)
    if (carbon === 'spoofed') this.#log.warn(`a carbon that is not our account's was ignored`)
    else if (carbon !== null) Object.assign(incoming, { message: carbon.message, copied: carbon.direction })
  }
}
