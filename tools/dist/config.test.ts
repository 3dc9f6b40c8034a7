/** Configuration of electron-builder; quick, since nothing is packed. */
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js'
import { DebugLogger } from 'builder-util'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './electron.ts'
import { notices } from './notices.ts'

const config = await getConfig(ROOT, 'electron-builder.yml', null)

test("the configuration is valid by electron-builder's schema, for all systems", async () => {
  await validateConfiguration(config, new DebugLogger(false))
  await expect(validateConfiguration({ ...config, linux: { target: ['deb'], summary: 'no such key' } } as typeof config, new DebugLogger(false))).rejects.toThrow(/configuration.linux/)
})

test('Windows gets a setup for one user or all, a portable program, and an MSIX package', () => {
  const targets = (config.win?.target as { target: string; arch: string[] }[]).map(({ target, arch }) => [target, ...arch])
  expect(targets).toEqual([
    ['nsis', 'x64', 'arm64'],
    ['portable', 'x64', 'arm64'],
    ['appx', 'x64', 'arm64']
  ])
  expect(config.nsis).toMatchObject({ oneClick: false, perMachine: false, allowElevation: true })
  expect(config.appx?.artifactName).toMatch(/\.msix$/)
  // fields that the Store and Windows compare: https://learn.microsoft.com/uwp/schemas/appxpackage/uapmanifestschema/element-identity
  expect(config.appx?.identityName).toMatch(/^[\w.-]{3,50}$/)
  expect(config.appx?.publisher).toMatch(/^CN=/)
})

test('fuses: only the packed app runs, without options from outside', () => {
  expect(config.electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false
  })
})

test('package.json has the fields of .deb and .rpm, and only one dependency is packed unbundled', () => {
  const app = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { homepage: string; author: { name: string; email: string }; desktopName: string; dependencies: object }
  expect(app).toMatchObject({ homepage: expect.stringMatching(/^https:/), author: { name: expect.any(String), email: expect.stringContaining('@') }, desktopName: 'mnemo.desktop' })
  expect(Object.keys(app.dependencies)).toEqual(['better-sqlite3'])
})

test('every bundled library has a notice with its licence text', () => {
  const all = notices()
  const names = all.map(({ name }) => name)
  for (const name of ['@vue/runtime-core', 'zod', '@xmpp/client', 'SQLite', 'better-sqlite3-multiple-ciphers', 'cppjieba and its dictionaries']) expect(names).toContain(name)
  for (const { name, license, text } of all) {
    expect(license, name).toMatch(/^(MIT|ISC|Apache-2\.0|BSD-\d-Clause|0BSD|Unicode-3\.0|Public domain|MPL-2\.0|CC0-1\.0|BlueOak-1\.0\.0|\(?MIT)/)
    expect(text.length, name).toBeGreaterThan(100)
  }
})
