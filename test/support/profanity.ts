/** Profanity (https://profanity-im.github.io) in a terminal of tmux, typed into and read as by a person. */
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestServer } from './server.ts'

export const hasProfanity = ['profanity', 'tmux'].every((program) => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

export class Profanity {
  readonly #socket = `mnemo-${randomUUID()}`
  readonly #home = mkdtempSync(join(tmpdir(), 'mnemo-profanity-'))

  /** Starts it and signs in. */
  async start(server: TestServer, user: string): Promise<void> {
    for (const folder of ['config', 'data']) mkdirSync(join(this.#home, folder))
    const environment = { HOME: this.#home, XDG_CONFIG_HOME: join(this.#home, 'config'), XDG_DATA_HOME: join(this.#home, 'data'), LANG: 'C.UTF-8' }
    const settings = Object.entries(environment)
      .map(([name, value]) => `${name}='${value}'`)
      .join(' ')
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'main', '-x', '200', '-y', '60', `env ${settings} profanity`)
    await this.sees(/See \/help account/)
    // for its uploads; OpenSSL finds a certificate by its hash
    const certificates = join(this.#home, 'certificates')
    mkdirSync(certificates)
    copyFileSync(join(server.folder, 'localhost.crt'), join(certificates, 'localhost.crt'))
    execFileSync('openssl', ['rehash', certificates], { stdio: 'ignore' })
    for (const setting of [`/tls certpath ${certificates}`, '/receipts request on', '/receipts send on', '/correction on', '/wrap off']) this.types(setting)
    this.types(`/connect ${user}@localhost server 127.0.0.1 port ${server.port} tls trust`)
    await this.sees(/Enter password/)
    this.types(`${user}-secret`)
    await this.sees(/logged in successfully/)
  }

  /** Types a line, and Enter. */
  types(line: string): void {
    this.#tmux('send-keys', '-t', 'main', '-l', line)
    this.#tmux('send-keys', '-t', 'main', 'Enter')
  }

  get screen(): string {
    return this.#tmux('capture-pane', '-p', '-t', 'main')
  }

  async sees(what: RegExp, ms = 120_000): Promise<void> {
    const deadline = Date.now() + ms
    while (!what.test(this.screen)) {
      if (Date.now() > deadline) throw new Error(`Profanity does not show ${String(what)}, but\n${this.screen.trim()}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  quit(): void {
    try {
      this.#tmux('kill-server')
    } finally {
      rmSync(this.#home, { recursive: true, force: true, maxRetries: 3 })
    }
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }
}
