/** Foreign clients for tests. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Version } from '../../src/engine/xmpp/omemo/version.ts'
import { ROOT } from './files.ts'
import type { TestServer } from './server.ts'

interface ForeignEvent {
  event: string
  type?: string
  sender?: string
  body?: string
  id?: string
  values?: string[]
  mentions?: string[]
  text?: string | null
  refused?: string
  encrypted?: boolean
  ids?: number[]
  content?: string
  affixes?: Record<string, string>
  beside?: string[]
  errors?: string[]
  begins?: boolean
  xml?: string
  ms?: number
  group?: string | null
}

export interface Foreign {
  events: ForeignEvent[]
  /** `ms`: how long its answer may take. */
  tell(command: object, answer: string, ms?: number): Promise<void>
  waitFor(match: (event: ForeignEvent) => boolean, ms?: number): Promise<ForeignEvent>
  quit(): Promise<void>
}

export const foreignClient = (server: TestServer, user: string): Promise<Foreign> => foreign(server, user, 'foreign_client.py')

/** Client with OMEMO; `state`: the file of its keys, created if missing. */
export const foreignOmemo = (server: TestServer, user: string, state: string, version: Version = 'axolotl'): Promise<Foreign> =>
  foreign(server, user, 'omemo_client.py', state, version)

const PACKAGES = '/usr/lib/python3/dist-packages'
export const hasForeignOmemo = ['oldmemo', 'twomemo', 'xmlschema', 'slixmpp'].every((name) => existsSync(`${PACKAGES}/${name}`))

const isRoot = process.getuid?.() === 0
/** Creates a folder that another user may write to: a client does not run as root. */
function homeOf(server: TestServer, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `mnemo-${name}-`))
  chmodSync(folder, 0o777)
  // the client's user reads the server's certificate
  chmodSync(server.folder, 0o755)
  return folder
}

export const hasGajim = ['/usr/bin/gajim', '/usr/share/gajim/plugins/omemo', '/usr/bin/xvfb-run', '/usr/bin/dbus-run-session'].every(existsSync)
export const hasDino = ['/usr/bin/dino-im', '/usr/bin/xdotool', '/usr/bin/xvfb-run', '/usr/bin/dbus-run-session'].every(existsSync)

/** Starts Gajim with its OMEMO plugin, on its own display. */
export function gajim(server: TestServer, user: string): Promise<Foreign> {
  const home = homeOf(server, 'gajim')
  // it refuses to run as root
  const before = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
  const screen = ['xvfb-run', '-a', '-s', '-screen 0 1200x900x24']
  return launch(server, user, [...before, ...screen, '/usr/bin/python3', join(ROOT, 'test/support/gajim_client.py')], [join(home, 'profile')], home)
}

/** Starts Dino with its OMEMO plugin, on its own display. */
export function dino(server: TestServer, user: string): Promise<Foreign> {
  const home = homeOf(server, 'dino')
  return launch(server, user, ['/usr/bin/python3', join(ROOT, 'test/support/dino_client.py')], [join(home, 'profile')], home)
}

/** `more`: file and version of an encrypting client, which also gives its resource. */
function foreign(server: TestServer, user: string, program: string, ...more: string[]): Promise<Foreign> {
  return launch(server, user, ['/usr/bin/python3', join(ROOT, 'test/support', program)], more)
}

async function launch(server: TestServer, user: string, [command = '', ...words]: string[], more: string[], home?: string): Promise<Foreign> {
  const args = [
    ...words,
    `${user}@localhost/foreign${more.map((one) => basename(one)).join('-')}`,
    `${user}-secret`,
    String(server.port),
    join(server.folder, 'localhost.crt'),
    ...more
  ]
  // in a process group with everything it starts
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', home === undefined ? 'inherit' : 'ignore'],
    detached: true,
    env: { ...process.env, ...(home === undefined ? {} : { HOME: home }) }
  })
  const events: ForeignEvent[] = []
  let text = ''
  let wake = (): void => undefined
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8')
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) events.push(JSON.parse(line) as ForeignEvent)
    wake()
  })
  async function waitFor(match: (event: ForeignEvent) => boolean, ms = 120_000): Promise<ForeignEvent> {
    const deadline = Date.now() + ms
    for (;;) {
      const found = events.find(match)
      const failed = events.find(({ event }) => event === 'failed')
      if (failed !== undefined) throw new Error(`the foreign client failed: ${failed.body}`)
      if (found !== undefined) return found
      if (Date.now() > deadline || child.exitCode !== null) throw new Error(`the foreign client reported only ${JSON.stringify(events.slice(-5))}`)
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, 250)
      })
    }
  }
  function killAll(signal: NodeJS.Signals): void {
    try {
      process.kill(-(child.pid ?? 0), signal)
    } catch {
      // all processes are gone
    }
  }
  await waitFor((event) => event.event === 'online')
  return {
    events,
    waitFor,
    async tell(command, answer, ms = 120_000) {
      const before = events.length
      child.stdin.write(`${JSON.stringify(command)}\n`)
      await waitFor((event) => events.indexOf(event) >= before && event.event === answer, ms)
    },
    async quit() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.stdin.end()
      const end = setTimeout(() => killAll('SIGKILL'), home === undefined ? 2000 : 10_000)
      await gone
      clearTimeout(end)
      // display and bus
      killAll('SIGKILL')
      if (home !== undefined) rmSync(home, { recursive: true, force: true, maxRetries: 3 })
    }
  }
}
