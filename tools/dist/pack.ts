/** Packs the built app with electron-builder, using the available Electron. */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { build, Platform, type AfterPackContext, type Configuration } from 'electron-builder'
import { ROOT, type PackedElectron } from './electron.ts'
import { notesOf, signAnnouncements, updateServer, writeSource } from './updates.ts'

/** Adapts the repack for tests: it lacks the Node-API of better-sqlite3's own binary, and contains an app of its own that runs a folder. */
function fitForTests({ appOutDir }: AfterPackContext, sqlite: string): void {
  const resources = join(appOutDir, 'resources')
  rmSync(join(resources, 'app'), { recursive: true, force: true })
  rmSync(join(appOutDir, 'SHA256SUMS'), { force: true })
  const packed = join(resources, `app.asar.unpacked/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`)
  if (!existsSync(packed)) throw new Error(`${packed} is not packed`)
  cpSync(sqlite, packed)
}

/** First of these programs on the PATH, or null. */
export function findProgram(names: readonly string[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null
}

/** Targets that the repack for tests can make without downloads: AppImage's own tools come from a release page. */
const TARGETS_FOR_TESTS = ['deb', 'rpm', 'tar.gz']

/** better-sqlite3's binaries by system. In node_modules, electron-builder ignores patterns that its configuration sets for one system only. */
const BINARIES: Record<string, string> = {
  linux: 'linux-${arch}.node',
  windows: 'win32-${arch}.node',
  // the two halves of a universal app must contain the same binaries
  mac: 'darwin-*.node'
}

export interface PackOptions {
  /** Version of the app, if other than package.json's. */
  app?: string
  /** Output folder, if other than dist/. */
  output?: string
  /** Target system, if other than this one. */
  platform?: Platform
  /** Settings in addition to electron-builder.yml. */
  settings?: Configuration
}

/** Packs for this system or another, into dist/; `targets`, if any, replace those of electron-builder.yml. Returns the files made. */
export async function pack({ dist, version, sqlite, forTests }: PackedElectron, wanted: string[] = [], { app, output, platform = Platform.current(), settings = {} }: PackOptions = {}): Promise<string[]> {
  const targets = wanted.length === 0 && forTests ? TARGETS_FOR_TESTS : wanted
  // published packages are made by the tools that electron-builder downloads
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
