/**
 * npm run dev: the app from its sources. A saved .vue file is applied in the window at once (Vite's hot replacement); a change of the main
 * process or its threads restarts the app, one of the preload script reloads the windows.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer as createNetServer, type AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { resolveConfig } from 'electron-vite'
import { build, createServer, mergeConfig, type InlineConfig, type PluginOption } from 'vite'
import { isHeadless } from '../chromium-host/browser.ts'
import { give } from '../start/account.ts'
import { ids } from '../start/desktop.ts'
import { chooseHost, ROOT, type Host } from '../start/host.ts'

const USAGE = `npm run dev -- [--demo] [--host electron|chromium] [--profile DIR] [--inspect PORT] [--remote-debugging-port PORT]

--inspect                 the main process and its threads listen there for a debugger (chrome://inspect, VS Code); 9229 if not said
--remote-debugging-port   the windows listen there for developer tools; 9222 if not said
`

function options(): { demo: boolean; host: 'electron' | 'chromium' | null; profile: string | null; inspect: string; remote: string } {
  const { values } = parseArgs({
    options: {
      demo: { type: 'boolean', default: false },
      host: { type: 'string' },
      profile: { type: 'string' },
      inspect: { type: 'string', default: '9229' },
      'remote-debugging-port': { type: 'string', default: '9222' },
      help: { type: 'boolean', default: false }
    }
  })
  const { demo, host, profile, inspect, 'remote-debugging-port': remote, help } = values
  const isHost = host === undefined || host === 'electron' || host === 'chromium'
  if (help || !isHost) {
    process.stdout.write(USAGE)
    process.exit(help ? 0 : 2)
  }
  return { demo, host: host ?? null, profile: profile === undefined ? null : resolve(profile), inspect, remote }
}

/** The running app; on a restart the old process ends first, so that its store is closed. */
class App {
  readonly #command: readonly string[]
  readonly #host: Host
  readonly #env: Record<string, string>
  #child: ChildProcess | null = null
  #starting: Promise<void> = Promise.resolve()

  constructor(host: Host, args: readonly string[], env: Record<string, string>) {
    this.#host = host
    this.#command = [...host.command, ...args]
    this.#env = env
  }

  start(): Promise<void> {
    this.#starting = this.#starting.then(async () => {
      await this.#end()
      const [program = '', ...args] = this.#command
      const child = spawn(program, args, {
        stdio: 'inherit',
        env: { ...process.env, ...this.#host.desktop.env, ...this.#env },
        ...ids(this.#host.desktop.account)
      })
      this.#child = child
      // the user closed the app
      child.on('exit', (code) => {
        if (this.#child === child) process.exit(code ?? 1)
      })
    })
    return this.#starting
  }

  async #end(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }

  async stop(): Promise<void> {
    await this.#starting
    await this.#end()
  }
}

/** Builds once, and again after each change; `changed` is called from the second build on. Rejects if the first build fails. */
function watch(config: InlineConfig, changed: () => void): Promise<void> {
  return new Promise((settle, reject) => {
    let isFirst = true
    const told: PluginOption = {
      name: 'mnemo:told',
      closeBundle(error?: Error) {
        if (error !== undefined) return
        if (isFirst) settle()
        else changed()
        isFirst = false
      }
    }
    build(mergeConfig(config, { plugins: [told], build: { watch: {}, sourcemap: true } })).catch(reject)
  })
}

async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

process.chdir(ROOT)
const { demo, host: wanted, profile, inspect, remote } = options()
const host = await chooseHost({ wanted, ownDisplay: isHeadless() && wanted !== 'chromium' })
const { config } = await resolveConfig({ root: ROOT, configFile: join(ROOT, 'electron.vite.config.ts') }, 'serve', 'development')
if (config?.main === undefined || config.preload === undefined || config.renderer === undefined) throw new Error('electron.vite.config.ts lacks a part')
// from now on out/ holds no complete build: npm start builds it again
rmSync(join(ROOT, 'out/renderer'), { recursive: true, force: true })

// pages have the origin app://mnemo, so Vite's client needs the address of its server
const port = await freePort()
const pages = await createServer(
  mergeConfig(config.renderer, { server: { host: '127.0.0.1', port, strictPort: true, hmr: { protocol: 'ws', host: '127.0.0.1', clientPort: port } } })
)
await pages.listen()
if (profile !== null) give(profile, host.desktop.account)

const app = new App(
  host,
  [
    ...(demo ? ['--demo'] : []),
    ...(profile === null ? [] : [`--profile=${profile}`]),
    `--remote-debugging-port=${remote}`,
    ...(host.kind === 'electron' ? [`--inspect=${inspect}`] : [])
  ],
  {
    MNEMO_DEV_SERVER: `http://127.0.0.1:${port}`,
    NODE_OPTIONS: host.kind === 'electron' ? '--enable-source-maps' : `--enable-source-maps --inspect=${inspect}`
  }
)
// Vite's own listener would end this process before the app has closed its store
process.removeAllListeners('SIGTERM')
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(
    signal,
    () =>
      void app.stop().then(() => {
        host.stop()
        process.exit(0)
      })
  )
}
await watch(config.main as InlineConfig, () => void app.start())
await watch(config.preload as InlineConfig, () => pages.ws.send({ type: 'full-reload' }))
process.stdout.write(`Mnemo runs ${host.reason}, its windows from http://127.0.0.1:${port}.\n`)
await app.start()
