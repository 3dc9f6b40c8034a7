/** What goes out on an account's stream: how long it is, whether the server took it, and what of it is given up. */
import { randomUUID } from 'node:crypto'
import { xml, type Client, type Element } from '@xmpp/client'
import { bare, domainOf, parseJid } from '../../../contract/address.ts'
import { lookUp } from '../../../contract/look-up.ts'
import { isRefusal, Refusal } from '../../net/problem.ts'
import { StanzaLimit, type GivenUp, type Limit, type StreamEnd } from './stanza-limit.ts'

const NS_LIMITS = 'urn:xmpp:stream-limits:0'
const NS_SM = 'urn:xmpp:sm:3'
const NS_STREAMS = 'http://etherx.jabber.org/streams'
/** A WebSocket's frames name the namespace in each stanza (RFC 7395 section 3.3.3), bytes. */
const FRAMING = 24

/**
 * Whether an answer is of whom was asked. `asked` undefined: our own account, whose server answers in its name, in its own or in none.
 * An answer without a sender is our server's: it stamps all others (RFC 6120 section 8.1.2.2).
 */
export function isFromAsked(asked: string | undefined, from: string | undefined, own: string): boolean {
  if (from === undefined) return true
  const sender = parseJid(from)
  const ours = [parseJid(own), bare(own), domainOf(own)]
  if (asked === undefined || parseJid(asked) === bare(own)) return sender !== null && ours.includes(sender)
  return sender !== null && sender === parseJid(asked)
}

/**
 * How many stanzas the server has handled, in its own word `h`, of those that it was sent: xmpp.js counts on past its queue otherwise
 * (XEP-0198 section 4: a count that is too high is a mistake).
 */
export function handled(h: string | undefined, { outbound, outbound_q: queue }: { outbound: number; outbound_q: readonly unknown[] }): number {
  const count = h !== undefined && /^\d{1,10}$/.test(h) ? Number(h) : outbound
  return Math.min(Math.max(count, outbound), outbound + queue.length)
}

export interface OutgoingEvents {
  onGivenUp(given: GivenUp): void
  /** To be kept for the next start. */
  onLimit(limit: Limit): void
}

const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
/** Errors of the stream and of the sign-in, by namespace, and what they are taken for where they say nothing. */
const UNTOLD: Readonly<Record<string, readonly [name: string, condition: string, xmlns: string]>> = {
  [NS_STREAMS]: ['error', 'undefined-condition', 'urn:ietf:params:xml:ns:xmpp-streams'],
  'urn:ietf:params:xml:ns:xmpp-sasl': ['failure', 'temporary-auth-failure', 'urn:ietf:params:xml:ns:xmpp-sasl'],
  'urn:xmpp:sasl:2': ['failure', 'temporary-auth-failure', 'urn:ietf:params:xml:ns:xmpp-sasl']
}

/** An error that does not say which one: xmpp.js would wait for the answer that it is, or fail at it. */
function withCondition(element: Element): void {
  if (element.is('iq') && element.attrs['type'] === 'error') {
    if (element.getChild('error') === undefined) element.append(xml('error', { type: 'cancel' }))
    const error = element.getChild('error')
    if (error?.getChildElements().length === 0) error.append(xml('undefined-condition', { xmlns: NS_STANZAS }))
    return
  }
  const [name, condition, xmlns] = lookUp(UNTOLD, element.getNS() ?? '') ?? []
  if (name !== undefined && condition !== undefined && element.name.split(':').at(-1) === name && element.getChildElements().length === 0)
    element.append(xml(condition, { xmlns: xmlns ?? '' }))
}

/** An address without a domain ends xmpp.js's stream, which then begins anew with the same stanza: it becomes another one that is nobody's. */
function nobody({ attrs }: Element): void {
  for (const name of ['from', 'to']) if (attrs[name] !== undefined && attrs[name] !== '' && domainOf(attrs[name]) === '') attrs[name] = '@nobody.invalid'
}

export class Outgoing {
  readonly #client: Client
  readonly #limit: StanzaLimit
  readonly #events: OutgoingEvents
  /** Ids of requests that are under way, and who was asked; undefined: our own account. */
  readonly #asked = new Map<string, string | undefined>()
  #end: StreamEnd = 'silent'
  /** Stanzas may have gone out on this stream. */
  #used = false
  /** Some features of this stream said how long a stanza may be; others may say nothing of it. */
  #announced = false

  constructor(client: Client, limit: Limit | undefined, events: OutgoingEvents) {
    this.#client = client
    this.#limit = new StanzaLimit(limit)
    this.#events = events
    client.prependListener('element', (element: Element) => this.#onElement(element))
    client.on('online', () => {
      this.#used = true
      if (!this.#announced) this.#announce(null)
    })
    client.on('error', (error: Error) => {
      if (error.name === 'StreamError' && 'condition' in error) this.#end = { condition: String(error.condition) }
    })
    client.on('disconnect', () => this.#ended())
    client.streamManagement.on('ack', (stanza: Element) => this.#limit.done(stanza, true))
    client.streamManagement.on('fail', (stanza: Element) => this.#limit.done(stanza, false))
  }

  /** The longest stanza that the server takes, bytes; null: nobody knows. */
  get most(): number | null {
    return this.#limit.most(Date.now())
  }

  /** Of a stanza as it goes on the wire, bytes. */
  bytesOf(stanza: Element): number {
    return Buffer.byteLength(stanza.toString()) + FRAMING
  }

  /** Rejects with a Refusal where it is longer than the server takes. */
  async send(stanza: Element): Promise<void> {
    this.#begin(stanza)
    await this.#written(stanza, this.#client.send(stanza))
  }

  /** An IQ and its answer, which counts from whom was asked alone. Rejects with a Refusal, or xmpp.js's own. */
  async request(iq: Element, timeoutMs: number): Promise<Element> {
    // one that nobody can guess
    const id = randomUUID()
    iq.attrs['id'] = id
    this.#asked.set(id, iq.attrs['to'])
    try {
      return await this.#answered(iq, timeoutMs)
    } finally {
      this.#asked.delete(id)
    }
  }

  async #answered(iq: Element, timeoutMs: number): Promise<Element> {
    const mark = this.#begin(iq)
    const answer = this.#client.iqCaller.request(iq, timeoutMs)
    // xmpp.js looks for the answer only once the request is written: an error that is quicker would be nobody's
    this.#client.iqCaller.handlers.get(iq.attrs['id'] ?? '')?.promise.catch(() => undefined)
    try {
      const element = await this.#written(iq, answer)
      this.#limit.answered(mark)
      return element
    } catch (error) {
      if (isRefusal(error)) this.#limit.answered(mark)
      throw error
    }
  }

  #begin(stanza: Element): number {
    const [bytes, most] = [this.bytesOf(stanza), this.most]
    if (most !== null && bytes > most) throw new Refusal('too-large', `${bytes} bytes, of at most ${most}`)
    return this.#limit.begin(stanza, bytes)
  }

  async #written<T>(stanza: Element, writing: Promise<T>): Promise<T> {
    try {
      return await writing
    } catch (error) {
      if (!isRefusal(error)) this.#limit.failed(stanza)
      throw error
    }
  }

  #onElement(element: Element): void {
    this.#disown(element)
    nobody(element)
    withCondition(element)
    if (element.is('a', NS_SM) || element.is('resumed', NS_SM)) element.attrs['h'] = String(handled(element.attrs['h'], this.#client.streamManagement))
    // what was under way goes again
    if (element.is('resumed', NS_SM)) this.#used = true
    const announced = element.is('features', NS_STREAMS) ? element.getChild('limits', NS_LIMITS)?.getChildText('max-bytes') : null
    if (announced === null || announced === undefined) return
    this.#announced = true
    this.#announce(Number(announced))
  }

  /** Takes the id from an answer of somebody who was not asked: xmpp.js looks at nothing else (RFC 6120 section 8.1.2.1). */
  #disown(element: Element): void {
    const { id, from, type } = element.attrs
    if (!element.is('iq') || (type !== 'result' && type !== 'error') || id === undefined || !this.#asked.has(id)) return
    if (!isFromAsked(this.#asked.get(id), from, this.#client.jid?.toString() ?? '')) delete element.attrs['id']
  }

  #announce(most: number | null): void {
    if (this.#limit.announce(most)) this.#events.onLimit(this.#limit.limit)
  }

  #ended(): void {
    const end = this.#end
    this.#end = 'silent'
    this.#announced = false
    if (!this.#used) return
    this.#used = false
    const given = this.#limit.ended(end, this.#client.streamManagement.id !== '', Date.now())
    if (given === null) return
    if (given.reason === 'too-large') this.#events.onLimit(this.#limit.limit)
    this.#events.onGivenUp(given)
    const sm = this.#client.streamManagement
    if (end !== 'silent' && end.condition === 'policy-violation') {
      // the server did not take it, so it is not counted either
      sm.outbound_q = sm.outbound_q.filter((item) => item.stanza !== given.stanza)
      return
    }
    // nobody knows whether it was taken: a new session, whose archive tells
    sm.id = ''
    sm.outbound = 0
    for (const { stanza } of sm.outbound_q.splice(0)) sm.emit('fail', stanza)
  }
}
