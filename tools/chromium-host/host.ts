/** The browser of this process, and state shared by all parts of the Electron stand-in. */
import { randomBytes } from 'node:crypto'
import { Browser, findChromium } from './browser.ts'

/** Names that the page cannot guess: of the isolated world, of its binding, and of the event that carries the port. */
export const names = {
  world: `electron-${randomBytes(12).toString('hex')}`,
  binding: `binding_${randomBytes(12).toString('hex')}`,
  secret: `event-${randomBytes(12).toString('hex')}`
}

const told = new Set<string>()
/** Reports once that this host lacks a feature of Electron. */
export function unavailable(feature: string): void {
  if (told.has(feature)) return
  told.add(feature)
  process.stderr.write(`[chromium-host] not available here: ${feature}\n`)
}

let browser: Browser | null = null

/** Starts Chromium; throws where none is installed. */
export async function startBrowser(dataFolder: string, switches: string[]): Promise<Browser> {
  const executable = findChromium()
  if (executable === null) throw new Error('No Chromium is installed (Debian: apt-get install chromium).')
  browser = new Browser(executable, dataFolder, switches)
  await browser.send('Target.setDiscoverTargets', { discover: true })
  return browser
}

export function theBrowser(): Browser {
  if (browser === null) throw new Error('BrowserWindow before the app is ready')
  return browser
}

/** Suffix of page URLs: Chromium sees SCHEME://HOST/ as https://HOST.SCHEME.app.invalid/, a secure origin that no network can serve. */
const SUFFIX = '.app.invalid'

export function toPageUrl(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url)
  if (match === null || match[1] === 'http' || match[1] === 'https') return url
  return `https://${match[2]}.${match[1]}${SUFFIX}${match[3] === '' ? '/' : match[3]}`
}

export function fromPageUrl(url: string): string {
  const match = /^https:\/\/([^/?#]*)\.([a-z][a-z0-9+-]*)\.app\.invalid(.*)$/i.exec(url)
  return match === null ? url : `${match[2]}://${match[1]}${match[3]}`
}
