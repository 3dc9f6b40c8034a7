/** The foreign client as tests use it. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
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
}

export interface Foreign {
  events: ForeignEvent[]
  tell(command: object, answer: string): Promise<void>
  waitFor(match: (event: ForeignEvent) => boolean, ms?: number): Promise<ForeignEvent>
  quit(): Promise<void>
}

export const foreignClient = (server: TestServer, user: string): Promise<Foreign> => foreign(server, user, 'foreign_client.py')

/** With OMEMO; `state`: the file of its keys, made where there is none. */
export const foreignOmemo = (server: TestServer, user: string, state: string, version: Version = 'axolotl'): Promise<Foreign> =>
  foreign(server, user, 'omemo_client.py', state, version)

const PACKAGES = '/usr/lib/python3/dist-packages'
export const hasForeignOmemo = ['oldmemo', 'twomemo', 'xmlschema', 'slixmpp'].every((name) => existsSync(`${PACKAGES}/${name}`))

/** `more`: of an encrypting client its file and version; it has a resource by that. */
async function foreign(server: TestServer, user: string, program: string, ...more: string[]): Promise<Foreign> {
  const args = [
    join(ROOT, 'test/support', program),
    `${user}@localhost/foreign${more[1] ?? ''}`,
    `${user}-secret`,
    String(server.port),
    join(server.folder, 'localhost.crt'),
    ...more
  ]
  const child = spawn('/usr/bin/python3', args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const events: ForeignEvent[] = []
  let text = ''
  let wake = (): void => undefined
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8')
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) events.push(JSON.parse(line) as ForeignEvent)
    wake()
  })
  async function waitFor(match: (event: ForeignEvent) => boolean, ms = 60_000): Promise<ForeignEvent> {
    const deadline = Date.now() + ms
    for (;;) {
      const found = events.find(match)
      const failed = events.find(({ event }) => event === 'failed')
      if (failed !== undefined) throw new Error(`the foreign client failed: ${failed.body}`)
      if (found !== undefined) return found
      if (Date.now() > deadline || child.exitCode !== null) throw new Error(`the foreign client said only ${JSON.stringify(events.slice(-5))}`)
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, 250)
      })
    }
  }
  await waitFor((event) => event.event === 'online')
  return {
    events,
    waitFor,
    async tell(command, answer) {
      const before = events.length
      child.stdin.write(`${JSON.stringify(command)}\n`)
      await waitFor((event) => events.indexOf(event) >= before && event.event === answer, 120_000)
    },
    async quit() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.stdin.end()
      setTimeout(() => child.kill('SIGKILL'), 2000).unref()
      await gone
    }
  }
}
