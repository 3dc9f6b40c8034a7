/**
 * Folders packed for Windows and macOS (npm run dist:check), around stand-ins for Electron: files with the same names, an empty executable and
 * property lists. What electron-builder adds is real, except for the search extension, which is this system's.
 */
import { getRawHeader } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { Platform } from 'electron-builder'
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeNotices } from '../../tools/dist/notices.ts'
import { pack } from '../../tools/dist/pack.ts'
import { icons, macStandIn, STAND_IN_VERSION, windowsStandIn } from '../support/electron-stand-ins.ts'
import { testFolder } from '../support/server.ts'

const ON = '1'.charCodeAt(0)
const folder = testFolder()
afterAll(() => folder.remove())

interface Packed {
  name: string
  standIn(folder: string): void
  platform: Platform
  /** Path in the output folder. */
  resources: string
  program: string
  binaries: string[]
  locales: [folder: string, expected: string[]]
  /** Hash of the archive's header that Electron compares at its start. */
  hash(output: string): string | undefined
}

const systems: Packed[] = [
  {
    name: 'Windows',
    standIn: windowsStandIn,
    platform: Platform.WINDOWS,
    resources: 'win-unpacked/resources',
    program: 'win-unpacked/Mnemo.exe',
    binaries: ['node_modules/better-sqlite3/prebuilds/win32-x64.node'],
    locales: ['win-unpacked/locales', ['en-US.pak', 'zh-CN.pak']],
    hash: (output) => /"file":"resources\\\\app\.asar","alg":"SHA256","value":"(\w+)"/i.exec(readFileSync(join(output, 'win-unpacked/Mnemo.exe'), 'latin1'))?.[1]
  },
  {
    name: 'macOS',
    standIn: macStandIn,
    platform: Platform.MAC,
    resources: 'mac/Mnemo.app/Contents/Resources',
    program: 'mac/Mnemo.app',
    binaries: ['node_modules/better-sqlite3/prebuilds/darwin-arm64.node', 'node_modules/better-sqlite3/prebuilds/darwin-x64.node'],
    locales: ['mac/Mnemo.app/Contents/Resources', ['en.lproj', 'zh_CN.lproj']],
    hash: (output) =>
      /<key>Resources\/app\.asar<\/key>\s*<dict>\s*<key>algorithm<\/key>\s*<string>SHA256<\/string>\s*<key>hash<\/key>\s*<string>(\w+)</.exec(
        readFileSync(join(output, 'mac/Mnemo.app/Contents/Info.plist'), 'utf8')
      )?.[1]
  }
]

interface Entry {
  files?: Record<string, Entry>
}
const paths = ({ files = {} }: Entry, at = ''): string[] =>
  Object.entries(files).flatMap(([name, entry]) => (entry.files === undefined ? [`${at}${name}`] : paths(entry, `${at}${name}/`)))

beforeAll(() => writeNotices())

test.each(systems)("$name: bundles, its own binary and the notices are packed; the fuses and the archive's hash are set", async (system) => {
  const dist = join(folder.path, `${system.name}-electron`)
  const output = join(folder.path, system.name)
  system.standIn(dist)
  const { ico, icns } = icons(folder.path)
  await pack({ dist, version: STAND_IN_VERSION, sqlite: null, forTests: false }, ['dir'], { output, platform: system.platform, settings: { win: { icon: ico }, mac: { icon: icns } } })
  const resources = join(output, system.resources)
  const { header, headerString } = getRawHeader(join(resources, 'app.asar'))
  const packed = paths(header as Entry)
  const bundle = /^(package\.json|out\/(main|preload|renderer)\/.+\.(js|cjs|css|html|svg|png|woff2|ico)|node_modules\/better-sqlite3\/(package\.json|lib\/.+\.js))$/
  expect(packed.filter((path) => !bundle.test(path)).sort()).toEqual(system.binaries)
  for (const file of ['out/main/index.js', 'node_modules/better-sqlite3/lib/index.js']) expect(packed).toContain(file)
  const beside = readdirSync(resources)
  for (const file of ['LICENSE.txt', 'THIRD-PARTY-NOTICES.txt', 'words.dat', 'native']) expect(beside).toContain(file)
  const [locales, expected] = system.locales
  expect(readdirSync(join(output, locales)).filter((name) => /\.(pak|lproj)$/.test(name)).sort()).toEqual(expected)

  const wire = await getCurrentFuseWire(join(output, system.program))
  expect(wire[FuseV1Options.RunAsNode]).not.toBe(ON)
  expect(wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]).toBe(ON)
  expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(ON)
  // a change of any file changes its hash in the header, and so the header's own
  expect(system.hash(output)).toBe(createHash('sha256').update(headerString).digest('hex'))
})
