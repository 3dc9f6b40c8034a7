/**
 * Linux installers (npm run dist:check): the .deb is installed on this machine by apt, started from its desktop entry, upgraded and removed; the
 * .rpm and the .tar.gz are unpacked and started. Needs root on Debian.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { electronToPack, ROOT } from '../../tools/dist/electron.ts'
import { writeNotices } from '../../tools/dist/notices.ts'
import { pack } from '../../tools/dist/pack.ts'
import { give, prepareSandbox, unprivileged } from '../../tools/start/account.ts'
import { startApp, type RunningApp } from '../../tools/start/drive.ts'
import { testHost } from '../support/desktop.ts'
import { testFolder } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { signIn } from '../support/windows.ts'

const OLDER = '0.0.9'
const { version: NEWER } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
const ENTRY = '/usr/share/applications/mnemo.desktop'
const INSTALLED = '/opt/Mnemo'

const electron = electronToPack()
const here = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
const story = here ? new Story() : null
const folder = testFolder()
const made: Record<string, string> = {}
let app: RunningApp | null = null

/** Runs a system program and returns its output. Throws with that output if the program fails. */
function sys(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' } })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(status)}:\n${stdout}${stderr}`)
  return stdout
}

beforeAll(async () => {
  if (!here) return
  if (existsSync(INSTALLED)) throw new Error(`${INSTALLED} is there already: this test installs Mnemo, and removes it.`)
  writeNotices()
  for (const [version, targets] of [[OLDER, ['deb']], [NEWER, ['deb', 'rpm', 'tar.gz']]] as const) {
    const output = join('dist', version)
    rmSync(join(ROOT, output), { recursive: true, force: true })
    const files = await pack(electron, [...targets], { app: version, output, settings: { compression: 'store' } })
    for (const file of files) made[`${version} ${/\.(deb|rpm|tar\.gz)$/.exec(file)?.[1] ?? basename(file)}`] = file
  }
}, 1_800_000)
afterAll(async () => {
  await app?.kill()
  if (here && existsSync(INSTALLED)) sys('apt-get', 'purge', '-y', 'mnemo')
  folder.remove()
})

const file = (name: string): string => {
  const path = made[name]
  if (path === undefined) throw new Error(`no ${name} was made; there are: ${Object.keys(made).join(', ')}`)
  return path
}

/** Starts a program as an unprivileged user on the tests' desktop. */
async function start(program: string, profile: string, args: string[] = []): Promise<Page> {
  const host = await testHost()
  const account = unprivileged([program, join(program, '../resources/app.asar')])
  const [first, ...rest] = [...account.prefix, program]
  app = await startApp({ ...host, command: [first ?? program, ...rest], desktop: { ...host.desktop, account } }, { profile, args })
  return app.window('main')
}
const quit = async (): Promise<void> => {
  await app?.quit()
  app = null
}

/** Program that the desktop entry starts. */
function entryProgram(): string {
  const [, program] = /^Exec=(\S+) %U$/m.exec(readFileSync(ENTRY, 'utf8')) ?? []
  if (program === undefined) throw new Error(`${ENTRY} starts nothing`)
  return program
}

/** Finds a part of a message with the search field. */
async function find(main: Page, piece: string): Promise<void> {
  await main.fill('[data-test=search]', piece)
  await main.locator('.hit mark').filter({ hasText: new RegExp(`^${piece}$`, 'i') }).first().waitFor({ timeout: 60_000 })
}

const opts = { timeout: 300_000 }

test.skipIf(!here)('the .deb is installed by apt: desktop entry, icon, link handler, command, all owned by root', opts, () => {
  sys('apt-get', 'install', '-y', '--no-install-recommends', file(`${OLDER} deb`))
  expect(sys('dpkg-query', '-W', '-f', '${Status} ${Version}', 'mnemo')).toBe(`install ok installed ${OLDER}`)
  sys('desktop-file-validate', ENTRY)
  expect(readFileSync(ENTRY, 'utf8')).toMatch(/^MimeType=x-scheme-handler\/xmpp;$/m)
  expect(sys('gio', 'mime', 'x-scheme-handler/xmpp')).toMatch(/Registered applications:[^:]*\tmnemo\.desktop/)
  const icon = /^Icon=(.+)$/m.exec(readFileSync(ENTRY, 'utf8'))?.[1] ?? ''
  expect(readdirSync('/usr/share/icons/hicolor', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(`apps/${icon}.png`)).length).toBeGreaterThan(0)
  expect(existsSync('/usr/bin/mnemo')).toBe(true)
  const files = sys('dpkg-query', '-L', 'mnemo').trim().split('\n').filter((path) => path.startsWith(INSTALLED))
  expect(files.filter((path) => statSync(path).uid !== 0 || (statSync(path).mode & 0o022) !== 0)).toEqual([])
})

test.skipIf(!here)('the app starts from its desktop entry as an unprivileged user: signs in, sends, receives, searches', opts, async () => {
  const { server, bob, profile } = story ?? new Story()
  const main = await start(entryProgram(), profile)
  await signIn(main, server, 'alice')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.fill('[data-test=composer]', '明天在图书馆见面')
  await main.keyboard.press('Enter')
  await main.locator('.row.own[data-state=delivered]', { hasText: '图书馆' }).waitFor({ timeout: 60_000 })
  await bob.messages.send((await bob.conversations.start('alice@localhost', 'direct', null)).id, '好的，带上那本语言学概论')
  await main.locator('.row:not(.own)', { hasText: '语言学概论' }).waitFor({ timeout: 60_000 })
  await find(main, '言学概')
  await quit()
})

test.skipIf(!here)('a newer .deb upgrades it; the history is kept, and found offline', opts, async () => {
  sys('apt-get', 'install', '-y', '--no-install-recommends', file(`${NEWER} deb`))
  expect(sys('dpkg-query', '-W', '-f', '${Version}', 'mnemo')).toBe(NEWER)
  const main = await start(entryProgram(), story?.profile ?? '', ['--offline'])
  for (const piece of ['书馆见', '言学概']) await find(main, piece)
  await quit()
})

test.skipIf(!here)('removal keeps the profile, and nothing of the program', opts, () => {
  const profile = story?.profile ?? ''
  const before = readdirSync(profile).sort()
  expect(before.length).toBeGreaterThan(0)
  sys('apt-get', 'purge', '-y', 'mnemo')
  for (const path of [INSTALLED, ENTRY, '/usr/bin/mnemo', '/etc/apparmor.d/mnemo']) expect(existsSync(path), path).toBe(false)
  expect(readdirSync(profile).sort()).toEqual(before)
})

/** Opens the demo with an unpacked program and finds a part of a word. */
async function runs(program: string, name: string): Promise<void> {
  const account = unprivileged([program])
  prepareSandbox(join(program, '../chrome-sandbox'), account)
  const main = await start(program, join(folder.path, name), ['--demo', '--offline'])
  await main.locator('.item').first().waitFor({ timeout: 60_000 })
  await find(main, '华联')
  await quit()
}

test.skipIf(!here)('the .rpm contains the same files and starts', opts, async () => {
  const root = join(folder.path, 'rpm')
  mkdirSync(root)
  // the package is for another system: its dependencies are missing here, and its scripts call programs outside of the folder
  sys('rpm', '--install', '--root', root, '--nodeps', '--noscripts', '--ignorearch', file(`${NEWER} rpm`))
  const names = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
  const deb = join(folder.path, 'deb')
  sys('dpkg-deb', '-x', file(`${NEWER} deb`), deb)
  for (const part of ['opt', 'usr/share/applications', 'usr/share/icons']) expect(names(join(root, part)), part).toEqual(names(join(deb, part)))
  expect(sys('rpm', '-qp', '--qf', '%{ARCH} %{VERSION} %{LICENSE}', file(`${NEWER} rpm`))).toBe(`${process.arch === 'arm64' ? 'aarch64' : 'x86_64'} ${NEWER} Apache-2.0`)
  expect(sys('rpm', '-qp', '--requires', file(`${NEWER} rpm`))).toMatch(/^gtk3$/m)
  await runs(join(root, INSTALLED, 'mnemo'), 'of-rpm')
})

test.skipIf(!here)('the .tar.gz is unpacked by any user and starts', opts, async () => {
  const place = join(folder.path, 'tar')
  const host = await testHost()
  give(place, host.desktop.account)
  sys('tar', '-xzf', file(`${NEWER} tar.gz`), '-C', place)
  const [top = '', ...others] = readdirSync(place)
  expect(others).toEqual([])
  await runs(join(place, top, 'mnemo'), 'of-tar')
})
