/** The packed app (npm run dist:check): its content, size and fuses, and a run of it. */
import { getRawHeader } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareSandbox, unprivileged } from '../../tools/start/account.ts'
import { startApp, type RunningApp } from '../../tools/start/drive.ts'
import { electronToPack, ROOT } from '../../tools/dist/electron.ts'
import { writeNotices } from '../../tools/dist/notices.ts'
import { pack } from '../../tools/dist/pack.ts'
import { testHost } from '../support/desktop.ts'
import { testFolder } from '../support/server.ts'

const PACKED = join(ROOT, 'dist/linux-unpacked')
const PROGRAM = join(PACKED, 'mnemo')
const RESOURCES = join(PACKED, 'resources')
/** Maximum size without Electron's own files, bytes. */
const MOST = 28_000_000

/** Value of an enabled fuse in the executable (https://github.com/electron/fuses). */
const ON = '1'.charCodeAt(0)

const folder = testFolder()
let app: RunningApp | null = null
beforeAll(async () => {
  writeNotices()
  await pack(electronToPack(), ['dir'])
}, 300_000)
afterAll(async () => {
  await app?.kill()
  folder.remove()
})

interface Entry {
  files?: Record<string, Entry>
}
const paths = ({ files = {} }: Entry, at = ''): string[] => Object.entries(files).flatMap(([name, entry]) => (entry.files === undefined ? [`${at}${name}`] : paths(entry, `${at}${name}/`)))

test('only what is needed is packed: the bundles, and better-sqlite3 with the binary of this system', () => {
  const packed = paths(getRawHeader(join(RESOURCES, 'app.asar')).header as Entry)
  const other = packed.filter((path) => !/^(package\.json|out\/(main|preload|renderer)\/.+\.(js|cjs|css|html|svg|png|woff2|ico)|node_modules\/better-sqlite3\/(package\.json|lib\/.+\.js))$/.test(path))
  expect(other).toEqual([`node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`])
  expect(packed).toContain('out/main/index.js')
})

test('without Electron it takes at most 28 MB, notices included', () => {
  const files = globSync('**/*', { cwd: RESOURCES }).filter((path) => statSync(join(RESOURCES, path)).isFile())
  expect(files).toContain('THIRD-PARTY-NOTICES.txt')
  expect(files).toContain('LICENSE.txt')
  const bytes = files.reduce((sum, path) => sum + statSync(join(RESOURCES, path)).size, 0)
  process.stdout.write(`packed beside Electron: ${(bytes / 1e6).toFixed(1)} MB\n`)
  expect(bytes).toBeLessThan(MOST)
})

test('the fuses of the packed executable', async () => {
  const wire = await getCurrentFuseWire(PROGRAM)
  const on = (option: FuseV1Options): boolean => wire[option] === ON
  expect({
    runAsNode: on(FuseV1Options.RunAsNode),
    cookieEncryption: on(FuseV1Options.EnableCookieEncryption),
    nodeOptions: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspect: on(FuseV1Options.EnableNodeCliInspectArguments),
    asarIntegrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    onlyAsar: on(FuseV1Options.OnlyLoadAppFromAsar),
    fileProtocol: on(FuseV1Options.GrantFileProtocolExtraPrivileges)
  }).toEqual({ runAsNode: false, cookieEncryption: true, nodeOptions: false, inspect: false, asarIntegrity: true, onlyAsar: true, fileProtocol: false })
})

test('the packed app opens its demo as an unprivileged user, and finds parts of words', async () => {
  const host = await testHost()
  const account = unprivileged([PROGRAM, join(RESOURCES, 'app.asar'), join(RESOURCES, 'words.dat')])
  prepareSandbox(join(PACKED, 'chrome-sandbox'), account)
  const [first, ...rest] = [...account.prefix, PROGRAM]
  app = await startApp({ ...host, command: [first ?? PROGRAM, ...rest], desktop: { ...host.desktop, account } }, { profile: join(folder.path, 'profile'), args: ['--demo', '--offline'] })
  const main = await app.window('main')
  await main.locator('.item').first().waitFor({ timeout: 60_000 })
  // parts of words, found only with the packed extension and dictionary
  for (const piece of ['华联', 'hone手机', 'メラ']) {
    await main.fill('[data-test=search]', piece)
    await main.locator('.hit mark').filter({ hasText: new RegExp(`^${piece}$`, 'i') }).first().waitFor({ timeout: 30_000 })
  }
  await app.quit()
  app = null
})
