/** An ejabberd on loopback, for the same tests that Prosody runs: no test is tuned to one server. */
import { execFileSync, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOMAIN, findProgram, freePort, LARGEST_FILE, listens, type Person, type Ports, type Prosody } from '../../src/demo/prosody.ts'

const LIBRARIES = '/usr/lib/x86_64-linux-gnu'
const program = (): string | undefined => (existsSync(LIBRARIES) ? readdirSync(LIBRARIES).find((name) => /^ejabberd-[\d.]+-\d+$/.test(name)) : undefined)
/** Longest start on a busy machine, ms. */
const START_MS = 300_000
const ERLANG = '/usr/lib/erlang/lib'
const hasSqlite = (): boolean => existsSync(ERLANG) && readdirSync(ERLANG).some((name) => name.startsWith('p1_sqlite3-'))
export const hasEjabberd = (): boolean => program() !== undefined && findProgram('erl') !== null

export interface EjabberdKind {
  /** Large archives: kept in a database if Debian's erlang-p1-sqlite3 is installed. Without it, each stored message takes longer than the last one. */
  large?: boolean
  /** Usual modules to leave out. */
  without?: readonly string[]
  /** Additional YAML configuration: of the whole server, and of its client listeners. */
  settings?: string
  listener?: string
  /** Additional modules, in YAML, one per line. */
  modules?: readonly string[]
  /** Only transport offered; all if absent. */
  only?: 'direct-tls' | 'websocket'
  /** Domain that it serves, and address that it listens on; localhost and 127.0.0.1 by default. */
  domain?: string
  ip?: string
  /** Its name within a cluster, the port of the cluster's epmd, and the node that a new one joins. */
  node?: { name: string; epmd: number; join?: string }
}

/** A server that can be killed without a proper shutdown. */
export interface Ejabberd extends Prosody {
  kill(): Promise<void>
}

const MODULES = (folder: string, webPort: number, inDatabase: boolean): string[] =>
  `  mod_adhoc: {}
  mod_admin_extra: {}
  mod_blocking: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_client_state: {}
  mod_disco: {}
  mod_host_meta: {bosh_service_url: undefined, websocket_url: "wss://@HOST@:${webPort}/ws"}
  mod_http_upload: {host: "upload.@HOST@", put_url: "https://@HOST@:${webPort}/upload", docroot: "${join(folder, 'files')}", max_size: ${LARGEST_FILE}}
  mod_mam: {default: always, assume_mam_usage: true${inDatabase ? ', db_type: sql' : ''}}
  mod_muc: {host: "rooms.@HOST@", default_room_options: {mam: true, persistent: true, anonymous: true, allow_user_invites: true}, max_users: 10000, history_size: 0}
  mod_offline: {}
  mod_ping: {}
  mod_privacy: {}
  mod_pubsub: {plugins: [flat, pep]}
  mod_roster: {versioning: true}
  mod_stream_mgmt: {resend_on_timeout: if_offline}
  mod_vcard: {}`.split('\n')

const configuration = (
  folder: string,
  { port, tlsPort, webPort }: Ports,
  { large = false, without = [], settings = '', listener = '', modules = [], only, domain = DOMAIN, ip = '127.0.0.1' }: EjabberdKind
): string => `
hosts: ["${domain}"]
loglevel: info
certfiles: ["${join(folder, 'both.pem')}"]
auth_method: internal
${large && hasSqlite() ? `sql_type: sqlite\nsql_database: "${join(folder, 'archives.sqlite')}"` : ''}
${settings.includes('disable_sasl_mechanisms') ? '' : 'disable_sasl_mechanisms: [X-OAUTH2]'}
${settings}
listen:
${only === undefined ? `  - {port: ${port}, ip: "${ip}", module: ejabberd_c2s, starttls_required: true, max_stanza_size: 262144${listener.includes('shaper') ? '' : ', shaper: none'}${listener}}` : ''}
${only === 'websocket' ? '' : `  - {port: ${tlsPort}, ip: "${ip}", module: ejabberd_c2s, tls: true, max_stanza_size: 262144${listener.includes('shaper') ? '' : ', shaper: none'}${listener}}`}
  - {port: ${webPort}, ip: "${ip}", module: ejabberd_http, tls: true, request_handlers: {/ws: ejabberd_http_ws, /upload: mod_http_upload, "/.well-known/host-meta.json": mod_host_meta, /.well-known: mod_host_meta}}
acl: {local: {server: "${domain}"}}
access_rules: {local: {allow: local}}
modules:
${MODULES(folder, webPort, large && hasSqlite())
  .filter((line) => !without.some((name) => line.startsWith(`  ${name}:`)))
  .join('\n')}
${modules.map((line) => `  ${line}`).join('\n')}
`

/** Starts the server with its accounts. Throws if it does not come up within START_MS. */
export async function startEjabberd(folder: string, persons: Person[], options: Partial<Ports> & EjabberdKind = {}): Promise<Ejabberd> {
  const { domain = DOMAIN, ip = '127.0.0.1', node } = options
  const library = join(LIBRARIES, program() ?? '', 'ebin')
  for (const name of ['spool', 'files']) mkdirSync(join(folder, name), { recursive: true })
  const certificate = join(folder, `${domain}.crt`)
  if (!existsSync(certificate)) {
    const names = [domain, `rooms.${domain}`, `upload.${domain}`].map((name) => `DNS:${name}`).join(',')
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '3650',
        '-subj',
        `/CN=${domain}`,
        '-addext',
        `subjectAltName=${names}`,
        '-keyout',
        join(folder, 'key.pem'),
        '-out',
        certificate
      ],
      { stdio: 'pipe' }
    )
    writeFileSync(join(folder, 'both.pem'), readFileSync(certificate, 'utf8') + readFileSync(join(folder, 'key.pem'), 'utf8'))
  }
  const ports = { port: options.port ?? (await freePort()), tlsPort: options.tlsPort ?? (await freePort()), webPort: options.webPort ?? (await freePort()) }
  rmSync(join(folder, 'ready'), { force: true })
  const config = join(folder, 'ejabberd.yml')
  writeFileSync(config, configuration(folder, ports, options))
  const text = (value: string): string => `<<"${value}">>`
  const people = persons.flatMap(({ user, password, roster }) => [
    `ejabberd_auth:try_register(${text(user)},${text(domain)},${text(password)})`,
    ...Object.entries(roster).map(
      ([jid, name]) =>
        `mod_admin_extra:add_rosteritem(${text(user)},${text(domain)},${text(jid.split('@')[0] ?? '')},${text(domain)},${text(name)},<<>>,<<"both">>)`
    )
  ])
  const joins = node?.join === undefined ? [] : [`ok = ejabberd_cluster:join('${node.join}')`]
  const code = ['application:ensure_all_started(ejabberd)', ...joins, ...people, `file:write_file("${join(folder, 'ready')}",os:getpid())`].join(',')
  const distribution =
    node === undefined ? [] : ['-name', node.name, '-setcookie', 'mnemo-test', '-start_epmd', 'false', '-kernel', 'inet_dist_use_interface', '{127,0,0,1}']
  // it ends when our end of its standard input closes, however this process ends
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      `exec 3<&0; "$@" 3<&- </dev/null & server=$!; (cat <&3 >/dev/null; kill $server 2>/dev/null) & wait $server`,
      'sh',
      'erl',
      '-noinput',
      // no scheduler waits busily for work: the tests need the cores
      ...['+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none'],
      ...distribution,
      '-pa',
      library,
      '-mnesia',
      'dir',
      `"${join(folder, 'spool')}"`,
      '-eval',
      `${code}.`
    ],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: folder,
      env: {
        ...process.env,
        EJABBERD_CONFIG_PATH: config,
        EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
        HOME: folder,
        ...(node === undefined ? {} : { ERL_EPMD_PORT: String(node.epmd) })
      }
    }
  )
  const deadline = Date.now() + START_MS
  while (!(
    existsSync(join(folder, 'ready')) &&
    (await listens(options.only === 'websocket' ? ports.webPort : options.only === 'direct-tls' ? ports.tlsPort : ports.port, ip))
  )) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill()
      throw new Error(`ejabberd did not start: see ${join(folder, 'ejabberd.log')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const ended = async (end: () => void): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    end()
    await gone
    child.stdin?.end()
  }
  return {
    ...ports,
    fingerprint: new X509Certificate(readFileSync(certificate)).fingerprint256,
    folder,
    stop: () => ended(() => child.stdin?.end()),
    kill: () => ended(() => process.kill(Number(readFileSync(join(folder, 'ready'), 'utf8')), 'SIGKILL'))
  }
}
