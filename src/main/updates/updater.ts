/**
 * electron-updater, configured with the folder of the announcements and the key of their signatures. Loaded only where a build has an update
 * server.
 */
import { AppImageUpdater, MacUpdater, NsisUpdater, type AppUpdater } from 'electron-updater'
import { GenericProvider } from 'electron-updater/out/providers/GenericProvider.js'
import { parseUpdateInfo, type ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js'
import type { OutgoingHttpHeaders } from 'node:http'
import type { Log } from '../../engine/log.ts'
import { checkSignature, SignatureError } from './signature.ts'
import type { Installation, UpdateSource } from './source.ts'

/** Suffix of the announcement's name: `<channel>.yml`, `<channel>-mac.yml` or `<channel>-linux.yml`, each with its signature beside it. */
const suffix = (): string =>
  process.platform === 'darwin' ? '-mac' : process.platform === 'linux' ? `-linux${process.arch === 'x64' ? '' : `-${process.arch}`}` : ''

export interface UpdaterOptions {
  source: UpdateSource
  installation: Installation
  channel: string
  log: Log
  /** Version that failed to start here. */
  refused: string | null
}

export function createUpdater({ source, installation, channel, log, refused }: UpdaterOptions): AppUpdater {
  class SignedProvider extends GenericProvider {
    constructor(_: unknown, updater: AppUpdater, options: ProviderRuntimeOptions) {
      super({ provider: 'generic', url: source.url }, updater, options)
    }
    override async getLatestVersion() {
      const file = `${channel}${suffix()}.yml`
      const at = (name: string): URL => new URL(`${name}?at=${Date.now().toString(36)}`, source.url.endsWith('/') ? source.url : `${source.url}/`)
      const url = at(file)
      const text = await this.httpRequest(url)
      const signature = await this.httpRequest(at(`${file}.sig`)).catch((error: unknown) => {
        if ((error as { statusCode?: number }).statusCode === 404) throw new SignatureError()
        throw error
      })
      checkSignature(text ?? '', signature ?? '', source.key)
      return parseUpdateInfo(text, file, url)
    }
    /** Drops the id that staged rollouts use to pick computers, so that the server cannot recognise one. */
    override setRequestHeaders(headers: OutgoingHttpHeaders | null): void {
      super.setRequestHeaders(Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => name !== 'x-user-staging-id')))
    }
  }
  const updater = installation === 'mac' ? new MacUpdater() : installation === 'nsis' ? new NsisUpdater() : new AppImageUpdater()
  updater.logger = {
    info: (message: unknown) => log.info(`update: ${String(message)}`),
    warn: (message: unknown) => log.warn(`update: ${String(message)}`),
    error: (message: unknown) => log.warn(`update: ${String(message)}`)
  }
  updater.autoDownload = false
  updater.autoInstallOnAppQuit = true
  updater.allowDowngrade = false
  // the presence of a source already shows that this is a packaged Mnemo
  updater.forceDevUpdateConfig = true
  updater.updateConfigPath = source.config
  updater.setFeedURL({ provider: 'custom', updateProvider: SignedProvider, url: source.url } as unknown as Parameters<AppUpdater['setFeedURL']>[0])
  const supported = updater.isUpdateSupported
  updater.isUpdateSupported = (info) => info.version !== refused && supported(info)
  return updater
}
