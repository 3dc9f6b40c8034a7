/**
 * Windows installers (npm run dist:check): electron-builder's NSIS script with Mnemo's settings, compiled by Debian's makensis around a stand-in
 * for Electron. Stand-ins for the plug-ins that electron-builder downloads do nothing, so that the installers are read, not run.
 */
import { Platform } from 'electron-builder'
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { writeNotices } from '../../tools/dist/notices.ts'
import { findProgram, pack } from '../../tools/dist/pack.ts'
import { icons, STAND_IN_VERSION, windowsStandIn } from '../support/electron-stand-ins.ts'
import { hasNsis, nsisEnvironment } from '../support/nsis.ts'
import { testFolder } from '../support/server.ts'

const folder = testFolder()
const zip = findProgram(['7zz', '7z']) ?? ''
const canRun = hasNsis() && zip !== ''
const output = join(folder.path, 'dist')
/** Names of the files in an archive or installer. */
const listed = (path: string): string[] =>
  execFileSync(zip, ['l', '-slt', path], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.startsWith('Path = '))
    .slice(1)
    .map((line) => line.slice('Path = '.length).replaceAll('\\', '/'))

beforeAll(async () => {
  if (!canRun) return
  writeNotices()
  const dist = join(folder.path, 'electron')
  windowsStandIn(dist)
  for (const [name, value] of Object.entries(nsisEnvironment(folder.path))) vi.stubEnv(name, value)
  vi.stubEnv('ELECTRON_BUILDER_7ZIP_PATH', zip)
  const settings = { win: { icon: icons(folder.path).ico } }
  await pack({ dist, version: STAND_IN_VERSION, sqlite: null, forTests: false }, ['nsis', 'portable'], { output, platform: Platform.WINDOWS, settings })
})
afterAll(() => {
  vi.unstubAllEnvs()
  folder.remove()
})

test.skipIf(!canRun)('the setup holds the app of its system, and an uninstaller', () => {
  const [setup = ''] = readdirSync(output).filter((name) => /^Mnemo-Setup-.*\.exe$/.test(name))
  expect(setup).toMatch(/^Mnemo-Setup-\d+\.\d+\.\d+-x64\.exe$/)
  const files = listed(join(output, setup))
  expect(files).toEqual(expect.arrayContaining(['$PLUGINSDIR/app-64.7z', expect.stringMatching(/uninstall/i)]))
  execFileSync(zip, ['x', '-y', `-o${join(folder.path, 'setup')}`, join(output, setup)])
  const app = listed(join(folder.path, 'setup/$PLUGINSDIR/app-64.7z'))
  expect(app).toEqual(expect.arrayContaining(['Mnemo.exe', 'resources/app.asar', 'resources/words.dat', 'resources/THIRD-PARTY-NOTICES.txt']))
})

test.skipIf(!canRun)('the portable program holds the app too, and installs nothing', () => {
  const [portable = ''] = readdirSync(output).filter((name) => /^Mnemo-Portable-.*\.exe$/.test(name))
  const files = listed(join(output, portable))
  expect(files).toEqual(expect.arrayContaining(['$PLUGINSDIR/app-64.7z']))
  expect(files.join()).not.toMatch(/uninstall/i)
})
