/** Signing in (RFC 6120 section 6, XEP-0388): which mechanism, the server's proof, tokens in place of the password (XEP-0484). */
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

/** What signs us in the next time, without the password (XEP-0484). */
export interface SignInToken {
  token: string
  expiry: string
  mechanism: string
}

export interface SignInOptions {
  /** A UUID of this installation (XEP-0388 section 3.3). */
  device?: string
  token?: SignInToken | null
  /** How the account signed in the last time. */
  pin?: Pin | null
  /** The user has just typed the password: the server may offer less than the last time, but for PLAIN. */
  mayBeWeaker?: boolean
  /** The token is to be invalidated: it signs in once more for that. */
  revoke?: boolean
}

export interface SignInEvents {
  /** The channel of the socket that is open. */
  bindings(): readonly ChannelBinding[]
  /** To be kept for the next start; null: it is of no use any more. */
  onToken(token: SignInToken | null): void
  onPin(pin: Pin): void
  onError(error: Error): void
}

export class SignIn {
  readonly #account: AccountSettings
  readonly #options: SignInOptions
  readonly #events: SignInEvents
  #token: SignInToken | null
  /** Signing in by the token is under way, or has not worked. */
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

  /** The server has let us in on this stream, and has proven what its mechanism lets it prove. */
  get done(): boolean {
    return this.#done
  }

  /** A new stream begins. */
  begin(): void {
    this.#done = false
    this.#current = null
  }

  /** The stream is open: the token works. */
  succeeded(): void {
    this.#triedToken = false
  }

  /** A refusal in words of our own, where it says more than the server did. */
  explain(cause: unknown): unknown {
    const { hash, binding } = this.#choice ?? {}
    const isMalformed = cause instanceof Error && 'condition' in cause && cause.condition === 'malformed-request'
    // Prosody's word for a channel, or an offer, that is not the one that it sees
    return isMalformed && hash !== null && binding !== undefined && binding.flag !== 'n'
      ? new ConnectionError('offer-changed', cause.message, null, { cause })
      : cause
  }

  /** For xmpp.js, which calls it when the server has said what it offers. */
  readonly credentials: CredentialsFunction = async (authenticate, _mechanisms, fast) => {
    const token = fast === null ? null : await fast.fetch()
    if (this.#options.revoke === true && token === null) throw new ConnectionError('server-error', 'there is no token that could be invalidated')
    this.#choice = this.#refusal = null
    try {
      const { security } = this.#account
      const { pin = null, mayBeWeaker = false } = this.#options
      this.#choice = choose(this.#offer, { bindings: this.#events.bindings(), security, pin, mayBeWeaker })
    } catch (error) {
      // a token may still do
      this.#refusal = error
    }
    await authenticate({ username: localOf(this.#account.jid), password: this.#account.password, token }, this.#choice?.mechanism ?? 'none', this.#userAgent())
  }

  /** Takes the place of xmpp.js's mechanisms: its SCRAM believes any server, and its texts must be Latin. */
  attach(entity: Client): void {
    const { saslFactory, fast } = entity
    const names = (list: () => readonly string[]): PropertyDescriptor => ({ get: () => list().map((name) => ({ name })) })
    // a mechanism that is not known is refused when it is chosen, with words of our own
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
        // a server that did not answer it the last time is shown the password
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
    // before xmpp.js acts on it
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
      if (this.#current === null) throw new ConnectionError('not-the-server', 'the server let us in unasked')
      // '=' stands for nothing (RFC 6120 section 6.4.6)
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
