/** Initial presence and capabilities (RFC 6121 section 4.2, XEP-0115, XEP-0030). */
import type { Answer, Module } from '../module.ts'
import type { Extension } from '../stanzas/extensions.ts'
import { NS } from '../stanzas/namespaces.ts'
import { available } from '../stanzas/presence.ts'
import type { Connection } from '../stream/connection.ts'
import { Capabilities } from './caps.ts'

export class Availability implements Module {
  readonly extensions: readonly Extension[] = [
    { id: 'XEP-0030', name: 'Service Discovery', features: [NS.disco] },
    { id: 'XEP-0115', name: 'Entity Capabilities', features: [NS.caps] }
  ]
  readonly answers: readonly Answer[] = [
    { type: 'get', namespace: NS.disco, name: 'query', answer: (iq) => this.#capabilities.answer(iq.getChild('query')?.attrs['node']) }
  ]
  readonly #connection: Connection
  #capabilities = new Capabilities([])

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Sets the extensions to announce. */
  announce(extensions: readonly Extension[]): void {
    this.#capabilities = new Capabilities(extensions)
  }

  /** Runs after the roster is read, so that no presence arrives from unknown people. */
  async begin(): Promise<void> {
    await this.#connection.send(available(this.#capabilities.element))
  }
}
