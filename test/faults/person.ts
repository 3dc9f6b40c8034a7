/** One device of a person: a process of its own behind a proxy of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestServer } from '../support/server.ts'
import type { Command, Line, Place, Report, Start } from './client.ts'
import { FaultyProxy } from './proxy.ts'

export interface PersonOptions {
  /** Name of the account, which also begins the person's texts. */
  name: string
  /** Name of the device in the log. */
  device: string
  server: TestServer
  profile: string
  places: Place[]
  /** Groups that never answer. */
  dead: string[]
  /** Messages in the first place are encrypted end to end. */
  encrypted?: boolean
  log: (text: string) => void
}

export class Person {
  readonly name: string
  readonly device: string
  readonly proxy: FaultyProxy
  readonly places: Place[]
  /** Messages reported as stored, per place. */
  readonly confirmed: number[]
  /** Texts that this device retracted, and texts that it deleted here only. */
  readonly retracted = new Set<string>()
  readonly removed = new Set<string>()
  /** Additional environment of its process. */
  environment: Record<string, string> = {}
  readonly #options: PersonOptions
  #child: ChildProcess | null = null
  #answer: ((report: Report) => void) | null = null
  #command: Command | null = null

  constructor(options: PersonOptions) {
    this.#options = options
    this.name = options.name
    this.device = options.device
    this.places = options.places
    this.confirmed = options.places.map(() => 0)
    this.proxy = new FaultyProxy(options.server.port)
  }

  /** Starts the process. Throws if it ends at once. */
  async start(connect = true): Promise<void> {
    const { server, profile, dead, encrypted = false, log } = this.#options
    const settings: Start = {
      profile,
      account: { ...server.settings(this.name), port: this.proxy.port },
      name: this.name,
      places: this.places,
      dead,
      connect,
      encrypted
    }
    const child = spawn(process.execPath, [join(import.meta.dirname, 'client.ts'), JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...this.environment }
    })
    this.#child = child
    const ready = Promise.withResolvers<void>()
    child.once('exit', () => {
      ready.reject(new Error(`the client on ${this.device} ended`))
      this.#answer?.({ event: 'failed', message: 'its process ended' })
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as Report
      if (report.event === 'written') this.confirmed[report.place] = Math.max(this.confirmed[report.place] ?? 0, report.number + 1)
      else if (report.event === 'took back') for (const text of report.texts) this.retracted.add(text)
      else if (report.event === 'deleted') for (const text of report.texts) this.removed.add(text)
      else if (report.event === 'refused') log(`${this.device}: ${report.message}`)
      else if (report.event === 'ready') ready.resolve()
      else this.#answer?.(report)
    })
    await ready.promise
    if (this.#command !== null) this.tell(this.#command)
  }

  tell(command: Command): void {
    if (command.do === 'write') this.#command = command
    this.#child?.stdin?.write(`${JSON.stringify(command)}\n`)
  }

  /** Sends a command and returns the report. Throws if the command fails or the process ends. */
  async ask(command: Command): Promise<Report> {
    const answer = await new Promise<Report>((resolve) => {
      this.#answer = resolve
      this.tell(command)
    })
    if (answer.event === 'failed') throw new Error(`${this.device}: ${command.do}: ${answer.message}`)
    return answer
  }

  /** kill -9 */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    this.#child = null
  }

  async lines(): Promise<Line[][]> {
    const path = join(tmpdir(), `mnemo-faults-${process.pid}-${this.device.replaceAll(/\W/g, '-')}.json`)
    await this.ask({ do: 'dump', path })
    const read = JSON.parse(readFileSync(path, 'utf8')) as Line[][]
    rmSync(path)
    return read
  }
}
