/** npm start: opens the app; without a display, runs the demo's tour. */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { resolve } from 'node:path'
import { isHeadless } from '../chromium-host/browser.ts'
import { ids } from './desktop.ts'
import { chooseHost } from './host.ts'

const { values } = parseArgs({
  options: {
    demo: { type: 'boolean', default: false },
    host: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})
if (values.help) {
  process.stdout.write('npm start -- [--demo] [--host electron|chromium] [--profile DIR]\n')
  process.exit(0)
}
const wanted = values.host === 'electron' || values.host === 'chromium' ? values.host : null
if (values.host !== undefined && wanted === null) {
  process.stderr.write(`--host takes electron or chromium, not '${values.host}'\n`)
  process.exit(2)
}

try {
  const host = await chooseHost({ wanted })
  process.stdout.write(`Mnemo runs ${host.reason}.\n`)
  if (isHeadless()) {
    process.stdout.write('No display was found: starting a tour of the demo with screenshots.\n')
    const { tour } = await import('./tour.ts')
    process.exitCode = await tour(host)
    host.stop()
  } else {
    const [program, ...args] = host.command
    const { env, account } = host.desktop
    const profile = values.profile === undefined ? [] : [`--profile=${resolve(values.profile)}`]
    const child = spawn(program, [...args, ...(values.demo ? ['--demo'] : []), ...profile], {
      stdio: 'inherit',
      env: { ...process.env, ...env },
      ...ids(account)
    })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
    child.on('exit', (code) => process.exit(code ?? 1))
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
