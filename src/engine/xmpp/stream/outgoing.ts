/** Outgoing stanzas of an account's stream: sizes, acknowledgements, and stanzas that are given up. */
import { randomUUID } from 'node:crypto'
import { xml, type Client, type Element } from '@xmpp/client'
import { bare, domainOf, parseJid } from '../../../contract/address.ts'
import { lookUp } from '../../../contract/look-up.ts'
import { isRefusal, Refusal } from '../../net/problem.ts'
import { LONGEST_ID } from '../stanzas/stable-ids.ts'
import { StanzaLimit, type GivenUp, type Limit, type StreamEnd } from './stanza-limit.ts'

const NS_LIMITS = 'urn:xmpp:stream-limits:0'
const NS_SM = 'urn:xmpp:sm:3'
const NS_STREAMS = 'http://etherx.jabber.org/streams'
/** Overhead of a WebSocket frame, which names the namespace in each stanza (RFC 7395 section 3.3.3), bytes. */
const FRAMING = 24

/**
 * True if an answer comes from the address that was asked. `asked` undefined: our own account, whose server answers with our address, its own or none. An
 * answer without a sender is our server's: it stamps all others (RFC 6120 section 8.1.2.2).
 */
export function isFromAsked(asked: string | undefined, from: string | undefined, own: string): boolean {
  if (from === undefined) return true
  const sender = parseJid(from)
  const ours = [parseJid(own), bare(own), domainOf(own)]
  if (asked === undefined || parseJid(asked) === bare(own)) return sender !== null && ours.includes(sender)
  return sender !== null && sender === parseJid(asked)
}

/**
 * Number of stanzas handled by the server according to its `h`, at most as many as were sent: otherwise xmpp.js counts past its queue (XEP-0198 section 4: a
 * count that is too high is an error).
 */
export function handled(h: string | undefined, { outbound, outbound_q: queue }: { outbound: number; outbound_q: readonly unknown[] }): number {
  const count = h !== undefined && /^\d{1,10}$/.test(h) ? Number(h) : outbound
  return Math.min(Math.max(count, outbound), outbound + queue.length)
}

export interface OutgoingEvents {
  onGivenUp(given: GivenUp): void
  /** Called with a limit to be stored for the next start. */
  onLimit(limit: Limit): void
}

const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
/** Stream and sign-in errors by namespace, with the condition assumed if they name none. */
const UNTOLD: Readonly<Record<string, readonly [name: string, condition: string, xmlns: string]>> = {
  [NS_STREAMS]: ['error', 'undefined-condition', 'urn:ietf:params:xml:ns:xmpp-streams'],
  'urn:ietf:params:xml:ns:xmpp-sasl': ['failure', 'temporary-auth-failure', 'urn:ietf:params:xml:ns:xmpp-sasl'],
  'urn:xmpp:sasl:2': ['failure', 'temporary-auth-failure', 'urn:ietf:params:xml:ns:xmpp-sasl']
}

/** Adds a condition to an error without one: xmpp.js would take it for the awaited answer, or fail on it. */
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

/** Replaces an address without a domain by an invalid one: xmpp.js would end the stream over it, and resume with the same stanza. */
function nobody({ attrs }: Element): void {
  for (const name of ['from', 'to']) if (attrs[name] !== undefined && attrs[name] !== '' && domainOf(attrs[name]) === '') attrs[name] = '@nobody.invalid'
}

/**
 * Shortens a request by others: an error repeats the request (RFC 6120 section 8.3.1) and each answer its id, and the answer has to be short enough for our server.
 * `own`: our full address; requests by our own account and server stay as they are.
 */
function answerable(iq: Element, own: string): void {
  const { type, from, id } = iq.attrs
  if (!iq.is('iq') || (type !== 'get' && type !== 'set')) return
  if (id !== undefined && id.length > LONGEST_ID) iq.attrs['id'] = id.slice(0, LONGEST_ID)
  if (from === undefined || [own, bare(own), domainOf(own)].includes(from)) return
  for (const question of iq.getChildElements()) {
    question.children = []
    for (const [name, value] of Object.entries(question.attrs)) if (value !== undefined && value.length > LONGEST_ID) delete question.attrs[name]
  }
}

export class Outgoing {
  readonly #client: Client
  readonly #limit: StanzaLimit
  readonly #events: OutgoingEvents
  /** Ids of pending requests, and the address asked; undefined: our own account. */
  readonly #asked = new Map<string, string | undefined>()
  #end: StreamEnd = 'silent'
  /** Stanzas may have been sent on this stream. */
  #used = false
  /** Features of this stream announced a stanza limit; later ones may omit it. */
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

  /** Largest stanza that the server accepts, bytes; null: unknown. */
  get most(): number | null {
    return this.#limit.most(Date.now())
  }

  /** Size of a stanza on the wire, bytes. */
  bytesOf(stanza: Element): number {
    return Buffer.byteLength(stanza.toString()) + FRAMING
  }

  /** Rejects with a Refusal if the stanza is longer than the server accepts. */
  async send(stanza: Element): Promise<void> {
    this.#begin(stanza)
    await this.#written(stanza, this.#client.send(stanza))
  }

  /** Sends an IQ and returns its answer, which only counts from the address that was asked. Rejects with a Refusal, or an error of xmpp.js. */
  async request(iq: Element, timeoutMs: number): Promise<Element> {
    // an id that nobody can guess
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
    // xmpp.js attaches its handler after the write; an earlier error would be an unhandled rejection
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
    answerable(element, this.#client.jid?.toString() ?? '')
    withCondition(element)
    if (element.is('a', NS_SM) || element.is('resumed', NS_SM)) element.attrs['h'] = String(handled(element.attrs['h'], this.#client.streamManagement))
    // unacknowledged stanzas are sent again
    if (element.is('resumed', NS_SM)) this.#used = true
    const announced = element.is('features', NS_STREAMS) ? element.getChild('limits', NS_LIMITS)?.getChildText('max-bytes') : null
    if (announced === null || announced === undefined) return
    this.#announced = true
    this.#announce(Number(announced))
  }

  /** Removes the id from answers of addresses that were not asked: xmpp.js matches by id only (RFC 6120 section 8.1.2.1). */
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
      // the server did not accept it, so it is not counted either
      sm.outbound_q = sm.outbound_q.filter((item) => item.stanza !== given.stanza)
      return
    }
    // unknown whether the server accepted it: start a new session, whose archive will tell
    sm.id = ''
    sm.outbound = 0
    for (const { stanza } of sm.outbound_q.splice(0)) sm.emit('fail', stanza)
  }
}
