/**
 * NSIS (https://nsis.sourceforge.io) as electron-builder expects it, of what Debian has: its makensis and own plug-ins, and stand-ins for the
 * plug-ins that electron-builder downloads. An installer made by it is complete but for their code.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, join } from 'node:path'

const DEBIAN = '/usr/share/nsis'
const PLUGINS = 'x86-unicode'
export const hasNsis = (): boolean => existsSync('/usr/bin/makensis') && existsSync('/usr/bin/i686-w64-mingw32-ld')

/** Folder of electron-builder's NSIS scripts. */
const templates = (): string =>
  createRequire(createRequire(import.meta.url).resolve('electron-builder'))
    .resolve('app-builder-lib/package.json')
    .replace('package.json', 'templates/nsis')

/** Functions that the scripts call, by plug-in; without those of Debian's plug-ins. */
function missingPlugins(): Map<string, Set<string>> {
  const known = new Set(readdirSync(join(DEBIAN, 'Plugins', PLUGINS)).map((name) => basename(name, '.dll')))
  const found = new Map<string, Set<string>>()
  for (const name of readdirSync(templates(), { recursive: true, encoding: 'utf8' })) {
    if (!/\.(nsi|nsh)$/.test(name)) continue
    for (const [, plugin = '', called = ''] of readFileSync(join(templates(), name), 'utf8').matchAll(/\b(\w+)::(\w+)/g))
      if (!known.has(plugin)) found.set(plugin, (found.get(plugin) ?? new Set()).add(called))
  }
  return found
}

/** A library whose functions do nothing. */
function writePlugin(folder: string, name: string, functions: Iterable<string>): void {
  const source = [...functions].flatMap((one) => [`.globl _${one}`, `_${one}: ret`, '.section .drectve', `.ascii " -export:${one}"`, '.text'])
  const object = join(folder, `${name}.o`)
  execFileSync('i686-w64-mingw32-as', ['-o', object], { input: ['.text', ...source, ''].join('\n') })
  execFileSync('i686-w64-mingw32-ld', ['--dll', '-e', '0', '-o', join(folder, PLUGINS, `${name}.dll`), object])
}

/**
 * Prepares NSIS below `folder`. Returns the environment for electron-builder: the folders of NSIS, and a PATH with a program in place of Wine.
 * Wine would run a program that writes the uninstaller; here that program takes the uninstaller's place.
 */
export function nsisEnvironment(folder: string): Record<string, string> {
  const nsis = join(folder, 'nsis')
  const resources = join(folder, 'nsis-resources')
  const programs = join(folder, 'bin')
  for (const made of [join(nsis, 'linux'), join(resources, 'plugins', PLUGINS), programs]) mkdirSync(made, { recursive: true })
  for (const name of readdirSync(DEBIAN)) symlinkSync(join(DEBIAN, name), join(nsis, name))
  symlinkSync('/usr/bin/makensis', join(nsis, 'linux/makensis'))
  writeFileSync(join(nsis, 'elevate.exe'), 'MZ')
  for (const [name, functions] of missingPlugins()) writePlugin(join(resources, 'plugins'), name, functions)
  writeFileSync(join(programs, 'wine'), '#!/bin/sh\ncp "$1" "${1%exe}__uninstaller.exe"\n')
  chmodSync(join(programs, 'wine'), 0o755)
  return { ELECTRON_BUILDER_NSIS_DIR: nsis, ELECTRON_BUILDER_NSIS_RESOURCES_DIR: resources, PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` }
}
