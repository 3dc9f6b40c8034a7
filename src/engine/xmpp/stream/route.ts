/** Route to the hosts of an account's domain: resolved once per round, then tried one after the other until a stream lasts; hosts.ts has the order. */
import type { Socket } from 'node:net'
import type { ConnectionProblem } from '../../../contract/domain.ts'
import { ADDRESS_MS, CONNECT_MS, dialAddress } from '../../net/dial.ts'
import { addressesOf } from '../../net/dns.ts'
import { ConnectionError, toConnectionError } from '../../net/problem.ts'
import { dialThrough, type Target } from '../../net/proxy.ts'
import { race } from '../../net/race.ts'
import { hostAndPort, Hosts, type Host } from './hosts.ts'

/** Delay before the next host is tried in parallel, ms. */
const HOST_MS = 2000
/** Longest wait for further name lookups once one has succeeded, ms. */
const GRACE_MS = 1000
/** Largest number of hosts of a domain that are resolved. */
const MOST_HOSTS = 32
/** Largest number of redirects until a stream lasts. */
const MOST_REDIRECTS = 3

/** Target, with its WebSocket address if it has one. */
export type Goal = Target & { url?: URL }

export interface RouteOptions {
  /** socks5://... or http://..., or null. */
  proxy: string | null
  /** Finds the hosts, best first. Rejects with ConnectionError, or the system's error. */
  find(): Promise<Goal[]>
  /** False: the user named the host, so a server may not redirect to another. */
  mayMove: boolean
  /** Default port of a host named without one. */
  port: number
  addresses?: (name: string) => Promise<string[]>
  now?: () => number
}

/** Problems with the account or the server's identity: another host of the domain would answer the same, or must not be asked. */
const FINAL: ReadonlySet<ConnectionProblem> = new Set(['wrong-password', 'conflict', 'weaker-sign-in', 'password-in-plain', 'offer-changed', 'not-the-server'])
/** Problems that the user can act on, shown in preference to unreachable hosts. */
const TELLING: ReadonlySet<ConnectionProblem> = new Set(['certificate', 'certificate-changed', 'certificate-expired', 'certificate-name'])

export interface Verdict {
  /** Another host of the domain is still to be tried in this round. */
  elsewhere: boolean
  /** Problem that decides how to continue. */
  problem: ConnectionProblem
  /** Error shown to the user. */
  error: ConnectionError
}

export class Route {
  readonly #options: RouteOptions
  readonly #hosts = new Hosts()
  #round: Host[] | null = null
  #current: Host | null = null
  #hasLasted = false
  /** Host to be resolved and tried first. */
  #location: Target | null = null
  #redirect: Target | null = null
  #redirects = 0
  #problems: ConnectionError[] = []

  constructor(options: RouteOptions) {
    this.#options = options
  }

  /** Opens TCP to the best host that answers. Rejects with ConnectionError, the system's error, or the signal's reason. */
  async open(signal: AbortSignal): Promise<{ socket: Socket; host: Host }> {
    const { proxy } = this.#options
    this.#current = null
    this.#hasLasted = false
    this.#round ??= await this.#look((await this.#options.find()).slice(0, MOST_HOSTS))
    const ahead = this.#redirect ?? this.#location
    this.#redirect = null
    this.#location = null
    if (ahead !== null) {
      // a host that cannot be resolved is skipped
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

  /** Marks the current host as successful. */
  opened(): void {
    if (this.#current !== null) this.#hosts.prefer([this.#current])
  }

  /** Marks the stream as lasting. */
  lasted(): void {
    this.#hasLasted = true
    this.#end()
    if (this.#current !== null) this.#hosts.lasted(this.#current)
  }

  /** Host where the server wants us to resume (XEP-0198 section 5). */
  set location(text: string) {
    if (this.#options.mayMove) this.#location = hostAndPort(text, this.#options.port)
  }

  /** Follows a redirect to another host (RFC 6120 section 4.9.3.19). */
  redirect(text: string): void {
    if (!this.#options.mayMove || this.#redirects === MOST_REDIRECTS) return
    this.#redirect = hostAndPort(text, this.#options.port)
    if (this.#redirect !== null) this.#redirects++
  }

  /** Forgets earlier failures, because the user asks or the network has changed. */
  forget(): void {
    this.#end()
    this.#hosts.forget()
  }

  /** Records a failure of the last host, or of all hosts. */
  failed(error: ConnectionError): Verdict {
    const host = this.#current
    this.#current = null
    const isFinal = FINAL.has(error.problem)
    // a lasting stream was lost because of the network: its host still holds our session
    const isHosts = !isFinal && !(this.#hasLasted && (error.problem === 'network' || error.problem === 'timed-out'))
    this.#hasLasted = false
    if (host !== null && isHosts) this.#hosts.failed(host, this.#now)
    this.#problems.push(error)
    if (isHosts && this.#round !== null && (this.#redirect !== null || this.#hosts.hasMore)) return { elsewhere: true, problem: error.problem, error }
    const telling = isFinal ? undefined : this.#problems.find(({ problem }) => TELLING.has(problem))
    // another round is worthwhile as long as one of the hosts may recover
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

  /** Resolves the targets' addresses. Rejects with the first error if none can be resolved. */
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
