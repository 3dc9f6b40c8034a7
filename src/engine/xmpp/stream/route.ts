/** The way to the hosts of an account's domain: looked up once for each round, then one after the other until a stream lasts; hosts.ts has the order. */
import type { Socket } from 'node:net'
import type { ConnectionProblem } from '../../../contract/domain.ts'
import { ADDRESS_MS, CONNECT_MS, dialAddress } from '../../net/dial.ts'
import { addressesOf } from '../../net/dns.ts'
import { ConnectionError, toConnectionError } from '../../net/problem.ts'
import { dialThrough, type Target } from '../../net/proxy.ts'
import { race } from '../../net/race.ts'
import { hostAndPort, Hosts, type Host } from './hosts.ts'

/** How long one host has until the next begins beside it, ms. */
const HOST_MS = 2000
/** How long the names that are still looked up are waited for once one is known, ms. */
const GRACE_MS = 1000
/** Hosts of one domain that are looked up. */
const MOST_HOSTS = 32
/** Hosts that a server may send us to until a stream lasts. */
const MOST_REDIRECTS = 3

/** A target, and where it takes WebSockets. */
export type Goal = Target & { url?: URL }

export interface RouteOptions {
  /** socks5://... or http://..., or null. */
  proxy: string | null
  /** Its hosts, best first. Rejects with ConnectionError, or the system's error. */
  find(): Promise<Goal[]>
  /** False: the user named the host, and no server may name another one. */
  mayMove: boolean
  /** The port of a host that is named without one. */
  port: number
  addresses?: (name: string) => Promise<string[]>
  now?: () => number
}

/** Failures of a person's account or of a server's identity: another host of the domain would say the same, or must not be asked. */
const FINAL: ReadonlySet<ConnectionProblem> = new Set(['wrong-password', 'conflict', 'weaker-sign-in', 'password-in-plain', 'offer-changed', 'not-the-server'])
/** What the user can act upon is told rather than that other hosts were not reached. */
const TELLING: ReadonlySet<ConnectionProblem> = new Set(['certificate', 'certificate-changed', 'certificate-expired', 'certificate-name'])

export interface Verdict {
  /** Another host of the domain is still to be tried in this round. */
  elsewhere: boolean
  /** What decides how it goes on. */
  problem: ConnectionProblem
  /** What the user is shown. */
  error: ConnectionError
}

export class Route {
  readonly #options: RouteOptions
  readonly #hosts = new Hosts()
  #round: Host[] | null = null
  #current: Host | null = null
  #hasLasted = false
  /** Looked up before the next host is opened, and tried first. */
  #location: Target | null = null
  #redirect: Target | null = null
  #redirects = 0
  #problems: ConnectionError[] = []

  constructor(options: RouteOptions) {
    this.#options = options
  }

  /** TCP to the best host that answers. Rejects with ConnectionError, the system's error, or the signal's reason. */
  async open(signal: AbortSignal): Promise<{ socket: Socket; host: Host }> {
    const { proxy } = this.#options
    this.#current = null
    this.#hasLasted = false
    this.#round ??= await this.#look((await this.#options.find()).slice(0, MOST_HOSTS))
    const ahead = this.#redirect ?? this.#location
    this.#redirect = null
    this.#location = null
    if (ahead !== null) {
      // a host that cannot be found is passed over
      const found = await this.#look([ahead]).catch(() => [])
      if (found.length > 0) this.#hosts.prefer(found)
      this.#round = [...found, ...this.#round]
    }
    signal.throwIfAborted()
    const ways = this.#hosts.next(this.#round, this.#now)
    const { way, socket } = await race(ways, {
      open: ({ host, port, address }, ends) => (address === null ? dialThrough(proxy ?? '', { host, port }, CONNECT_MS) : dialAddress(address, port, ends)),
      pause: (next, before) => (next.host === before.host ? ADDRESS_MS : HOST_MS),
      drop: (late) => late.destroy(),
      onFailed: (failed) => this.#hosts.failed(failed, this.#now),
      signal
    })
    this.#current = way
    return { socket, host: way }
  }

  /** The server let us in. */
  opened(): void {
    if (this.#current !== null) this.#hosts.prefer([this.#current])
  }

  /** The stream has been open for a while. */
  lasted(): void {
    this.#hasLasted = true
    this.#end()
    if (this.#current !== null) this.#hosts.lasted(this.#current)
  }

  /** Where the server would have us resume (XEP-0198 section 5). */
  set location(text: string) {
    if (this.#options.mayMove) this.#location = hostAndPort(text, this.#options.port)
  }

  /** The server sends us to another host (RFC 6120 section 4.9.3.19). */
  redirect(text: string): void {
    if (!this.#options.mayMove || this.#redirects === MOST_REDIRECTS) return
    this.#redirect = hostAndPort(text, this.#options.port)
    if (this.#redirect !== null) this.#redirects++
  }

  /** Nothing that failed says anything of now: the user asks, or this computer has another network. */
  forget(): void {
    this.#end()
    this.#hosts.forget()
  }

  /** The last host, or all of them, failed. */
  failed(error: ConnectionError): Verdict {
    const host = this.#current
    this.#current = null
    const isFinal = FINAL.has(error.problem)
    // a stream that lasted broke off for the network's sake: its host still holds our session
    const isHosts = !isFinal && !(this.#hasLasted && (error.problem === 'network' || error.problem === 'timed-out'))
    this.#hasLasted = false
    if (host !== null && isHosts) this.#hosts.failed(host, this.#now)
    this.#problems.push(error)
    if (isHosts && this.#round !== null && (this.#redirect !== null || this.#hosts.hasMore)) return { elsewhere: true, problem: error.problem, error }
    const telling = isFinal ? undefined : this.#problems.find(({ problem }) => TELLING.has(problem))
    // as long as one of them may come back by itself, it is worth another round
    const deciding = isFinal ? error : (this.#problems.find(({ problem }) => !TELLING.has(problem)) ?? error)
    this.#end()
    return { elsewhere: false, problem: deciding.problem, error: telling ?? error }
  }

  #end(): void {
    this.#round = null
    this.#redirect = null
    this.#redirects = 0
    this.#problems = []
  }

  get #now(): number {
    return this.#options.now?.() ?? performance.now()
  }

  /** The addresses of all that can be found. Rejects as the first of them where none can. */
  async #look(goals: readonly Goal[]): Promise<Host[]> {
    if (this.#options.proxy !== null) return goals.map((goal) => ({ ...goal, address: null }))
    const find = this.#options.addresses ?? addressesOf
    const found = new Map<Goal, Host[]>()
    const errors: unknown[] = []
    const grace = Promise.withResolvers<undefined>()
    let timer: NodeJS.Timeout | undefined
    const all = goals.map(async (goal) => {
      try {
        found.set(
          goal,
          (await find(goal.host)).map((address) => ({ ...goal, address }))
        )
        timer ??= setTimeout(() => grace.resolve(undefined), GRACE_MS)
      } catch (error) {
        errors.push(error)
      }
    })
    await Promise.race([Promise.all(all), grace.promise])
    clearTimeout(timer)
    const hosts = goals.flatMap((goal) => found.get(goal) ?? [])
    if (hosts.length === 0) throw toConnectionError(errors[0] ?? new ConnectionError('unknown-host', 'no address'))
    return hosts
  }
}
