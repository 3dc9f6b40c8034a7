/** Account registration on a server (XEP-0077): a stream without sign-in. */
import { client, type Client, type Element } from '@xmpp/client'
import { domainOf } from '../../../contract/address.ts'
import type { AccountForm, AccountSettings } from '../../../contract/domain.ts'
import { ConnectionError, isRefusal, toConnectionError } from '../../net/problem.ts'
import { accountForm, presentInvitation, register, registrationQuery } from '../stanzas/registration.ts'
import { SERVICE, transportOf } from './transport.ts'

const OPEN_MS = 30_000
const REQUEST_MS = 30_000
/** Time for the user to fill in a form, ms. */
const FILL_MS = 15 * 60_000
const NS_STREAMS = 'http://etherx.jabber.org/streams'

export class Registration {
  readonly #client: Client
  readonly #domain: string
  readonly #timer: NodeJS.Timeout
  #form: AccountForm | null = null

  private constructor(entity: Client, domain: string) {
    this.#client = entity
    this.#domain = domain
    this.#timer = setTimeout(() => this.close(), FILL_MS).unref()
  }

  /** Connects to the domain of an address as the settings say, without sending any of them. Rejects with ConnectionError, or `signal`'s reason. */
  static async open(server: AccountSettings, signal?: AbortSignal): Promise<Registration> {
    const domain = domainOf(server.jid)
    // the server asks for credentials, and does not get them
    const entity = client({ domain, username: '', service: SERVICE, timeout: OPEN_MS, credentials: () => new Promise<void>(() => undefined) })
    entity.reconnect.stop()
    entity.transports = [transportOf(server).transport]
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    promise.catch(() => undefined)
    const timer = setTimeout(() => reject(new ConnectionError('timed-out', 'the server did not answer')), OPEN_MS)
    // the offered sign-in mechanisms do not matter here
    entity.on('error', reject)
    entity.on('element', (element: Element) => {
      if (element.is('features', NS_STREAMS)) resolve()
    })
    entity.on('disconnect', () => reject(new ConnectionError('network', 'the server closed the connection')))
    const opening = async (): Promise<void> => {
      await entity.connect(SERVICE)
      await entity.open(entity.options)
      await promise
    }
    const aborted = Promise.withResolvers<never>()
    const onAbort = (): void => aborted.reject(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      signal?.throwIfAborted()
      await Promise.race([opening(), aborted.promise])
      return new Registration(entity, domain)
    } catch (error) {
      entity.socket?.destroy?.()
      signal?.throwIfAborted()
      throw toConnectionError(error)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** True if a server registers accounts for anybody, in the app or on its web page; null: no answer within `ms`. */
  static async isOpen(server: AccountSettings, ms: number): Promise<boolean | null> {
    try {
      const registration = await Registration.open(server, AbortSignal.timeout(ms))
      const { fields, web } = await registration.form(null).finally(() => registration.close())
      return web !== null || fields.some(({ kind }) => kind !== 'hidden' && kind !== 'fixed')
    } catch (error) {
      return isRefusal(error) ? false : null
    }
  }

  /**
   * Fetches the registration form. `token`: from an invitation. Rejects with xmpp.js's StanzaError if the server registers no accounts, or does not know the
   * invitation.
   */
  async form(token: string | null): Promise<AccountForm> {
    if (token !== null) await this.#request(presentInvitation(this.#domain, token))
    this.#form = accountForm(await this.#request(registrationQuery(this.#domain)), this.#domain)
    return this.#form
  }

  /** Submits the form, by field names. Rejects with xmpp.js's StanzaError if the server refuses. */
  async submit(values: Readonly<Record<string, string>>): Promise<void> {
    if (this.#form === null) throw new Error('no form was requested')
    await this.#request(register(this.#form, values))
  }

  async #request(iq: Element): Promise<Element> {
    const lost = Promise.withResolvers<never>()
    const onLost = (): void => lost.reject(new ConnectionError('network', 'the server closed the connection'))
    this.#client.once('disconnect', onLost)
    try {
      return await Promise.race([this.#client.iqCaller.request(iq, REQUEST_MS), lost.promise])
    } finally {
      this.#client.removeListener('disconnect', onLost)
    }
  }

  close(): void {
    clearTimeout(this.#timer)
    void this.#client
      .stop()
      .catch(() => undefined)
      .finally(() => this.#client.socket?.destroy?.())
  }
}
