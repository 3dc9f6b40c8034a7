/**
 * User that Electron runs as. Chromium refuses its sandbox to root, and without the sandbox Mnemo does not start; so root runs the app as an
 * unprivileged user.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Account {
  /** Options of spawn(2); absent: the current user. */
  uid?: number
  gid?: number
  /** Program and arguments in front of every command. */
  prefix: string[]
  /** Description for the line that says how the app is run; null if nothing is special. */
  note: string | null
}

const SAME: Account = { prefix: [], note: null }
const USER = 'nobody'

function idsOf(user: string): { uid: number; gid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${user}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) }
}

const succeeds = (program: string, args: string[], options: object = {}): boolean => spawnSync(program, args, { stdio: 'ignore', ...options }).status === 0

/**
 * User for an app that reads `files`. If that user cannot reach them (a checkout in root's own folder), root enters a user namespace in which it
 * is that user: without any right over the machine (user_namespaces(7)), but with root's files.
 * Throws if the kernel offers neither.
 */
export function unprivileged(files: readonly string[]): Account {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return SAME
  const ids = idsOf(USER)
  if (ids === null) throw new Error(`Electron does not run as root, and there is no user '${USER}' to run it as.`)
  if (files.every((file) => succeeds('test', ['-r', file], ids))) return { ...ids, prefix: [], note: `as ${USER}` }
  const mapped = ['unshare', '--user', `--map-user=${ids.uid}`, `--map-group=${ids.gid}`, '--']
  if (!succeeds('unshare', [...mapped.slice(1), 'true'])) {
    throw new Error(
      `Electron does not run as root, and the user '${USER}' cannot read this folder. Put the checkout where everybody may read it, such as /opt.`
    )
  }
  return { prefix: mapped, note: 'in a user namespace without rights' }
}

/** Prepares Chromium's sandbox: it needs user namespaces, or a helper owned by root and set-user-ID (its sandbox/linux/suid). */
export function prepareSandbox(helper: string, { uid, gid, prefix }: Account): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  const [program = 'unshare', ...args] = [...prefix, 'unshare', '--user', 'true']
  if (succeeds(program, args, uid === undefined ? {} : { uid, gid })) return
  chownSync(helper, 0, 0)
  chmodSync(helper, 0o4755)
}

/** Gives a folder with all its content to the user that the app runs as; creates it if missing. */
export function give(folder: string, { uid, gid }: Account): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (uid === undefined || gid === undefined) return
  const walk = (path: string): void => {
    lchownSync(path, uid, gid)
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) walk(join(path, name))
  }
  walk(folder)
}
