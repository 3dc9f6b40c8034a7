/** Profile in use: the user's own, or the demo's. Switching closes one engine and opens another. */
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { AppState } from '../contract/requests/app.ts'
import type { Demo } from '../demo/demo.ts'
import { Engine, type EngineOptions } from '../engine/engine.ts'

interface Events {
  /** Emitted when another engine is in use. */
  swapped: [Engine]
}

export class Profile extends EventEmitter<Events> {
  readonly #folder: string
  readonly #options: Omit<EngineOptions, 'profile'>
  #engine: Engine | null = null
  #demo: Demo | null = null

  constructor(folder: string, options: Omit<EngineOptions, 'profile'>) {
    super()
    this.#folder = folder
    this.#options = options
  }

  get engine(): Engine {
    if (this.#engine === null) throw new Error('no profile is open')
    return this.#engine
  }

  /** Accounts as windows see them; the demo has one even without a server. */
  get accounts(): AppState['accounts'] {
    const { list } = this.engine.accounts
    return list.length === 0 && this.#demo !== null ? [{ jid: this.#demo.own, connection: { status: 'signed-out' }, accepted: null, shortages: [] }] : list
  }

  get demo(): 'no' | 'live' | 'offline' {
    return this.#demo === null ? 'no' : this.#demo.live ? 'live' : 'offline'
  }

  /** Opens the user's own profile and connects its accounts. Throws StoreOpenError. */
  async open(): Promise<void> {
    await this.#use(await Engine.open({ profile: this.#folder, ...this.#options }))
    await this.engine.connect()
  }

  /** Opens the demo: its people, its history, and its server if one can be started. */
  async openDemo(offline = false): Promise<void> {
    const { startDemo } = await import('../demo/demo.ts')
    const folder = join(this.#folder, 'demo')
    const engine = await Engine.open({ profile: folder, ...this.#options })
    this.#demo = await startDemo(folder, engine, offline)
    await this.#use(engine)
    if (this.#demo.account !== null) await engine.signIn(this.#demo.account)
  }

  /** Returns to the user's own profile. */
  async leaveDemo(): Promise<void> {
    await this.#use(await Engine.open({ profile: this.#folder, ...this.#options }), true)
    await this.engine.connect()
  }

  async close(): Promise<void> {
    await this.#engine?.close()
    this.#engine = null
    await this.#demo?.stop()
    this.#demo = null
  }

  async #use(engine: Engine, endsDemo = false): Promise<void> {
    const before = this.#engine
    const demo = endsDemo ? this.#demo : null
    if (endsDemo) this.#demo = null
    this.#engine = engine
    this.emit('swapped', engine)
    await before?.close()
    await demo?.stop()
  }
}
