/**
 * Folders packed for Windows and macOS (npm run dist:check), around stand-ins for Electron: files with the same names, an empty executable and
 * property lists. What electron-builder adds is real, except for the search extension, which is this system's.
 */
import { getRawHeader } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { Platform } from 'electron-builder'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../tools/dist/electron.ts'
import { writeNotices } from '../../tools/dist/notices.ts'
import { pack } from '../../tools/dist/pack.ts'
import { testFolder } from '../support/server.ts'

interface Resources {
  entries: object[]
  outputResource(executable: object): void
}
/** Library that electron-builder uses to read and write Windows executables. */
const { NtExecutable, NtExecutableResource, Resource } = createRequire(createRequire(import.meta.url).resolve('app-builder-lib'))('resedit') as {
  NtExecutable: { createEmpty(is32Bit: boolean, isLibrary: boolean): { generate(): ArrayBuffer }; from(bytes: Buffer): object }
  NtExecutableResource: { from(executable: object): Resources }
  Resource: { VersionInfo: { create(info: object): { outputToResourceEntries(entries: object[]): void } } }
}

/** Eight fuses that are all off, as in Electron's executable (https://github.com/electron/fuses). */
const FUSES = Buffer.concat([Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'), Buffer.from([1, 8]), Buffer.from('00000000')])
const ON = '1'.charCodeAt(0)
const VERSION = '45.0.0'

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

function windowsStandIn(folder: string): void {
  const executable = NtExecutable.createEmpty(false, false)
  const resources = NtExecutableResource.from(executable)
  const language = { lang: 1033, codepage: 1200 }
  const info = Resource.VersionInfo.create({ ...language, fixedInfo: {}, strings: [{ ...language, values: { ProductName: 'Electron' } }] })
  info.outputToResourceEntries(resources.entries)
  resources.entries.push({ type: 'STANDIN', id: 1, ...language, bin: Uint8Array.from(FUSES).buffer })
  resources.outputResource(executable)
  put(join(folder, 'electron.exe'), Buffer.from(executable.generate()))
  for (const locale of ['en-US', 'zh-CN', 'de']) put(join(folder, `locales/${locale}.pak`), '')
  mkdirSync(join(folder, 'resources'))
}

function macStandIn(folder: string): void {
  const plist = (name: string): string =>
    `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>CFBundleName</key><string>${name}</string></dict></plist>`
  const contents = join(folder, 'Electron.app/Contents')
  const frameworks = join(contents, 'Frameworks')
  put(join(contents, 'Info.plist'), plist('Electron'))
  put(join(contents, 'MacOS/Electron'), '')
  for (const locale of ['en', 'zh_CN', 'de']) put(join(contents, `Resources/${locale}.lproj/InfoPlist.strings`), '')
  put(join(frameworks, 'Electron Framework.framework/Electron Framework'), FUSES)
  put(join(frameworks, 'Electron Framework.framework/Versions/A/Resources/en.lproj/locale.pak'), '')
  for (const part of ['', ' (GPU)', ' (Plugin)', ' (Renderer)']) {
    put(join(frameworks, `Electron Helper${part}.app/Contents/Info.plist`), plist(`Electron Helper${part}`))
    put(join(frameworks, `Electron Helper${part}.app/Contents/MacOS/Electron Helper${part}`), '')
  }
}

/** Icon files of Windows and macOS around a picture: electron-builder would download a program to make them. */
function icons(folder: string): { ico: string; icns: string } {
  const picture = readFileSync(join(ROOT, 'build/icon.png'))
  const directory = Buffer.alloc(22)
  directory.writeUInt16LE(1, 2)
  directory.writeUInt16LE(1, 4)
  directory.writeUInt32LE(picture.length, 14)
  directory.writeUInt32LE(directory.length, 18)
  const block = Buffer.alloc(16)
  block.write('icns', 0)
  block.writeUInt32BE(picture.length + 16, 4)
  block.write('ic10', 8)
  block.writeUInt32BE(picture.length + 8, 12)
  const made = { ico: join(folder, 'icon.ico'), icns: join(folder, 'icon.icns') }
  put(made.ico, Buffer.concat([directory, picture]))
  put(made.icns, Buffer.concat([block, picture]))
  return made
}

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
  await pack({ dist, version: VERSION, sqlite: null, forTests: false }, ['dir'], { output, platform: system.platform, settings: { win: { icon: ico }, mac: { icon: icns } } })
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
