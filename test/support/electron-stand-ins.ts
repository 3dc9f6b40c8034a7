/** Folders in place of an unpacked Electron for Windows and macOS: files with the same names, an empty executable and property lists. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ROOT } from '../../tools/dist/electron.ts'

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
export const STAND_IN_VERSION = '45.0.0'

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

export function windowsStandIn(folder: string): void {
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

export function macStandIn(folder: string): void {
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
export function icons(folder: string): { ico: string; icns: string } {
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
