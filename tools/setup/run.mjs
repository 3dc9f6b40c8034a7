// Prepares what is missing or stale, then runs a program on the project's own Node:
//   node tools/setup/run.mjs PROGRAM.ts [--needs engine|app|app,test] [arguments]
// Plain JavaScript for any Node from 20 on: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const stamps = join(root, 'node_modules', '.cache', 'mnemo')
const bin = join(root, 'node_modules', '.bin')
const node = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node')

const say = (text) => process.stderr.write(`[setup] ${text}\n`)
function fail(text) {
  process.stderr.write(`[setup] ${text}\n`)
  process.exit(1)
}

function has(program) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'])
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      continue
    }
  return false
}

/** Runs a step; its output is shown only where it fails. */
function run(what, command, args, options = {}) {
  const started = Date.now()
  say(`${what} …`)
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'pipe'], ...options })
  if (result.error !== undefined) fail(`${what}: ${result.error.message}`)
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}\n${result.stderr}\n`)
    fail(`${what} failed (${command} ${args.join(' ')})`)
  }
  say(`${what}: ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

/** What files say, in one number; folders with all that is in them. */
function digest(...paths) {
  const hash = createHash('sha256')
  const add = (path) => {
    if (!existsSync(path)) return
    let entries
    try {
      entries = readdirSync(path, { withFileTypes: true })
    } catch {
      hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0')
      return
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (!['node_modules', 'build', 'generated'].includes(entry.name)) add(join(path, entry.name))
  }
  for (const path of paths) add(join(root, path))
  return hash.digest('hex')
}

/** Does a step unless its inputs are as they were the last time. */
function unlessFresh(name, inputs, outputs, step) {
  const stamp = join(stamps, name)
  if (outputs.every((path) => existsSync(join(root, path))) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return
  step()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, inputs)
}

/** Debian packages by what shows that they are there. */
const PACKAGES = {
  compiler: { present: () => has('g++') && has('make') && has('python3'), names: ['g++', 'make', 'python3'], hard: true },
  chromium: { present: () => has('chromium') || has('google-chrome') || process.env.MNEMO_CHROMIUM !== undefined || electronIsThere(), names: ['chromium'], hard: true },
  fonts: { present: () => existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc') && existsSync('/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'), names: ['fonts-noto-cjk', 'fonts-noto-color-emoji'], hard: false },
  prosody: { present: () => has('prosody') && has('openssl'), names: ['prosody', 'openssl'], hard: false },
  slixmpp: { present: () => existsSync('/usr/lib/python3/dist-packages/slixmpp'), names: ['python3-slixmpp'], hard: true },
  serverModules: { present: () => existsSync('/usr/lib/prosody/modules/mod_sasl2_fast'), names: ['prosody-modules'], hard: true },
  profanity: { present: () => has('profanity') && has('tmux'), names: ['profanity', 'tmux'], hard: false },
  xvfb: { present: () => has('Xvfb'), names: ['xvfb'], hard: true }
}
const electronIsThere = () => existsSync(join(root, 'node_modules/electron/dist'))

function systemPackages(kinds) {
  if (process.platform !== 'linux') return
  const missing = kinds.filter((kind) => !PACKAGES[kind].present())
  if (missing.length === 0) return
  const names = missing.flatMap((kind) => PACKAGES[kind].names)
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`
  if (process.getuid() === 0 && has('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    run('apt-get update', 'apt-get', ['update'], { env })
    run(`apt-get install ${names.join(' ')}`, 'apt-get', ['install', '-y', '--no-install-recommends', ...names], { env })
    return
  }
  const hard = missing.filter((kind) => PACKAGES[kind].hard)
  const text = `these system packages are missing: ${names.join(' ')}\n        on Debian: sudo ${command}`
  if (hard.length > 0) fail(text)
  say(text)
}

/** A folder with Node's headers, so that node-gyp downloads none, or null; what is built does not depend on their version. */
function headers() {
  const prefixes = [process.env.npm_config_nodedir, ...[process.env.npm_node_execpath, process.execPath].map((path) => path && dirname(dirname(path))), '/usr', '/usr/local']
  return prefixes.find((prefix) => prefix && existsSync(join(prefix, 'include', 'node', 'node_api.h'))) ?? null
}

function npmPackages() {
  unlessFresh('packages', digest('package-lock.json', '.npmrc'), ['node_modules/.bin/node', 'node_modules/nodejieba/build/Release/nodejieba.node'], () => {
    const nodedir = headers()
    const env = { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1', ...(nodedir === null ? {} : { npm_config_nodedir: nodedir }) }
    run('npm packages', process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund'], { env })
  })
}

function nativeBuild() {
  const inputs = digest('native', 'node_modules/nodejieba/package.json', 'node_modules/better-sqlite3/package.json', 'node_modules/opencc-js/package.json', 'node_modules/node/package.json')
  unlessFresh('native', inputs, ['native/build/Release/mnemo_tokenizer.node', 'resources/words.dat'], () => {
    run('folding table', node, ['native/generate-fold-table.mjs'])
    run('dictionary', node, ['native/generate-dictionary.mjs', 'node_modules/nodejieba/submodules/cppjieba/dict', 'resources/words.dat'])
    run('native search extension', node, ['node_modules/node-gyp/bin/node-gyp.js', 'rebuild', '-C', 'native', ...(headers() === null ? [] : [`--nodedir=${headers()}`])])
  })
}

function appBuild() {
  const inputs = digest('src', 'tools/demo', 'electron.vite.config.ts', 'package-lock.json', 'tsconfig.json')
  unlessFresh('app', inputs, ['out/main/index.js', 'out/preload/bridge.cjs', 'out/renderer/windows/main/index.html'], () => {
    run('app', node, ['node_modules/electron-vite/dist/cli.js', 'build'])
  })
}

const args = process.argv.slice(2)
const at = args.indexOf('--needs')
const needs = at < 0 ? ['engine'] : args.splice(at, 2)[1].split(',')
const [program, ...rest] = args
if (program === undefined) fail('usage: node tools/setup/run.mjs PROGRAM.ts [--needs engine|app|app,test] [arguments]')

systemPackages(['compiler', ...(needs.includes('app') ? ['chromium', 'fonts', 'prosody'] : []), ...(needs.includes('test') ? ['slixmpp', 'serverModules', 'profanity', 'xvfb'] : [])])
npmPackages()
nativeBuild()
if (needs.includes('app')) appBuild()

const PATH = `${bin}${delimiter}${process.env.PATH}`
// a command line names files from where the user stands
const cwd = needs.includes('engine') && process.env.INIT_CWD ? process.env.INIT_CWD : root
const child = spawn(node, [join(root, program), ...rest], { cwd, stdio: 'inherit', env: { ...process.env, PATH } })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
