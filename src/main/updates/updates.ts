/** Updates: checked in the background, downloaded, verified, and installed when Mnemo quits. */
import { app, shell } from 'electron'
import type { AppUpdater, ProgressInfo, UpdateInfo } from 'electron-updater'
import { spawn } from 'node:child_process'
import { constants, existsSync } from 'node:fs'
import { copyFile, cp, link, mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Settings } from '../../contract/settings.ts'
import type { UpdateProgress, UpdateState } from '../../contract/updates.ts'
import type { Log } from '../../engine/log.ts'
import { problemOf } from './problem.ts'
import type { Installation, UpdateSource } from './source.ts'
import type { Trial, Trials } from './trial.ts'

/** Interval between checks, and delay of the first one, ms; each is varied at random by up to a tenth, so that not all clients ask at once. */
const EVERY_MS = 6 * 3_600_000
const FIRST_MS = 60_000
/** Longest release notes, UTF-16 units. */
const LONGEST_NOTES = 20_000

export interface UpdatesOptions {
  /** null: this build has no update server. */
  source: UpdateSource | null
  installation: Installation
  trials: Trials
  /** Trial that this start belongs to, or null. */
  trial: Trial | null
  /** Number of migrations that this version knows. */
  schema: number
  settings(): Promise<Pick<Settings, 'updates' | 'updateChannel'>>
  /** Proxy of an account, socks5://... or http://...; null: the system's proxy. */
  proxy(): Promise<string | null>
  tell(state: UpdateState): void
  log: Log
}

/** Release notes as text; electron-builder may provide them per version. */
function notesOf({ releaseNotes }: Pick<UpdateInfo, 'releaseNotes'>): string | null {
  const text = Array.isArray(releaseNotes) ? releaseNotes.map(({ version, note }) => `${version}\n${note ?? ''}`).join('\n\n') : releaseNotes
  return text === undefined || text === null || text.trim() === '' ? null : text.trim().slice(0, LONGEST_NOTES)
}

export class Updates {
  readonly #options: UpdatesOptions
  #updater: AppUpdater | null = null
  #channel = ''
  #progress: UpdateProgress
  #news: UpdateState['news'] = null
  #timer: NodeJS.Timeout | null = null
  #trial: Trial | null
  /** Version that failed to start here, as known when this process began. */
  readonly #refused: string | null

  constructor(options: UpdatesOptions) {
    this.#options = options
    this.#trial = options.trial
    this.#refused = options.trials.refused
    this.#progress = options.source === null ? { at: 'unavailable' } : { at: 'newest', checked: null }
  }

  get state(): UpdateState {
    return { progress: this.#progress, news: this.#news, returnedFrom: this.#refused }
  }

  /** Called when the store is open: from now on the old version may be unable to read it. */
  opened(): void {
    if (this.#trial !== null) this.#options.trials.opened(this.#options.schema)
  }

  /** Called when the first window has shown its list: this version works. */
  works(): void {
    const trial = this.#trial
    if (trial === null) return
    this.#trial = null
    this.#options.trials.passed()
    this.#news = { version: trial.to, notes: trial.notes }
    this.#tell()
  }

  read(): void {
    this.#news = null
    this.#tell()
  }

  /** Starts regular checks. */
  start(): void {
    if (this.#options.source !== null) this.#again(FIRST_MS)
  }

  #again(ms: number): void {
    clearTimeout(this.#timer ?? undefined)
    this.#timer = setTimeout(
      () => {
        void this.#look().finally(() => this.#again(EVERY_MS))
      },
      ms * (0.9 + Math.random() * 0.2)
    )
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    try {
      if ((await this.#options.settings()).updates !== 'off') await this.check()
    } catch (error) {
      // the store cannot be read now; the next check may succeed
      this.#options.log.warn(`update: ${String(error)}`)
    }
  }

  /** Asks the server, and downloads an update if the settings say so. */
  async check(): Promise<void> {
    const { source, installation } = this.#options
    if (source === null || this.#progress.at === 'checking' || this.#progress.at === 'loading' || this.#progress.at === 'ready') return
    this.#become({ at: 'checking' })
    try {
      const { updates, updateChannel } = await this.#options.settings()
      const updater = await this.#open(updateChannel)
      const proxy = await this.#options.proxy()
      await updater.netSession.setProxy(proxy === null ? { mode: 'system' } : { proxyRules: proxy })
      const found = await updater.checkForUpdates()
      if (found === null || !found.isUpdateAvailable) return this.#become({ at: 'newest', checked: Date.now() })
      const { version } = found.updateInfo
      this.#become({ at: 'found', version, notes: notesOf(found.updateInfo), page: installation === 'by-hand' ? source.page : null })
      if (updates === 'automatic' && installation !== 'by-hand') await this.load()
    } catch (error) {
      this.#fail(error, null)
    }
  }

  /** Downloads the update that was found. */
  async load(): Promise<void> {
    const found = this.#progress
    if (found.at !== 'found' || found.page !== null || this.#updater === null) return
    const { version, notes } = found
    this.#become({ at: 'loading', version, notes, share: 0 })
    try {
      await this.#updater.downloadUpdate()
      await this.#keepOld(version, notes)
      this.#become({ at: 'ready', version, notes })
    } catch (error) {
      this.#fail(error, version)
    }
  }

  /** Quits Mnemo; the new version is installed and started. */
  restart(): void {
    if (this.#progress.at !== 'ready' || this.#updater === null) return
    const appImage = process.env['APPIMAGE']
    if (this.#options.installation !== 'appimage' || appImage === undefined) return this.#updater.quitAndInstall(true, true)
    // the file is replaced at quit, so the relaunch already starts the new version
    app.relaunch({ execPath: appImage, args: process.argv.slice(app.isPackaged ? 1 : 2) })
    app.quit()
  }

  /** Opens the download page. */
  openPage(): void {
    const found = this.#progress
    if (found.at === 'found' && found.page !== null) void shell.openExternal(found.page)
  }

  async #open(channel: string): Promise<AppUpdater> {
    const { source, installation, log, trials } = this.#options
    if (source === null) throw new Error('this build has no update server')
    if (this.#updater !== null && this.#channel === channel) return this.#updater
    const { createUpdater } = await import('./updater.ts')
    const updater = createUpdater({ source, installation, channel, log, refused: this.#refused })
    updater.on('download-progress', ({ percent }: ProgressInfo) => {
      if (this.#progress.at === 'loading') this.#become({ ...this.#progress, share: Math.min(1, percent / 100) })
    })
    // each failure also rejects the call that it belongs to; an installation at quit has no call
    updater.on('error', (error) => {
      log.warn(`update: ${error.stack ?? error.message}`)
      trials.mend()
    })
    updater.on('appimage-filename-updated', (path) => trials.placed(path))
    this.#channel = channel
    this.#updater = updater
    return updater
  }

  /** Keeps a copy of the running version, in case the new one does not start. */
  async #keepOld(version: string, notes: string | null): Promise<void> {
    const { installation, trials, schema } = this.#options
    const kept = join(trials.folder, `kept-${app.getVersion()}`)
    await rm(kept, { recursive: true, force: true })
    await mkdir(trials.folder, { recursive: true, mode: 0o700 })
    const target = await keepCopy(installation, kept)
    if (target !== undefined) trials.plan({ from: app.getVersion(), to: version, notes, schema, kept, target })
  }

  #fail(error: unknown, version: string | null): void {
    this.#options.log.warn(`update: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    this.#become({ at: 'failed', problem: problemOf(error), version })
  }

  #become(progress: UpdateProgress): void {
    this.#progress = progress
    this.#tell()
  }

  #tell(): void {
    this.#options.tell(this.state)
  }
}

/** Copies the running version to `kept`. Returns its original path, null for an installer, undefined where there is nothing to keep. */
async function keepCopy(installation: Installation, kept: string): Promise<string | null | undefined> {
  if (installation === 'appimage') {
    const file = process.env['APPIMAGE'] ?? ''
    // the update removes the name, not the file
    await link(file, kept).catch(() => copyFile(file, kept, constants.COPYFILE_FICLONE))
    return file
  }
  if (installation === 'mac') {
    const bundle = join(process.execPath, '../../..')
    await cp(bundle, kept, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
    return bundle
  }
  // the installer of this version, left there by Windows' installer itself (electron-builder's installer.nsi)
  const cache = join(process.env['LOCALAPPDATA'] ?? '', 'mnemo-updater', 'installer.exe')
  if (installation !== 'nsis' || !existsSync(cache)) return undefined
  await copyFile(cache, kept)
  return null
}

/** Restores the previous version and starts it; this process must end then. Throws where that is not possible. */
export function returnToOld(trials: Trials, trial: Trial): void {
  trials.giveBack(trial)
  if (trial.target === null) spawn(trial.kept, ['--updated', '/S', '--force-run'], { detached: true, stdio: 'ignore' }).unref()
  else
    app.relaunch({
      execPath: process.platform === 'darwin' ? join(trial.target, 'Contents/MacOS', basename(process.execPath)) : trial.target,
      args: process.argv.slice(app.isPackaged ? 1 : 2)
    })
}
