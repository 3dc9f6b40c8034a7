/** electron-builder over the built app, with the Electron at hand. */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { build, Platform, type AfterPackContext, type Configuration } from 'electron-builder'
import { ROOT, type PackedElectron } from './electron.ts'
import { notesOf, signAnnouncements, updateServer, writeSource } from './updates.ts'

/** The repack for tests lacks the Node-API of better-sqlite3's own binary, and holds an app of its own that runs a folder. */
function fitForTests({ appOutDir }: AfterPackContext, sqlite: string): void {
  const resources = join(appOutDir, 'resources')
  rmSync(join(resources, 'app'), { recursive: true, force: true })
  rmSync(join(appOutDir, 'SHA256SUMS'), { force: true })
  const packed = join(resources, `app.asar.unpacked/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`)
  if (!existsSync(packed)) throw new Error(`${packed} is not packed`)
  cpSync(sqlite, packed)
}

/** The first of these programs that the PATH has, or null. */
function findProgram(names: readonly string[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null
}

/** What can be made of the repack for tests without fetching more: AppImage's own tools come from a release page. */
const TARGETS_FOR_TESTS = ['deb', 'rpm', 'tar.gz']

/** better-sqlite3's binaries by system. Of node_modules, electron-builder passes over what its configuration names for one system alone. */
const BINARIES: Record<string, string> = {
  linux: 'linux-${arch}.node',
  windows: 'win32-${arch}.node',
  // the two halves of a universal app must hold the same binaries
  mac: 'darwin-*.node'
}

export interface PackOptions {
  /** A version of the app other than package.json's. */
  app?: string
  /** A folder other than dist/. */
  output?: string
  /** Another system than this. */
  platform?: Platform
  /** Settings beside those of electron-builder.yml. */
  settings?: Configuration
}

/**
 * Packs for this system or another, in dist/; `targets` in place of those of electron-builder.yml where there are any. Returns the files made.
 */
export async function pack({ dist, version, sqlite, forTests }: PackedElectron, wanted: string[] = [], { app, output, platform = Platform.current(), settings = {} }: PackOptions = {}): Promise<string[]> {
  const targets = wanted.length === 0 && forTests ? TARGETS_FOR_TESTS : wanted
  // packages that are published are made by the tools that electron-builder fetches
  if (forTests) process.env['CUSTOM_FPM_PATH'] ??= join(import.meta.dirname, 'fpm.ts')
  const zip = forTests ? findProgram(['7zz', '7za', '7z']) : null
  if (zip !== null) process.env['ELECTRON_BUILDER_7ZIP_PATH'] ??= zip
  const server = updateServer(process.env)
  const { version: own } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  const files = await build({
    projectDir: ROOT,
    publish: 'never',
    ...(targets.length === 0 ? {} : { targets: platform.createTarget(targets) }),
    config: {
      ...settings,
      extends: join(ROOT, 'electron-builder.yml'),
      files: [`node_modules/better-sqlite3/prebuilds/${BINARIES[platform.name]}`],
      electronVersion: version,
      ...(app === undefined ? {} : { extraMetadata: { version: app } }),
      ...(forTests ? { deb: { compression: 'gz' }, rpm: { compression: 'gzip' } } : {}),
      ...(output === undefined ? {} : { directories: { output } }),
      ...(dist === null ? {} : { electronDist: dist }),
      ...(server === null ? {} : { publish: { provider: 'generic', url: server.url }, releaseInfo: { releaseNotes: notesOf(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), app ?? own) } }),
      afterPack: (context: AfterPackContext) => {
        if (sqlite !== null) fitForTests(context, sqlite)
        if (server !== null) writeSource(context.packager.getResourcesDir(context.appOutDir), server)
      }
    }
  })
  return server === null ? files : [...files, ...signAnnouncements(join(ROOT, output ?? 'dist'), server)]
}
