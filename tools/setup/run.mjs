// Prepares what is missing or stale, then runs a program on the project's own Node:
//   node tools/setup/run.mjs PROGRAM.ts [--needs engine|sources|app|app,chromium|app,dist|app,test|app,test,dist] [arguments]
// Plain JavaScript for any Node from 20 on: it runs before anything is installed.
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { electron } from './electron.mjs'
import { locked } from './lock.mjs'
import { bin, digest, headers, node, root, run, say, SetupError, unlessFresh } from './steps.mjs'
import { systemPackages } from './system-packages.mjs'

function npmPackages() {
  return unlessFresh(
    'packages',
    digest('package-lock.json', '.npmrc'),
    ['node_modules/.bin/node', 'node_modules/nodejieba/build/Release/nodejieba.node'],
    () => {
      const nodedir = headers()
      const env = { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1', ...(nodedir === null ? {} : { npm_config_nodedir: nodedir }) }
      return run('npm packages', process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env })
    }
  )
}

function nativeBuild() {
  const inputs = digest(
    'native',
    'node_modules/nodejieba/package.json',
    'node_modules/better-sqlite3/package.json',
    'node_modules/opencc-js/package.json',
    'node_modules/node/package.json'
  )
  return unlessFresh('native', inputs, ['native/build/Release/mnemo_tokenizer.node', 'resources/words.dat'], async () => {
    await run('folding table', node, ['native/generate-fold-table.mjs'])
    await run('dictionary', node, ['native/generate-dictionary.mjs', 'node_modules/nodejieba/submodules/cppjieba/dict', 'resources/words.dat'])
    await run('native search extension', node, [
      'node_modules/node-gyp/bin/node-gyp.js',
      'rebuild',
      '-C',
      'native',
      ...(headers() === null ? [] : [`--nodedir=${headers()}`])
    ])
  })
}

function appBuild() {
  const inputs = digest('src', 'electron.vite.config.ts', 'package-lock.json', 'tsconfig.json')
  return unlessFresh('app', inputs, ['out/main/index.js', 'out/preload/bridge.cjs', 'out/renderer/windows/main/index.html'], () =>
    run('app', node, ['node_modules/electron-vite/dist/cli.js', 'build'])
  )
}

async function prepare(needs) {
  const [built, sources, chromium, test, dist] = ['app', 'sources', 'chromium', 'test', 'dist'].map((need) => needs.includes(need))
  const app = built || sources
  // some npm packages need a compiler; the other system packages install in parallel
  await systemPackages(['compiler'])
  const system = systemPackages([
    ...(app ? ['electron', 'display', 'fonts', 'prosody'] : []),
    ...(chromium || test ? ['chromium'] : []),
    ...(test ? ['slixmpp', 'omemo', 'serverModules', 'profanity', 'gajim', 'dino', 'faketime', 'xvfb', 'desktop'] : []),
    ...(dist ? ['packers'] : []),
    ...(dist && test ? ['nsis'] : [])
  ])
  const made = npmPackages().then(() => Promise.all([nativeBuild(), app ? electron() : true, built ? appBuild() : null]))
  const [[, isThere]] = await Promise.all([made, system])
  // without Electron, the windows run on Chromium
  if (app && isThere !== true) await systemPackages(['chromium'])
}

const args = process.argv.slice(2)
const at = args.indexOf('--needs')
const needs = at < 0 ? ['engine'] : args.splice(at, 2)[1].split(',')
const [program, ...rest] = args
if (program === undefined) {
  process.stderr.write('usage: node tools/setup/run.mjs PROGRAM.ts [--needs engine|sources|app|app,chromium|app,dist|app,test|app,test,dist] [arguments]\n')
  process.exit(2)
}
try {
  await locked(
    join(root, '.setup-lock'),
    () => prepare(needs),
    (pid) => say(`another command prepares this folder (process ${pid}); waiting for it …`)
  )
} catch (error) {
  process.stderr.write(`[setup] ${error instanceof SetupError ? error.message : error.stack}\n`)
  process.exit(1)
}

const PATH = `${bin}${delimiter}${process.env.PATH}`
// file names on a command line are relative to the user's folder
const cwd = needs.includes('engine') && process.env.INIT_CWD ? process.env.INIT_CWD : root
const child = spawn(node, [join(root, program), ...rest], { cwd, stdio: 'inherit', env: { ...process.env, PATH } })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
