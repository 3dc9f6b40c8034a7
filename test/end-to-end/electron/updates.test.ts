/**
 * Updates on a real Electron, against a local server. The program is a script instead of an AppImage: Electron's own file is replaced, kept and
 * restored in the same way; only the squashed file system inside is missing.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { give } from '../../../tools/start/account.ts'
import { startApp, type RunningApp } from '../../../tools/start/drive.ts'
import type { Host } from '../../../tools/start/host.ts'
import { sharedHost, testHost } from '../../support/desktop.ts'
import { ROOT } from '../../support/files.ts'
import { testFolder } from '../../support/server.ts'

const here = sharedHost().kind === 'electron'
const folder = testFolder()
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const { version: OLD } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
const NEW = '99.0.0'
/** Program that writes down its start; `padding`: additional bytes. */
const program = (version: string, padding = 0): string =>
  `#!/bin/sh\n[ "$APPIMAGE_EXIT_AFTER_INSTALL" = true ] && exit 0\necho "$@" > '${join(folder.path, `started-${version}`)}'\n${'#'.repeat(padding)}`
const resources = join(folder.path, 'resources')
const appImage = join(folder.path, 'programs', 'Mnemo.AppImage')
const profile = join(folder.path, 'profile')

interface Release {
  version?: string
  /** Content served in place of program(version), which is the announced one. */
  body?: string
  /** Number of bytes after which the server closes the connection. */
  breaksAt?: number
  signature?: string
  staging?: number
  padding?: number
}
let release: Release = {}
let server: Server | null = null
let app: RunningApp | null = null

function announcement({ version = NEW, staging, padding }: Release): string {
  const file = program(version, padding)
  const sha512 = createHash('sha512').update(file).digest('base64')
  return `version: ${version}\nfiles:\n  - url: Mnemo-${version}.AppImage\n    sha512: ${sha512}\n    size: ${file.length}\npath: Mnemo-${version}.AppImage\nsha512: ${sha512}\nreleaseDate: '2026-11-26T00:00:00.000Z'\nreleaseNotes: |\n  搜索更快\n${staging === undefined ? '' : `stagingPercentage: ${staging}\n`}`
}

beforeAll(async () => {
  if (!here) return
  server = createServer(({ url = '' }, response) => {
    const path = new URL(url, 'http://x').pathname
    const text = announcement(release)
    if (path === '/latest-linux.yml') response.end(text)
    else if (path === '/latest-linux.yml.sig') response.end(release.signature ?? sign(null, Buffer.from(text), privateKey).toString('base64'))
    else if (path.endsWith('.AppImage')) {
      const body = Buffer.from(release.body ?? program(release.version ?? NEW, release.padding))
      response.writeHead(200, { 'content-length': body.length })
      if (release.breaksAt === undefined) response.end(body)
      else response.write(body.subarray(0, release.breaksAt), () => response.destroy())
    } else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  for (const path of [resources, join(folder.path, 'programs'), profile]) mkdirSync(path)
  writeFileSync(
    join(resources, 'updates.json'),
    JSON.stringify({ url, page: 'https://mnemo.example/download', key: publicKey.export({ type: 'spki', format: 'pem' }) })
  )
  writeFileSync(join(resources, 'app-update.yml'), `provider: generic\nurl: ${url}\nupdaterCacheDirName: mnemo-updater\n`)
  putProgram()
})
afterEach(async () => {
  await app?.kill()
  app = null
  release = {}
})
afterAll(() => {
  server?.close()
  folder.remove()
})

function putProgram(): void {
  writeFileSync(appImage, program(OLD))
  chmodSync(appImage, 0o755)
}

/** The same Electron with the app in another folder. */
const from = (host: Host, root: string): Host => ({ ...host, command: [...host.command.slice(0, -1), root] as unknown as Host['command'] })

/** Starts the app, of this checkout or of another folder, as an AppImage would. */
async function start({ root = ROOT, cache = join(folder.path, 'cache') }: { root?: string; cache?: string } = {}): Promise<RunningApp> {
  const host = await testHost()
  for (const path of [folder.path, cache]) give(path, host.desktop.account)
  app = await startApp(from(host, root), { profile, env: { MNEMO_UPDATES: resources, APPIMAGE: appImage, XDG_CACHE_HOME: cache, LANG: 'zh_CN.UTF-8' } })
  return app
}
/** Opens the update section of the settings. */
async function settings(running: RunningApp): Promise<Page> {
  const main = await running.window('main')
  await main.locator('form .button.primary').waitFor()
  await main.evaluate("window.mnemo.call(1, 'windows.openSettings')")
  const page = await running.window('settings')
  await page.locator('[data-test=update]').waitFor()
  return page
}
const at = (page: Page, state: string): Promise<void> => page.locator(`[data-test=update][data-at=${state}]`).waitFor()
/** Starts a check with the button, unless the app's own check, a minute after its start, has already found a release. */
async function check(page: Page): Promise<void> {
  const found = page.locator('[data-test=update]:is([data-at=loading], [data-at=ready])')
  await Promise.any([page.click('[data-test=update-check]'), found.waitFor()])
}
const until = async (fact: () => boolean): Promise<void> => expect.poll(fact).toBe(true)
const running = (): string => readFileSync(appImage, 'utf8')

test.skipIf(!here)('a tampered, unsigned, older or incomplete release is rejected, and the user is told why', async () => {
  const page = await settings(await start())
  for (const [bad, words] of [
    [{ signature: sign(null, Buffer.from('another'), privateKey).toString('base64') }, '签名'],
    [{ signature: 'no signature' }, '签名'],
    [{ body: program(NEW).replace('echo', 'evil') }, '不一致'],
    [{ breaksAt: 40 }, '中断']
  ] as const) {
    release = bad
    await page.click('[data-test=update-check]')
    await page.locator('[data-test=update][data-at=failed] [role=status]', { hasText: words }).waitFor()
    // the next test begins from a clean state
    release = { version: '0.0.1' }
    await page.click('[data-test=update-check]')
    await at(page, 'newest')
  }
  release = { staging: 0 }
  await page.click('[data-test=update-check]')
  await at(page, 'newest')
  expect(running()).toBe(program(OLD))
})

test.skipIf(!here || process.getuid?.() !== 0)('on a full disk nothing is downloaded, and the user is told so', async () => {
  const cache = join(folder.path, 'small')
  mkdirSync(cache)
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', cache]).status).toBe(0)
  try {
    const page = await settings(await start({ cache }))
    spawnSync('sh', ['-c', `head -c 1M /dev/zero > ${cache}/full`])
    release = { padding: 200_000 }
    await check(page)
    await page.locator('[data-test=update][data-at=failed] [role=status]', { hasText: '磁盘已满' }).waitFor()
    expect(running()).toBe(program(OLD))
  } finally {
    await app?.kill()
    app = null
    spawnSync('umount', ['-l', cache])
  }
})

test.skipIf(!here)('a good release is downloaded, installed at quit, and started; its notes are shown', async () => {
  const page = await settings(await start())
  await check(page)
  await at(page, 'ready')
  await page.locator('summary', { hasText: '新功能' }).click()
  expect(await page.locator('.notes').innerText()).toContain('搜索更快')
  expect(running()).toBe(program(OLD))
  const ended = once(app?.process ?? fail(), 'exit')
  await page.click('[data-test=update-restart]').catch(() => undefined)
  await ended
  app = null
  await until(() => existsSync(join(folder.path, `started-${NEW}`)))
  expect(running()).toBe(program(NEW))
  expect(readFileSync(join(folder.path, `started-${NEW}`), 'utf8')).toContain(`--profile=${profile}`)
})

/** This checkout as another version; `broken`: its pages show nothing. */
function versionFolder(version: string, broken: boolean): string {
  const root = join(folder.path, `version-${version}${broken ? '-broken' : ''}`)
  mkdirSync(root)
  const about = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as object
  writeFileSync(join(root, 'package.json'), JSON.stringify({ ...about, version }))
  cpSync(join(ROOT, 'out'), join(root, 'out'), { recursive: true })
  for (const name of ['node_modules', 'native', 'resources']) symlinkSync(join(ROOT, name), join(root, name))
  if (broken) writeFileSync(join(root, 'out/renderer/windows/main/index.html'), '<!doctype html><title>nothing</title>')
  return root
}

test.skipIf(!here)('a new version that works ends its trial; one that fails to start twice is replaced by the old one and not offered again', async () => {
  // the release of the previous test was installed
  expect(running()).toBe(program(NEW))
  const broken = versionFolder(NEW, true)
  for (let time = 0; time < 2; time++) {
    await (await start({ root: broken })).window('main')
    await app?.kill()
  }
  rmSync(join(folder.path, `started-${OLD}`), { force: true })
  const host = await testHost()
  give(folder.path, host.desktop.account)
  // the third start ends by itself, so there is no window to attach to
  await startApp(from(host, broken), {
    profile,
    alone: true,
    env: { MNEMO_UPDATES: resources, APPIMAGE: appImage, XDG_CACHE_HOME: join(folder.path, 'cache') }
  }).catch(() => undefined)
  await until(() => existsSync(join(folder.path, `started-${OLD}`)))
  expect(running()).toBe(program(OLD))

  const page = await settings(await start())
  await page.getByText(`Mnemo ${NEW} 连续两次启动失败`).waitFor()
  await check(page)
  await at(page, 'newest')
  release = { version: '99.0.1' }
  await check(page)
  await at(page, 'ready')
  await app?.quit()
  app = null
  expect(running()).toBe(program('99.0.1'))

  const main = await (await start({ root: versionFolder('99.0.1', false) })).window('main')
  await main.locator('form .button.primary').waitFor()
  await until(() => !existsSync(join(profile, 'updates/trial.json')))
})

const fail = (): never => {
  throw new Error('the app is not there')
}
