/** Private Prosody on loopback: own folder, own ports, own certificate; it ends with our process. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { delimiter, join } from 'node:path'

export const DOMAIN = 'localhost'
export const ROOMS = 'rooms.localhost'
const UPLOAD = 'upload.localhost'
/** Largest file, bytes. */
export const LARGEST_FILE = 20 * 1024 ** 2

export interface Person {
  /** Local part of the address. */
  user: string
  password: string
  /** Mutual contacts: address -> name. */
  roster: Record<string, string>
}

/** Ports on loopback. */
export interface Ports {
  port: number
  tlsPort: number
  /** HTTPS port of uploaded files. */
  webPort: number
}

export interface Kind {
  /** Additional environment variables. */
  environment?: Record<string, string>
  /** Large archives: kept in a database if Debian's lua-dbi-sqlite3 is installed. */
  large?: boolean
  /** Additional modules, and their folder beside Prosody's own. */
  modules?: { names: readonly string[]; folder: string }
  /** Additional modules of its groups, from Debian's prosody-modules. */
  groupModules?: readonly string[]
  /** Default modules to leave out. */
  without?: readonly string[]
  /** Additional configuration in Lua: for the whole server, and for its groups. */
  settings?: string
  groupSettings?: string
  /** Groups keep no archive. */
  groupsForget?: boolean
  /** Services beside direct chat; default: both. */
  services?: readonly ('groups' | 'files')[]
  /** Announced port of uploaded files, if it is not the real one. */
  filesPort?: number
  /** Only way to connect; default: all. */
  only?: 'direct-tls' | 'websocket'
}

const MODULES = [
  'roster',
  'saslauth',
  'tls',
  'disco',
  'carbons',
  'pep',
  'private',
  'blocklist',
  'vcard4',
  'vcard_legacy',
  'version',
  'time',
  'ping',
  'mam',
  'csi_simple',
  'smacks',
  'bookmarks',
  'websocket'
]

export interface Prosody extends Ports {
  /** SHA-256 of its certificate, as the account settings take it. */
  fingerprint: string
  folder: string
  /** Stops it and waits until it has ended. */
  stop(): Promise<void>
}

/** Path of an installed program, or null. */
export function findProgram(name: string): string | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      continue
    }
  }
  return null
}

export const hasProsody = (): boolean => findProgram('prosody') !== null && findProgram('openssl') !== null

/** Ports below those that the system gives to outgoing connections: no connection takes the port of a server that is being restarted. */
const LOWEST_PORT = 20_000
const PORTS = 12_000

export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

function certificate(folder: string): string {
  const path = join(folder, `${DOMAIN}.crt`)
  if (!existsSync(path)) {
    const names = [DOMAIN, ROOMS, UPLOAD].map((name) => `DNS:${name}`).join(',')
    execFileSync(
      findProgram('openssl') ?? 'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '3650',
        '-subj',
        `/CN=${DOMAIN}`,
        '-addext',
        `subjectAltName=${names}`,
        '-keyout',
        join(folder, `${DOMAIN}.key`),
        '-out',
        path
      ],
      { stdio: 'pipe' }
    )
  }
  return new X509Certificate(readFileSync(path)).fingerprint256
}

/** Lua string literal. */
const lua = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`

/** True if archives can be kept in SQLite: archives of 100,000 messages are then read page by page instead of whole. */
const hasSqlite = (): boolean =>
  ['5.4', '5.3', '5.2', '5.1'].some(
    (version) =>
      existsSync(`/usr/share/lua/${version}/DBI.lua`) &&
      ['x86_64', 'aarch64'].some((cpu) => existsSync(`/usr/lib/${cpu}-linux-gnu/lua/${version}/dbd/sqlite3.so`))
  )

function configuration(
  folder: string,
  { port, tlsPort, webPort }: Ports,
  {
    large = false,
    modules = { names: [], folder },
    groupModules = [],
    without = [],
    settings = '',
    groupSettings = '',
    groupsForget = false,
    services = ['groups', 'files'],
    only,
    filesPort
  }: Kind
): string {
  const groups = `Component "${ROOMS}" "muc"
  name = "Rooms"
  modules_enabled = { ${[...(groupsForget ? [] : ['muc_mam']), ...groupModules].map(lua).join(', ')} }
  muc_log_by_default = true
  muc_log_expires_after = "never"
  restrict_room_creation = false
  muc_room_locking = false
  muc_room_default_persistent = true
  muc_room_default_public = true
  ${groupSettings}
`
  const files = `Component "${UPLOAD}" "http_file_share"
  http_host = "${DOMAIN}"
  http_external_url = "https://${DOMAIN}:${filesPort ?? webPort}/"
  http_file_share_size_limit = ${LARGEST_FILE}
  http_file_share_daily_quota = ${100 * LARGEST_FILE}
  http_file_share_access = { "${DOMAIN}" }
`
  return `
run_as_root = true
pidfile = ${lua(join(folder, 'prosody.pid'))}
data_path = ${lua(join(folder, 'data'))}
certificates = ${lua(folder)}
interfaces = { "127.0.0.1" }
c2s_ports = { ${only === undefined ? port : ''} }
c2s_direct_tls_ports = { ${only === 'websocket' ? '' : tlsPort} }
s2s_ports = {}
http_ports = {}
https_ports = { ${webPort} }
https_interfaces = { "127.0.0.1" }
modules_enabled = { ${[...MODULES.filter((name) => !without.includes(name)), ...modules.names].map(lua).join(', ')} }
plugin_paths = { ${lua(modules.folder)} }
authentication = "internal_plain"
default_storage = "internal"
${large && hasSqlite() ? `storage = { archive = "sql", muc_log = "sql" }\nsql = { driver = "SQLite3", database = ${lua(join(folder, 'archives.sqlite'))} }\nmodules_disabled = { "s2s", "offline" }` : `${large ? 'storage_archive_item_limit = 10000000\n' : ''}modules_disabled = { "s2s" }`}
archive_expires_after = "never"
max_archive_query_results = 500
c2s_require_encryption = true
log = { info = ${lua(join(folder, 'prosody.log'))} }
${settings}
VirtualHost "${DOMAIN}"
  disco_items = { ${services.map((service) => (service === 'groups' ? `{ "${ROOMS}", "rooms" }` : `{ "${UPLOAD}", "files" }`)).join(', ')} }
${services.includes('groups') ? groups : ''}${services.includes('files') ? files : ''}`
}

/** File name of a user, as Prosody makes it. */
const fileName = (user: string): string =>
  `${[...Buffer.from(user)].map((byte) => (/[A-Za-z0-9]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`)).join('')}.dat`

/** Writes accounts and rosters as mod_storage_internal keeps them, so that a server starts with its people in place. */
function people(data: string, persons: Person[]): void {
  const folder = (store: string): string => {
    const path = join(data, DOMAIN, store)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return path
  }
  for (const { user, password, roster } of persons) {
    const account = join(folder('accounts'), fileName(user))
    if (existsSync(account)) continue
    writeFileSync(account, `return { ["password"] = ${lua(password)}; };\n`, { mode: 0o600 })
    const items = Object.entries(roster).map(([jid, name]) => `[${lua(jid)}] = { ["subscription"] = "both"; ["groups"] = {}; ["name"] = ${lua(name)}; };`)
    writeFileSync(join(folder('roster'), fileName(user)), `return { [false] = { ["version"] = 1; }; ${items.join(' ')} };\n`, { mode: 0o600 })
  }
}

/** Starts the server and waits until it listens. Throws if none is installed or it does not come up within a minute. */
export async function startProsody(folder: string, persons: Person[], options: Partial<Ports> & Kind = {}): Promise<Prosody> {
  const program = findProgram('prosody')
  if (program === null) throw new Error('Prosody is not installed (Debian: apt-get install prosody).')
  mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 })
  const fingerprint = certificate(folder)
  people(join(folder, 'data'), persons)
  const port = options.port ?? (await freePort())
  const tlsPort = options.tlsPort ?? (await freePort())
  const webPort = options.webPort ?? (await freePort())
  const config = join(folder, 'prosody.cfg.lua')
  writeFileSync(config, configuration(folder, { port, tlsPort, webPort }, options), { mode: 0o600 })
  // the shell ends Prosody when our end of its standard input closes, however we end; Prosody has been seen to wait for a client for ever
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      `exec 3<&0; "$0" --config "$1" -F 3<&- & server=$!; (cat <&3 >/dev/null; kill $server 2>/dev/null; n=0; while kill -0 $server 2>/dev/null; do n=$((n+1)); [ $n -gt 100 ] && kill -9 $server; sleep 0.1; done) & wait $server`,
      program,
      config
    ],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: false,
      env: { ...process.env, ...options.environment }
    }
  )
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')))
  const deadline = Date.now() + 60_000
  while (!(await listens(options.only === 'websocket' ? webPort : options.only === 'direct-tls' ? tlsPort : port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill()
      throw new Error(`Prosody did not start: ${errors.trim() || `see ${join(folder, 'prosody.log')}`}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { port, tlsPort, webPort, fingerprint, folder, stop: () => stop(child) }
}

/** True if something listens on loopback. */
export function listens(port: number, ip = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, ip)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.stdin?.end()
  await gone
}
