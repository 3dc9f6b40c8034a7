import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkSignature } from '../../src/main/updates/signature.ts'
import { updateSource } from '../../src/main/updates/source.ts'
import { temporaryFolder } from '../../test/support/files.ts'
import { notesOf, signAnnouncements, updateServer, writeSource } from './updates.ts'

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const env = { MNEMO_UPDATES_URL: 'https://mnemo.example/updates', MNEMO_UPDATES_PAGE: 'https://mnemo.example/download', MNEMO_UPDATES_KEY: pem }

test("the app accepts a release's signature, and knows its server", () => {
  using folder = temporaryFolder()
  const server = updateServer(env)
  if (server === null) throw new Error('no server')
  writeSource(folder.path, server)
  writeFileSync(join(folder.path, 'app-update.yml'), '')
  for (const name of ['latest.yml', 'latest-linux.yml', 'latest-linux-arm64.yml', 'beta-mac.yml', 'builder-debug.yml']) writeFileSync(join(folder.path, name), `version: 1.0.0 # ${name}\n`)
  const signed = signAnnouncements(folder.path, server)
  expect(signed.map((file) => file.slice(folder.path.length + 1)).sort()).toEqual(['beta-mac.yml.sig', 'latest-linux-arm64.yml.sig', 'latest-linux.yml.sig', 'latest.yml.sig'])
  const source = updateSource(folder.path)
  expect(source).toMatchObject({ url: env.MNEMO_UPDATES_URL, page: env.MNEMO_UPDATES_PAGE })
  for (const file of signed) expect(() => checkSignature(readFileSync(file.slice(0, -4), 'utf8'), readFileSync(file, 'utf8'), source?.key ?? '')).not.toThrow()
})

test('an incomplete server, one without https, or another kind of key stops the release', () => {
  expect(updateServer({})).toBeNull()
  for (const change of [{ MNEMO_UPDATES_URL: '' }, { MNEMO_UPDATES_URL: 'http://mnemo.example/' }, { MNEMO_UPDATES_PAGE: '' }, { MNEMO_UPDATES_KEY: '' }, { MNEMO_UPDATES_KEY: 'no key' }])
    expect(() => updateServer({ ...env, ...change }), JSON.stringify(change)).toThrow()
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  expect(() => updateServer({ ...env, MNEMO_UPDATES_KEY: rsa })).toThrow(/Ed25519/)
})

test('notes of a version are its section of the changelog', () => {
  const log = '# Changelog\n\n## Unreleased\n\n- newest\n\n## 0.2.0 (2026-12-01)\n\n- 搜索更快\n- two\n\n## 0.1.0\n\n- first\n'
  expect(notesOf(log, '0.2.0')).toBe('- 搜索更快\n- two')
  expect(notesOf(log, '0.3.0')).toBe('- newest')
  expect(notesOf('# Changes\n\n## Not released yet\n\nThe first version\n', '0.1.0')).toBe('The first version')
  expect(notesOf('# Changelog\n', '0.3.0')).toBe('')
})
