/** Two ejabberd nodes that form one server: one domain, SRV records for both, each on its own loopback address. */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccountSettings, Jid } from '../../src/contract/domain.ts'
import { freePort, listens, type Person, type Ports } from '../../src/demo/prosody.ts'
import { startDns } from './dns.ts'
import { startEjabberd, type Ejabberd } from './ejabberd.ts'

export const CLUSTER = 'cluster.test'

export interface Node {
  name: string
  /** kill -9 */
  kill(): Promise<void>
  start(): Promise<void>
}

export interface Cluster {
  nodes: Node[]
  settings(user: string): AccountSettings
  stop(): Promise<void>
}

/** Starts a cluster, which Mnemo in this process finds by SRV records until it is stopped. Throws if it does not come up. */
export async function startCluster(users: readonly string[]): Promise<Cluster> {
  const root = mkdtempSync(join(tmpdir(), 'mnemo-cluster-'))
  const epmd = await freePort()
  const daemon = spawn('epmd', ['-address', '127.0.0.1', '-port', String(epmd)], { stdio: 'ignore' })
  const dns = await startDns()
  const persons: Person[] = users.map((user) => ({
    user,
    password: `${user}-secret`,
    roster: Object.fromEntries(users.filter((other) => other !== user).map((other) => [`${other}@${CLUSTER}`, other]))
  }))
  const running = new Map<string, Ejabberd>()
  const stop = async (): Promise<void> => {
    await Promise.all([...running.values()].map((server) => server.stop()))
    daemon.kill()
    await dns[Symbol.asyncDispose]()
    rmSync(root, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    while (!(await listens(epmd))) await new Promise((resolve) => setTimeout(resolve, 20))
    const addresses = ['127.0.0.2', '127.0.0.3']
    const [first = ''] = addresses.map((_, i) => `mnemo${i}@127.0.0.1`)
    let certificates: string | null = null
    let fingerprint = ''
    const records: { name: string; port: number; weight: number }[] = []
    const nodes: Node[] = []
    for (const [i, ip] of addresses.entries()) {
      const name = `mnemo${i}@127.0.0.1`
      const folder = join(root, name)
      mkdirSync(folder)
      if (certificates !== null) for (const file of [`${CLUSTER}.crt`, 'key.pem', 'both.pem']) copyFileSync(join(certificates, file), join(folder, file))
      let ports: Partial<Ports> = {}
      const start = async (isNew: boolean): Promise<void> => {
        const joins = isNew && i > 0 ? { join: first } : {}
        const server = await startEjabberd(folder, isNew && i === 0 ? persons : [], { ...ports, domain: CLUSTER, ip, node: { name, epmd, ...joins } })
        const { port, tlsPort, webPort } = server
        ports = { port, tlsPort, webPort }
        fingerprint = server.fingerprint
        running.set(name, server)
      }
      await start(true)
      certificates ??= folder
      records.push({ name: ip, port: running.get(name)?.port ?? 0, weight: 1 })
      nodes.push({
        name,
        kill: async () => {
          await running.get(name)?.kill()
          running.delete(name)
        },
        start: () => start(false)
      })
    }
    dns.records.set(`_xmpp-client._tcp.${CLUSTER}`, records)
    return {
      nodes,
      settings: (user) => ({
        jid: `${user}@${CLUSTER}` as Jid,
        password: `${user}-secret`,
        host: null,
        port: null,
        security: 'starttls',
        proxy: null,
        trustedFingerprint: fingerprint
      }),
      stop
    }
  } catch (error) {
    await stop()
    throw error
  }
}
