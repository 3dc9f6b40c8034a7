/** npm start: opens the app; without a display, runs the demo's tour. */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { isHeadless } from '../chromium-host/browser.ts'
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
  const host = await chooseHost(wanted, isHeadless())
  if (isHeadless()) {
    process.stdout.write('There is no display: running the demo headless instead.\n')
    const { tour } = await import('./tour.ts')
    process.exitCode = await tour(host)
  } else {
    process.stdout.write(`Mnemo: ${host.reason}.\n`)
    const [program, ...args] = host.command
    const child = spawn(program, [...args, ...(values.demo ? ['--demo'] : []), ...(values.profile === undefined ? [] : [`--profile=${values.profile}`])], { stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
    child.on('exit', (code) => process.exit(code ?? 1))
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
