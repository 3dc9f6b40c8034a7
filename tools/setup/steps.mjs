// Steps of the set-up, each run at most once for the same inputs. Plain JavaScript for any Node from 20 on.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const bin = join(root, 'node_modules', '.bin')
export const node = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node')
const stamps = join(root, 'node_modules', '.cache', 'mnemo')

export const say = (text) => process.stderr.write(`[setup] ${text}\n`)

/** Failure of a step; its message is for the user. */
export class SetupError extends Error {}

/** Whether a program is on the PATH. */
export function has(program) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'])
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      continue
    }
  return false
}

/** Runs a program; its output is shown only if it fails. Throws SetupError. */
export async function run(name, command, args, options = {}) {
  const started = Date.now()
  say(`${name} …`)
  let output = ''
  const status = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk.toString('utf8')))
    child.on('error', (error) => reject(new SetupError(`${name}: ${error.message}`)))
    child.on('close', resolve)
  })
  if (status !== 0) {
    process.stderr.write(`${output}\n`)
    throw new SetupError(`${name} failed (${command} ${args.join(' ')})`)
  }
  say(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return output
}

/** SHA-256 over files and folders of the project, hex. */
export function digest(...paths) {
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

/** Runs a step unless its inputs are unchanged and its outputs exist. */
export async function unlessFresh(name, inputs, outputs, step) {
  const stamp = join(stamps, name)
  if (outputs.every((path) => existsSync(join(root, path))) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return
  await step()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, inputs)
}

/** Folder with Node's headers, so that node-gyp does not download them, or null; builds do not depend on their version. */
export function headers() {
  const prefixes = [
    process.env.npm_config_nodedir,
    ...[process.env.npm_node_execpath, process.execPath].map((path) => path && dirname(dirname(path))),
    '/usr',
    '/usr/local'
  ]
  return prefixes.find((prefix) => prefix && existsSync(join(prefix, 'include', 'node', 'node_api.h'))) ?? null
}
