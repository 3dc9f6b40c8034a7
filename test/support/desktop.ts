/** Desktop shared by all end-to-end files; started and ended by vitest's global set-up. */
import { spawnOn, type Desktop } from '../../tools/start/desktop.ts'
import { chooseHost, type Host } from '../../tools/start/host.ts'

const SHARED = 'MNEMO_TEST_DESKTOP'

/** Starts the desktop; workers find it in their environment. Without an Electron there is none. */
export async function setup(): Promise<() => void> {
  const host = await chooseHost({ wanted: wanted(), ownDisplay: true })
  process.stdout.write(`end-to-end: ${host.reason}\n`)
  if (host.kind !== 'electron') return () => host.stop()
  process.env[SHARED] = JSON.stringify(host.desktop)
  // focus and window positions need a window manager
  const manager = spawnOn(host.desktop, 'openbox', [])
  return () => {
    manager.stdin?.end()
    host.stop()
  }
}

function wanted(): 'electron' | 'chromium' | null {
  const named = process.env['MNEMO_TEST_HOST']
  return named === 'electron' || named === 'chromium' ? named : null
}

/** Kind of the host, known when a file is loaded; tests of Electron's own parts are skipped on the other. */
export const sharedHost = (): Pick<Host, 'kind'> => ({ kind: process.env[SHARED] === undefined ? 'chromium' : 'electron' })

/** Host of a test: Electron on the shared desktop if there is one. */
export function testHost(): Promise<Host> {
  const shared = process.env[SHARED]
  return chooseHost({ wanted: wanted(), ownDisplay: true, desktop: shared === undefined ? null : (JSON.parse(shared) as Desktop) })
}
