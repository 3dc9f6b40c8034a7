/** Runs all jobs on one set-up of a server. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Jid } from '../../src/contract/domain.ts'
import { DOMAIN, startProsody, type Prosody } from '../../src/demo/prosody.ts'
import { startEjabberd } from '../support/ejabberd.ts'
import { testFolder, USERS, type TestFolder } from '../support/server.ts'
import { JOBS, told, type People } from './jobs.ts'
import { prepareCertificate, type Setup } from './setups.ts'

/** `sentence`: shown to the user; null: nothing, which is a fault of ours. */
export type Outcome = { done: true } | { done: false; sentence: string | null; why: string } | { done: null }

export interface SetupResult {
  name: string
  /** Outcomes in the order of JOBS; `done: null` if a job could not be tried because nobody is signed in. */
  outcomes: Outcome[]
}

const ACCOUNTS = USERS.map((user) => ({
  user,
  password: `${user}-secret`,
  roster: Object.fromEntries(USERS.filter((other) => other !== user).map((other) => [`${other}@${DOMAIN}`, other]))
}))

/** Starts the server, runs the jobs one after the other, ends everything. Throws if the server does not start. */
export async function runSetup(setup: Setup): Promise<SetupResult> {
  const root = mkdtempSync(join(tmpdir(), 'mnemo-servers-'))
  const folders: TestFolder[] = []
  const authorities = getCACertificates('default')
  let server: Prosody | null = null
  const people: People = {
    alice: null,
    second: null,
    bob: null,
    engines: new Map(),
    folder() {
      const folder = testFolder()
      folders.push(folder)
      return folder
    },
    settings: (user) => {
      if (server === null) throw new Error('no server')
      const { security = 'starttls', certificate } = setup
      const web = `wss://${DOMAIN}:${server.webPort}/${setup.ejabberd === undefined ? 'xmpp-websocket' : 'ws'}`
      return {
        jid: `${user}@${DOMAIN}` as Jid,
        password: `${user}-secret`,
        host: security === 'websocket' ? web : '127.0.0.1',
        port: security === 'websocket' ? null : security === 'direct-tls' ? server.tlsPort : server.port,
        security,
        proxy: null,
        trustedFingerprint: certificate === undefined ? server.fingerprint : null
      }
    }
  }
  try {
    if (setup.certificate !== undefined) setDefaultCACertificates([...authorities, prepareCertificate(root, setup.certificate)])
    server = await start(root, setup)
    const outcomes: Outcome[] = []
    for (const job of JOBS) {
      if (outcomes[0]?.done === false) outcomes.push({ done: null })
      else {
        try {
          await job.run(people)
          outcomes.push({ done: true })
        } catch (error) {
          outcomes.push({ done: false, sentence: await told(job, people, error), why: error instanceof Error ? error.message : String(error) })
        }
      }
    }
    return { name: setup.name, outcomes }
  } finally {
    setDefaultCACertificates(authorities)
    for (const engine of people.engines.keys()) await engine.close()
    await server?.stop()
    for (const folder of folders) folder.remove()
    rmSync(root, { recursive: true, force: true, maxRetries: 3 })
  }
}

function start(root: string, { prosody, ejabberd }: Setup): Promise<Prosody> {
  if (ejabberd !== undefined) return startEjabberd(root, ACCOUNTS, { ...ejabberd, modules: [...(ejabberd.modules ?? []), 'mod_register: {ip_access: all}'] })
  const { names = [], folder = root } = prosody?.modules ?? {}
  return startProsody(root, ACCOUNTS, { ...prosody, modules: { names: [...names, 'register'], folder } })
}
