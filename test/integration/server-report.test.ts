/** Feature reports of real servers. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Jid, ServerReport } from '../../src/contract/domain.ts'
import { LARGEST_FILE } from '../../src/demo/prosody.ts'
import { SERVER_LINES } from '../../src/renderer/composables/server-lines.ts'
import { hasEjabberd, startEjabberd } from '../support/ejabberd.ts'
import { Devices, SERVER, startServer, testFolder, type ServerOptions, type TestServer } from '../support/server.ts'

const FOLDER = join(import.meta.dirname, '../support/prosody')
const ALICE = 'alice@localhost' as Jid

async function reportOn(server: TestServer): Promise<ServerReport> {
  const devices = new Devices()
  onTestFinished(() => devices.end())
  return (await devices.signIn(server, 'alice')).serverReport(ALICE)
}
async function prosody(options: ServerOptions): Promise<TestServer> {
  const server = await startServer(options)
  onTestFinished(() => server.stop())
  return server
}
const missing = ({ abilities }: ServerReport): string[] => abilities.filter(({ has }) => has !== true).map(({ name, has }) => `${name} ${String(has)}`)

test.skipIf(SERVER !== 'prosody')('a Prosody with all modules lacks nothing', async () => {
  const report = await reportOn(
    await prosody({
      modules: { names: ['register_ibr', 'invites', 'invites_adhoc', 'server_contact_info', 'cloud_notify'], folder: FOLDER },
      settings: `allow_registration = true\nallow_user_invites = true\ncontact_info = { abuse = { "mailto:abuse@localhost", "javascript:alert(1)" }, admin = { "xmpp:alice@localhost" } }`
    })
  )
  expect(missing(report)).toEqual([])
  expect(report.software).toBe('Prosody')
  expect(report.largestFile).toBe(LARGEST_FILE)
  expect(report.addresses).toEqual([
    { kind: 'abuse', uri: 'mailto:abuse@localhost' },
    { kind: 'admin', uri: 'xmpp:alice@localhost' }
  ])
})

test.skipIf(SERVER !== 'prosody')('a Prosody with nothing beyond RFC 6121 lacks everything', async () => {
  const without = 'carbons pep private blocklist vcard4 vcard_legacy mam csi_simple smacks bookmarks websocket ping time version'.split(' ')
  const report = await reportOn(await prosody({ without, services: [] }))
  expect(missing(report)).toHaveLength(15)
  expect(report.abilities.every(({ has }) => has === false)).toBe(true)
  expect(report.addresses).toEqual([])
})

test.skipIf(SERVER !== 'prosody')('groups with and without an archive are distinguished', async () => {
  expect(missing(await reportOn(await prosody({ groupsForget: true })))).toEqual(
    expect.arrayContaining(['group-archive false', 'registration false', 'invitations false', 'contacts false', 'push false'])
  )
})

test.skipIf(!hasEjabberd())("the report of Debian's ejabberd", async () => {
  const folder = testFolder()
  const server = await startEjabberd(folder.path, [{ user: 'alice', password: 'alice-secret', roster: {} }], {
    settings: 'registration_timeout: infinity',
    modules: ['mod_register: {ip_access: all}', 'mod_push: {}', 'mod_time: {}']
  })
  onTestFinished(async () => {
    await server.stop()
    folder.remove()
  })
  const report = await reportOn({
    ...server,
    settings: (user) => ({
      jid: `${user}@localhost` as Jid,
      password: `${user}-secret`,
      host: '127.0.0.1',
      port: server.port,
      security: 'starttls',
      proxy: null,
      trustedFingerprint: server.fingerprint
    }),
    restart: () => Promise.resolve()
  })
  expect(missing(report)).toEqual(['invitations false', 'contacts false'])
  expect(report.software).toBe('ejabberd')
})

const PROSODY = '/usr/lib/prosody/modules'
test.skipIf(!existsSync(PROSODY))('the configuration for Prosody names existing modules', () => {
  const there = new Set(readdirSync(PROSODY).map((name) => name.replace(/^mod_|\.lua$/g, '')))
  for (const { prosody: lines } of Object.values(SERVER_LINES))
    for (const [, name = ''] of lines.matchAll(/^ *"(\w+)";|^Component "[^"]+" "(\w+)"/gm)) if (name !== '') expect(there).toContain(name)
})
test.skipIf(!hasEjabberd())('the configuration for ejabberd names existing modules', () => {
  const libraries = '/usr/lib/x86_64-linux-gnu'
  const folder = readdirSync(libraries).find((name) => /^ejabberd-[\d.]+-\d+$/.test(name)) ?? ''
  const there = new Set(readdirSync(join(libraries, folder, 'ebin')))
  for (const [name, { ejabberd: lines }] of Object.entries(SERVER_LINES))
    // mod_invites came with 26.01
    if (name !== 'invitations') for (const [, module = ''] of lines.matchAll(/^ *(mod_\w+):/gm)) expect(there).toContain(`${module}.beam`)
})
