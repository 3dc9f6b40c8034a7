/** Sign-in (RFC 6120 section 6, XEP-0388): choice of mechanism, the server's proof, tokens in place of the password (XEP-0484). */
import { xml, type Client, type CredentialsFunction, type Element } from '@xmpp/client'
import { localOf } from '../../../../contract/address.ts'
import type { AccountSettings } from '../../../../contract/domain.ts'
import { ConnectionError } from '../../../net/problem.ts'
import type { ChannelBinding } from './channel-binding.ts'
import { hashedToken, plain, scram, tokenMechanisms, type Mechanism } from './mechanisms.ts'
import { choose, MECHANISMS, type Choice, type Offer, type Pin } from './offer.ts'
import { Scram } from './scram.ts'

const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
const NS_SASL2 = 'urn:xmpp:sasl:2'
const NS_BINDINGS = 'urn:xmpp:sasl-cb:0'
const NS_FAST = 'urn:xmpp:fast:0'
const NS_STREAMS = 'http://etherx.jabber.org/streams'

/** Token for the next sign-in without the password (XEP-0484). */
export interface SignInToken {
  token: string
  expiry: string
  mechanism: string
}

export interface SignInOptions {
  /** UUID of this installation (XEP-0388 section 3.3). */
  device?: string
  token?: SignInToken | null
  /** Last successful sign-in of the account. */
  pin?: Pin | null
  /** The user has just typed the password: the server may offer less than the last time, except PLAIN. */
  mayBeWeaker?: boolean
  /** Signs in once more to invalidate the token. */
  revoke?: boolean
}

export interface SignInEvents {
  /** Channel bindings of the open socket. */
  bindings(): readonly ChannelBinding[]
  /** Called with a token to be stored for the next start; null: the token is invalid. */
  onToken(token: SignInToken | null): void
  onPin(pin: Pin): void
  onError(error: Error): void
}

export class SignIn {
  readonly #account: AccountSettings
  readonly #options: SignInOptions
  readonly #events: SignInEvents
  #token: SignInToken | null
  /** A sign-in by token is under way, or has failed. */
  #triedToken = false
  #offer: Offer = { mechanisms: [], all: [], types: null }
  #choice: Choice | null = null
  #refusal: unknown = null
  #current: Mechanism | null = null
  #done = false

  constructor(account: AccountSettings, options: SignInOptions, events: SignInEvents) {
    this.#account = account
    this.#options = options
    this.#events = events
    this.#token = options.token ?? null
  }

  /** The server has let us in on this stream, with all proof that its mechanism offers. */
  get done(): boolean {
    return this.#done
  }

  /** Resets the state for a new stream. */
  begin(): void {
    this.#done = false
    this.#current = null
  }

  /** Marks the token as working. */
  succeeded(): void {
    this.#triedToken = false
  }

  /** Replaces a server's refusal by a more precise error where possible. */
  explain(cause: unknown): unknown {
    const { hash, binding } = this.#choice ?? {}
    const isMalformed = cause instanceof Error && 'condition' in cause && cause.condition === 'malformed-request'
    // Prosody's error for a channel binding or an offer that differs from what it sees
    return isMalformed && hash !== null && binding !== undefined && binding.flag !== 'n'
      ? new ConnectionError('offer-changed', cause.message, null, { cause })
      : cause
  }

  /** Callback of xmpp.js, called with the server's offered mechanisms. */
  readonly credentials: CredentialsFunction = async (authenticate, _mechanisms, fast) => {
    const token = fast === null ? null : await fast.fetch()
    if (this.#options.revoke === true && token === null) throw new ConnectionError('server-error', 'there is no token to invalidate')
    this.#choice = this.#refusal = null
    try {
      const { security } = this.#account
      const { pin = null, mayBeWeaker = false } = this.#options
      this.#choice = choose(this.#offer, { bindings: this.#events.bindings(), security, pin, mayBeWeaker })
    } catch (error) {
      // a token may still work
      this.#refusal = error
    }
    await authenticate({ username: localOf(this.#account.jid), password: this.#account.password, token }, this.#choice?.mechanism ?? 'none', this.#userAgent())
  }

  /** Replaces the mechanisms of xmpp.js: its SCRAM believes any server, and its texts must be Latin. */
  attach(entity: Client): void {
    const { saslFactory, fast } = entity
    const names = (list: () => readonly string[]): PropertyDescriptor => ({ get: () => list().map((name) => ({ name })) })
    // unknown mechanisms are refused when they are chosen, with our own error message
    Object.defineProperty(
      saslFactory,
      '_mechs',
      names(() => [...MECHANISMS, ...this.#offer.mechanisms])
    )
    Object.defineProperty(
      fast.saslFactory,
      '_mechs',
      names(() => tokenMechanisms(this.#events.bindings()))
    )
    saslFactory.create = () => (this.#current = this.#mechanism())
    fast.saslFactory.create = ([name = '']) => (this.#current = hashedToken(name, localOf(this.#account.jid), this.#events.bindings()))
    Object.assign(fast, {
      fetchToken: async () => {
        // after an unanswered token the password is used
        const use = this.#triedToken && this.#options.revoke !== true ? null : this.#token
        this.#triedToken = use !== null
        return use
      },
      saveToken: async (fresh: SignInToken) => {
        if (this.#done) this.#events.onToken((this.#token = fresh))
      },
      deleteToken: async () => {
        if (this.#token !== null) this.#events.onToken((this.#token = null))
      }
    })
    // before xmpp.js handles it
    entity.prependListener('element', (element: Element) => this.#onElement(element))
    if (this.#options.revoke === true) {
      const auth = fast.auth.bind(fast)
      fast.auth = (step) =>
        auth({
          ...step,
          authenticate(inner) {
            for (const feature of inner.streamFeatures) if (feature?.is('fast', NS_FAST) === true) feature.attrs['invalidate'] = 'true'
            return step.authenticate(inner)
          }
        })
    }
  }

  #userAgent(): Element {
    const { device } = this.#options
    return xml('user-agent', device === undefined ? {} : { id: device }, xml('software', {}, 'Mnemo'))
  }

  #mechanism(): Mechanism {
    if (this.#choice === null) throw this.#refusal
    const { mechanism, hash, binding, mustProveOffer } = this.#choice
    const { jid, password } = this.#account
    return hash === null
      ? plain(localOf(jid), password)
      : scram(mechanism, new Scram({ hash, username: localOf(jid), password, binding, offered: this.#offer, mustProveOffer }))
  }

  #onElement(element: Element): void {
    if (element.is('features', NS_STREAMS)) {
      const listed = (parent: Element | undefined, name: string): Element[] => parent?.getChildElements().filter((child) => child.name === name) ?? []
      const first = listed(element.getChild('mechanisms', NS_SASL), 'mechanism').map((child) => child.text())
      const second = listed(element.getChild('authentication', NS_SASL2), 'mechanism').map((child) => child.text())
      const announced = element.getChild('sasl-channel-binding', NS_BINDINGS)
      const types = announced === undefined ? null : listed(announced, 'channel-binding').map((child) => child.attrs['type'] ?? '')
      this.#offer = { mechanisms: second.length > 0 ? second : first, all: [...first, ...second], types }
      if (!this.#done && this.#offer.all.length === 0 && element.getChild('bind') === undefined) this.#events.onError(new ConnectionError('no-sign-in', '–'))
    } else if (element.is('success', NS_SASL)) this.#onSuccess(element.text())
    else if (element.is('success', NS_SASL2)) this.#onSuccess(element.getChildText('additional-data') ?? '')
  }

  #onSuccess(data: string): void {
    try {
      if (this.#current === null) throw new ConnectionError('not-the-server', 'the server let us in without authentication')
      // '=' means empty data (RFC 6120 section 6.4.6)
      this.#current.finish(data.trim() === '' || data.trim() === '=' ? null : Buffer.from(data, 'base64').toString('latin1'))
      this.#done = true
      const mechanism = MECHANISMS.find((name) => name === this.#current?.name)
      const binding = this.#choice?.binding
      if (mechanism !== undefined) this.#events.onPin({ mechanism, binding: binding?.flag === 'p' ? binding.type : null, security: this.#account.security })
    } catch (error) {
      this.#events.onError(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
