/** Registration of accounts: by the server's form, with its captcha, or with an invitation; and creating invitations. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { AccountForm, AccountSettings, Jid } from '../../src/contract/domain.ts'
import type { Prosody } from '../../src/demo/prosody.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { hasEjabberd, startEjabberd } from '../support/ejabberd.ts'
import { gradient } from '../support/pictures.ts'
import { Devices, openEngine, SERVER, startServer, testFolder, until, type ServerOptions } from '../support/server.ts'

const FOLDER = join(import.meta.dirname, '../support/prosody')
const OPEN: ServerOptions = {
  modules: { names: ['register_ibr'], folder: FOLDER },
  settings: 'allow_registration = true\nmin_seconds_between_registrations = 0'
}
const INVITING: ServerOptions = {
  modules: { names: ['invites', 'invites_adhoc', 'invites_register'], folder: FOLDER },
  settings: 'allow_registration = true\nallow_user_invites = true'
}

const way = ({ port, fingerprint }: Pick<Prosody, 'port' | 'fingerprint'>): AccountSettings => ({
  jid: 'localhost' as Jid,
  password: '-',
  host: '127.0.0.1',
  port,
  security: 'starttls',
  proxy: null,
  trustedFingerprint: fingerprint
})

async function openProfile(): Promise<Engine> {
  const folder = testFolder()
  const engine = await openEngine(folder.path)
  onTestFinished(async () => {
    await engine.close()
    folder.remove()
  })
  return engine
}
async function formOf(engine: Engine, server: AccountSettings, token: string | null = null): Promise<AccountForm> {
  const state = await engine.registrations.begin(server, token)
  if (state.status !== 'form') throw new Error(`${state.problem}: ${state.detail}`)
  return state.form
}
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Error && 'condition' in error ? String(error.condition) : String(error))
  )

test.skipIf(SERVER !== 'prosody')('an account is registered, signs in, and its name is taken from then on', async () => {
  const server = await startServer(OPEN)
  onTestFinished(() => server.stop())
  const engine = await openProfile()
  const form = await formOf(engine, way(server))
  expect(form.fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['FORM_TYPE hidden', 'username text', 'password password'])
  await engine.registrations.submit({ username: 'newcomer', password: 'a long secret' })
  const state = await engine.signIn({ ...way(server), jid: 'newcomer@localhost' as Jid, password: 'a long secret' })
  expect(['online', 'catching-up']).toContain(state.status)
  await formOf(engine, way(server))
  expect(await refusal(engine.registrations.submit({ username: 'newcomer', password: 'another secret' }))).toBe('conflict')
  // the form is still open, and another name is free
  await engine.registrations.submit({ username: 'newcomer2', password: 'another secret' })
  // the form was submitted: there is none any more
  expect(await refusal(engine.registrations.submit({ username: 'newcomer3', password: 'x' }))).toContain('the form')
})

test.skipIf(SERVER !== 'prosody')('a server without registration, an unreachable one and an untrusted certificate are distinct problems', async () => {
  const server = await startServer()
  onTestFinished(() => server.stop())
  const engine = await openProfile()
  expect(await refusal(engine.registrations.begin(way(server), null))).toBe('service-unavailable')
  const untrusted = await engine.registrations.begin({ ...way(server), trustedFingerprint: null }, null)
  expect(untrusted).toMatchObject({ status: 'unreachable', problem: 'certificate', certificate: { fingerprint: server.fingerprint } })
  expect(await engine.registrations.begin({ ...way(server), port: 1 }, null)).toMatchObject({ status: 'unreachable', problem: 'refused' })
})

test.skipIf(SERVER !== 'prosody')('with an invitation of its server, a new user gets an account and a contact', async () => {
  const server = await startServer(INVITING)
  const devices = new Devices()
  onTestFinished(async () => {
    await devices.end()
    await server.stop()
  })
  const alice = await devices.signIn(server, 'alice')
  const invitation = await alice.registrations.invite('alice@localhost' as Jid)
  expect(invitation?.uri).toMatch(/^xmpp:alice@localhost\?roster;preauth=[^;]+;ibr=y$/)
  expect(invitation?.until).toBeGreaterThan(Date.now())
  const token = /preauth=([^;]+)/.exec(invitation?.uri ?? '')![1]!
  const engine = await openProfile()
  // without the token, or with a wrong one, registration is refused
  expect(await refusal(engine.registrations.begin(way(server), 'no-such-token'))).toBe('forbidden')
  await formOf(engine, way(server), token)
  await engine.registrations.submit({ username: 'guest', password: 'a long secret' })
  await engine.signIn({ ...way(server), jid: 'guest@localhost' as Jid, password: 'a long secret' })
  await until(alice, async () => (await alice.store.read.contacts()).some(({ jid, subscription }) => jid === 'guest@localhost' && subscription === 'both'))
  // the owner of an account becomes a contact at once
  const carol = await devices.signIn(server, 'carol')
  await carol.people.remove('alice@localhost' as Jid)
  await until(carol, async () => !(await carol.store.read.contacts()).some(({ jid }) => jid === 'alice@localhost'))
  await until(alice, async () => (await alice.store.read.contacts()).some(({ jid, subscription }) => jid === 'carol@localhost' && subscription !== 'both'))
  const again = await alice.registrations.invite('alice@localhost' as Jid)
  await carol.conversations.start('alice@localhost', 'direct', null, null, undefined, /preauth=([^;]+)/.exec(again?.uri ?? '')![1]!)
  await until(alice, async () => (await alice.store.read.contacts()).some(({ jid, subscription }) => jid === 'carol@localhost' && subscription === 'both'))
  expect(alice.accounts.requests).toEqual([])
})

test.skipIf(SERVER !== 'prosody')('a server without invitations creates none', async () => {
  const server = await startServer()
  const devices = new Devices()
  onTestFinished(async () => {
    await devices.end()
    await server.stop()
  })
  expect(await (await devices.signIn(server, 'alice')).registrations.invite('alice@localhost' as Jid)).toBeNull()
})

test.skipIf(!hasEjabberd())("ejabberd's form shows its captcha, refuses a wrong answer and accepts the right one", async () => {
  const folder = testFolder()
  // replaces ejabberd's own script: a picture, and its solution in a file
  const [script, picture, key] = ['captcha.sh', 'captcha.png', 'key'].map((name) => join(folder.path, name)) as [string, string, string]
  writeFileSync(picture, gradient(120, 40, [240, 240, 240], [180, 200, 220]))
  writeFileSync(script, `#!/bin/sh\nprintf %s "$1" > "${key}"\ncat "${picture}"\n`, { mode: 0o755 })
  const server = await startEjabberd(folder.path, [{ user: 'alice', password: 'alice-secret', roster: {} }], {
    settings: `captcha_cmd: "${script}"\ncaptcha_url: "https://localhost/captcha"\nregistration_timeout: infinity`,
    modules: ['mod_register: {captcha_protected: true, ip_access: all}']
  })
  onTestFinished(async () => {
    await server.stop()
    folder.remove()
  })
  const engine = await openProfile()
  const form = await formOf(engine, way(server))
  const captcha = form.fields.find(({ picture: shown }) => shown !== null)
  expect(captcha?.picture?.startsWith('data:image/png;base64,')).toBe(true)
  expect(Buffer.from(captcha!.picture!.split(',')[1]!, 'base64').equals(readFileSync(picture))).toBe(true)
  expect(existsSync(key)).toBe(true)
  expect(await refusal(engine.registrations.submit({ username: 'human', password: 'a long secret', [captcha!.name]: 'wrong' }))).toBe('not-allowed')
  const second = await formOf(engine, way(server))
  await engine.registrations.submit({
    username: 'human',
    password: 'a long secret',
    [second.fields.find(({ picture: shown }) => shown !== null)!.name]: readFileSync(key, 'utf8')
  })
  const state = await engine.signIn({ ...way(server), jid: 'human@localhost' as Jid, password: 'a long secret' })
  expect(['online', 'catching-up']).toContain(state.status)
})
