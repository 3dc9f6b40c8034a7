/**
 * Client side of SCRAM (RFC 5802, with SHA-256 of RFC 7677), its -PLUS forms with channel binding, and the hash of the server's offer (XEP-0474). Pure but
 * for the random nonce.
 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { saslprep } from '@mongodb-js/saslprep'
import { ConnectionError } from '../../../net/problem.ts'

export type ScramHash = 'sha1' | 'sha256' | 'sha512'

/** Channel binding in the gs2 header (RFC 5802 section 6). */
export type Binding =
  /** Channel bound by data of that type. */
  | { flag: 'p'; type: string; data: Buffer }
  /** The client supports binding and the server seems not to; a server that does refuses this. */
  | { flag: 'y' }
  /** No common binding type. */
  | { flag: 'n' }

export interface ScramOptions {
  hash: ScramHash
  username: string
  password: string
  binding: Binding
  /** Mechanisms and channel binding types announced by the server; types null: none announced (XEP-0440). */
  offered: { mechanisms: readonly string[]; types: readonly string[] | null }
  /** The server has to prove its offer (XEP-0474), which is weaker than an earlier one. */
  mustProveOffer?: boolean
  /** Fixed nonce for test vectors. */
  nonce?: string
}

/** Smallest iteration count (RFC 5802 section 5.1, RFC 7677 section 4): fewer make it cheap to guess the password from a stolen handshake. */
const FEWEST_ROUNDS = 4096
/** Largest iteration count: 5 million take about 4 s; a server could keep this computer busy with more. */
const MOST_ROUNDS = 5_000_000
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
const derive = promisify(pbkdf2)

/** SASLprep (RFC 4013); a text that it forbids stays unchanged, as on servers that do not prepare passwords. */
export function prepared(text: string): string {
  try {
    return saslprep(text, { allowUnassigned: true })
  } catch {
    return text
  }
}

/** Hash of an offer, which the server sends as `h` (XEP-0474 section 5.1), base64. */
export function offerHash(hash: ScramHash, { mechanisms, types }: ScramOptions['offered']): string {
  const list = (names: readonly string[]): string =>
    names
      .map((name) => Buffer.from(name))
      .sort(Buffer.compare)
      .join('\x1e')
  return createHash(hash)
    .update(list(mechanisms) + (types === null ? '' : `\x1f${list(types)}`))
    .digest('base64')
}

/** Parses `a=...,b=...`. Throws on any other format. */
function attributes(message: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const part of message.split(',')) {
    if (!/^[A-Za-z]=/.test(part) || found.has(part.charAt(0))) throw new ConnectionError('server-error', 'the server sent a malformed SCRAM message')
    found.set(part.charAt(0), part.slice(2))
  }
  return found
}

export class Scram {
  readonly #options: ScramOptions
  readonly #nonce: string
  readonly #header: string
  readonly #firstBare: string
  #signature: Buffer | null = null
  #verified = false

  constructor(options: ScramOptions) {
    this.#options = options
    this.#nonce = options.nonce ?? randomBytes(24).toString('base64')
    const { binding, username } = options
    this.#header = `${binding.flag === 'p' ? `p=${binding.type}` : binding.flag},,`
    this.#firstBare = `n=${prepared(username).replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${this.#nonce}`
  }

  /** The server has proven that it knows the password, too. */
  get verified(): boolean {
    return this.#verified
  }

  /** client-first-message */
  first(): string {
    return this.#header + this.#firstBare
  }

  /** client-final-message for the server's first. Throws ConnectionError if that is malformed, weak, or shows that the offer was altered on its way. */
  async final(serverFirst: string): Promise<string> {
    const { hash, password, binding, offered, mustProveOffer = false } = this.#options
    const said = attributes(serverFirst)
    if (said.has('e')) throw refusal(said.get('e') ?? '')
    // RFC 5802 section 5.1: an extension that must be understood
    if (said.has('m')) throw new ConnectionError('server-error', 'the server requires an unknown extension of SCRAM')
    const [nonce, salt, rounds] = [said.get('r') ?? '', said.get('s') ?? '', said.get('i') ?? '']
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length)
      throw new ConnectionError('not-the-server', 'the server did not continue the nonce')
    if (!BASE64.test(salt) || !/^[1-9]\d{0,9}$/.test(rounds)) throw new ConnectionError('server-error', 'the server sent a malformed SCRAM message')
    if (Number(rounds) < FEWEST_ROUNDS || Number(rounds) > MOST_ROUNDS)
      throw new ConnectionError('server-error', `the server asks for ${rounds} rounds of hashing; ${FEWEST_ROUNDS} to ${MOST_ROUNDS} are allowed`)
    const proven = said.get('h')
    if (proven !== undefined && proven !== offerHash(hash, offered))
      throw new ConnectionError('offer-changed', 'somebody changed what the server offers (XEP-0474)')
    if (proven === undefined && mustProveOffer) throw new ConnectionError('weaker-sign-in', offered.mechanisms.join(', '))

    const salted = await derive(prepared(password), Buffer.from(salt, 'base64'), Number(rounds), createHash(hash).digest().length, hash)
    const mac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
    const clientKey = mac(salted, 'Client Key')
    const channel = Buffer.concat([Buffer.from(this.#header), binding.flag === 'p' ? binding.data : Buffer.alloc(0)]).toString('base64')
    const unproven = `c=${channel},r=${nonce}`
    const whole = `${this.#firstBare},${serverFirst},${unproven}`
    const proof = mac(createHash(hash).update(clientKey).digest(), whole)
    for (let at = 0; at < proof.length; at++) proof[at] = (proof[at] ?? 0) ^ (clientKey[at] ?? 0)
    this.#signature = mac(mac(salted, 'Server Key'), whole)
    return `${unproven},p=${proof.toString('base64')}`
  }

  /** Checks server-final-message. Throws ConnectionError if the server did not know the password, or refuses. */
  verify(serverFinal: string): void {
    const said = attributes(serverFinal)
    if (said.has('e')) throw refusal(said.get('e') ?? '')
    const signature = Buffer.from(said.get('v') ?? '', 'base64')
    if (this.#signature === null || signature.length !== this.#signature.length || !timingSafeEqual(signature, this.#signature))
      throw new ConnectionError('not-the-server', 'the server did not prove that it knows the password')
    this.#verified = true
  }
}

/** RFC 5802 section 7, server-error-value. */
function refusal(value: string): ConnectionError {
  if (value === 'channel-bindings-dont-match' || value === 'server-does-support-channel-binding') return new ConnectionError('offer-changed', value)
  if (value === 'channel-binding-not-supported' || value === 'unsupported-channel-binding-type') return new ConnectionError('server-error', value)
  return new ConnectionError(value === 'invalid-proof' || value === 'unknown-user' ? 'wrong-password' : 'server-error', value)
}
