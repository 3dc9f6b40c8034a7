/** Starts the app and drives its real windows, on either host; for the tour, the end-to-end tests and the benchmarks. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { give } from './account.ts'
import { ids } from './desktop.ts'
import type { Host } from './host.ts'

const PATIENCE = 30_000

export interface RunningApp {
  process: ChildProcess
  host: Host
  /** Resolves to the window of that kind, once it is open and its page is loaded. */
  window(kind: 'main' | 'chat' | 'search' | 'settings' | 'viewer', ms?: number): Promise<Page>
  windows(): Page[]
  /** Attaches to the windows again, as after a crash of a page. */
  attachAgain(): Promise<void>
  /** Resolves when the app has dropped the connection to its windows, as Chromium does with every connection when the machine sleeps. */
  released(): Promise<void>
  /** Quits as a user does, and waits. Rejects if the exit code is not 0. */
  quit(): Promise<void>
  kill(): Promise<void>
}

export interface StartOptions {
  profile: string
  args?: string[]
  env?: Record<string, string>
  /** Attaches to no window until attachAgain: Chromium does not check whether a page responds while a debugger is attached. */
  alone?: boolean
  /** Time to wait for the start, a window, or an element of a page, ms. */
  patience?: number
}

/**
 * Environment for a language. A locale that is not installed counts as C, in which Chromium reads no file name beyond ASCII (setlocale(3)); a
 * virtual desktop has only C.UTF-8, and LANGUAGE sets the language there.
 */
function languageEnv({ kind, desktop }: Host, env: Record<string, string>): Record<string, string> {
  const [language = '', charset] = (env['LANG'] ?? '').split('.')
  if (kind !== 'electron' || !desktop.virtual || charset !== 'UTF-8' || language === 'C' || env['LANGUAGE'] !== undefined) return env
  return { ...env, LANG: 'C.UTF-8', LANGUAGE: language }
}

export async function startApp(host: Host, { profile, args = [], env = {}, alone = false, patience = PATIENCE }: StartOptions): Promise<RunningApp> {
  // Chromium writes its port to this file; Electron's user data folder is the profile itself
  const portFile = host.kind === 'electron' ? join(profile, 'DevToolsActivePort') : join(profile, 'chromium', 'DevToolsActivePort')
  rmSync(portFile, { force: true })
  const { account } = host.desktop
  give(profile, account)
  const [program, ...leading] = host.command
  const child = spawn(program, [...leading, `--profile=${profile}`, '--remote-debugging-port=0', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...host.desktop.env, ...languageEnv(host, { LANG: 'en_US.UTF-8', LC_ALL: '', ...env }) },
    ...ids(account)
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const deadline = Date.now() + patience
  const readPort = (): string | undefined => (existsSync(portFile) ? readFileSync(portFile, 'utf8').split('\n')[0] : undefined)
  while ((readPort() ?? '') === '') {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('the app did not start')
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  // Electron's pages follow its own theme, which a colour scheme set by playwright would hide
  const attach = async (): Promise<Browser> => {
    const connected = await chromium.connectOverCDP(`http://127.0.0.1:${readPort()}`, { noDefaults: host.kind === 'electron' })
    for (const context of connected.contexts()) context.setDefaultTimeout(patience)
    return connected
  }
  let browser = alone ? null : await attach()
  // connections are closed after the app has ended: earlier, playwright waits half a minute for an answer that Electron does not give
  const connections = browser === null ? [] : [browser]
  const disconnect = (): Promise<unknown> => Promise.all(connections.map((each) => each.close().catch(() => undefined)))
  const windows = (): Page[] => browser?.contexts().flatMap((context) => context.pages()) ?? []

  return {
    process: child,
    host,
    windows,
    async attachAgain() {
      browser = await attach()
      connections.push(browser)
    },
    async released() {
      while (browser?.isConnected() === true) {
        if (child.exitCode !== null) throw new Error('the app ended')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async window(kind, ms = patience) {
      const until = Date.now() + ms
      for (;;) {
        // a spare window shows no conversation
        const page = windows().find(
          (candidate) => candidate.url().includes(`/windows/${kind}/`) && (kind !== 'chat' || candidate.url().includes('conversation='))
        )
        if (page !== undefined) return page
        if (Date.now() > until)
          throw new Error(
            `no ${kind} window opened; there are: ${windows()
              .map((p) => p.url())
              .join(' ')}`
          )
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async quit() {
      child.kill('SIGTERM')
      const code = await exited
      await disconnect()
      if (code !== 0) throw new Error(`the app ended with ${String(code)}`)
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
      await disconnect()
    }
  }
}
