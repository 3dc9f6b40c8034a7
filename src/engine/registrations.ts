/** New accounts: registration forms and invitations. */
import { domainOf, parseJid } from '../contract/address.ts'
import type { AccountSettings, Jid, RegistrationState, ServerInvitation } from '../contract/domain.ts'
import { ConnectionError, refused } from './net/problem.ts'
import { EngineError, type Scope } from './scope.ts'
import { inviteCommand, madeInvitation } from './xmpp/stanzas/registration.ts'
import { Registration } from './xmpp/stream/registration.ts'

export class Registrations {
  readonly #scope: Scope
  /** Registration form being filled in. */
  #registration: Registration | null = null

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /**
   * Fetches a server's registration form; `token`: from an invitation. Throws EngineError, `signal`'s reason, and xmpp.js's StanzaError if the server
   * registers no accounts.
   */
  async begin(server: AccountSettings, token: string | null, signal?: AbortSignal): Promise<RegistrationState> {
    this.end()
    const jid = parseJid(server.jid)
    if (jid === null) throw new EngineError('invalid-address', `${server.jid} is no server`)
    let registration: Registration
    try {
      registration = await Registration.open({ ...server, jid }, signal)
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      return { status: 'unreachable', problem: error.problem, detail: error.message, certificate: error.certificate }
    }
    try {
      const form = await registration.form(token)
      signal?.throwIfAborted()
      this.end()
      this.#registration = registration
      return { status: 'form', form }
    } catch (error) {
      registration.close()
      throw error
    }
  }

  /** Submits the form that was fetched last. Throws EngineError if it is closed, and xmpp.js's StanzaError if the server refuses. */
  async submit(values: Readonly<Record<string, string>>): Promise<void> {
    if (this.#registration === null) throw new EngineError('not-found', 'the form')
    try {
      await this.#registration.submit(values)
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      this.end()
      throw new EngineError('not-found', `the form: ${error.message}`)
    }
    this.end()
  }

  end(): void {
    this.#registration?.close()
    this.#registration = null
  }

  /** Invitation from an account's server (XEP-0401); null if the server makes none. Throws EngineError. */
  async invite(account: Jid): Promise<ServerInvitation | null> {
    return this.#scope
      .connected(account)
      .connection.request(inviteCommand(domainOf(account)))
      .then(madeInvitation, refused(null))
  }
}
