import { generateKeyPairSync, sign } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/files.ts'
import { problemOf } from './problem.ts'
import { checkSignature, SignatureError } from './signature.ts'
import { installation, updateSource } from './source.ts'
import { MOST_STARTS, Trials } from './trial.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const signed = (text: string): string => sign(null, Buffer.from(text), privateKey).toString('base64')

test("an announcement is accepted only unchanged and signed by the build's key", () => {
  const text = 'version: 0.2.0\nsha512: abc\n'
  expect(() => checkSignature(text, `${signed(text)}\n`, key)).not.toThrow()
  for (const [words, signature] of [
    [`${text} `, signed(text)],
    [text.replace('0.2.0', '0.2.1'), signed(text)],
    [text, ''],
    [text, 'no base64 !'],
    [text, signed('x')],
    [text, signed(text).slice(0, -4)]
  ] as const)
    expect(() => checkSignature(words, signature, key)).toThrow(SignatureError)
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()
  expect(() => checkSignature(text, signed(text), other)).toThrow(SignatureError)
})

test('kinds of installations: those that replace themselves, and those replaced by others', () => {
  expect(installation('linux', { APPIMAGE: '/home/a/Mnemo.AppImage' })).toBe('appimage')
  for (const env of [{}, { APPIMAGE: '' }]) expect(installation('linux', env)).toBe('by-hand')
  expect(installation('win32', {})).toBe('nsis')
  expect(installation('win32', { PORTABLE_EXECUTABLE_DIR: 'C:\\' })).toBe('by-hand')
  expect(installation('win32', {}, true)).toBe('by-hand')
  expect(installation('darwin', { APPIMAGE: '/x' })).toBe('mac')
})

test('a build without a server has no updates; an incomplete configuration is an error', () => {
  using folder = temporaryFolder()
  expect(updateSource(null)).toBeNull()
  expect(updateSource(folder.path)).toBeNull()
  writeFileSync(join(folder.path, 'app-update.yml'), 'provider: generic\n')
  writeFileSync(join(folder.path, 'updates.json'), JSON.stringify({ url: 'https://mnemo.example/updates/', page: 'https://mnemo.example/', key }))
  expect(updateSource(folder.path)).toMatchObject({ url: 'https://mnemo.example/updates/', config: join(folder.path, 'app-update.yml') })
  writeFileSync(join(folder.path, 'updates.json'), JSON.stringify({ url: 'file:///etc', page: 'https://mnemo.example/', key }))
  expect(() => updateSource(folder.path)).toThrow()
})

test('codes of electron-updater, Node and Chromium map to problems', () => {
  const of = (about: object): string => problemOf(Object.assign(new Error('x'), about))
  expect(of({ code: 'ERR_CHECKSUM_MISMATCH' })).toBe('checksum')
  expect(of({ code: 'ERR_UPDATER_INVALID_SIGNATURE' })).toBe('signature')
  expect(of({ code: 'ENOSPC' })).toBe('full')
  for (const about of [
    { statusCode: 503 },
    { message: 'net::ERR_CONNECTION_REFUSED' },
    { code: 'ECONNRESET' },
    { code: 'ENOTFOUND' },
    { message: 'Request has been aborted by the server' }
  ])
    expect(of(about), JSON.stringify(about)).toBe('network')
  for (const about of [{ code: 'EACCES' }, { code: 'ERR_UPDATER_INVALID_VERSION' }, {}]) expect(of(about)).toBe('other')
})

/** A program of one file, installed and as a copy, with its trial. */
function installed(folder: string, schema = 3) {
  const target = join(folder, 'Mnemo.AppImage')
  const profile = join(folder, 'profile')
  mkdirSync(profile)
  const trials = new Trials(profile)
  mkdirSync(trials.folder)
  const kept = join(trials.folder, 'kept')
  writeFileSync(kept, 'old')
  trials.plan({ from: '0.1.0', to: '0.2.0', notes: 'new', schema, kept, target })
  writeFileSync(target, 'new')
  return { trials, target, kept }
}

test('a version that shows its list passes its trial: the copy of the old one is deleted', () => {
  using folder = temporaryFolder()
  const { trials, kept, target } = installed(folder.path)
  expect(trials.begin('0.2.0')).toMatchObject({ kind: 'trial', trial: { starts: 1 } })
  trials.passed()
  expect(existsSync(kept)).toBe(false)
  expect(trials.begin('0.2.0')).toEqual({ kind: 'usual' })
  expect(readFileSync(target, 'utf8')).toBe('new')
  expect(trials.refused).toBeNull()
})

test('a version that failed to start twice is replaced by the old one, and remembered as refused', () => {
  using folder = temporaryFolder()
  const { trials, target, kept } = installed(folder.path)
  for (let start = 1; start <= MOST_STARTS; start++) expect(trials.begin('0.2.0').kind).toBe('trial')
  const begun = trials.begin('0.2.0')
  if (begun.kind !== 'return') throw new Error(begun.kind)
  trials.giveBack(begun.trial)
  expect(readFileSync(target, 'utf8')).toBe('old')
  expect(existsSync(kept)).toBe(false)
  expect(trials.refused).toBe('0.2.0')
  expect(trials.begin('0.1.0')).toEqual({ kind: 'usual' })
})

test('a version that has migrated the store is kept: the old one could not read it', () => {
  using folder = temporaryFolder()
  const { trials } = installed(folder.path, 3)
  trials.begin('0.2.0')
  trials.opened(4)
  for (let start = 0; start < 4; start++) expect(trials.begin('0.2.0').kind).toBe('trial')
  using same = temporaryFolder()
  const unchanged = installed(same.path, 3).trials
  unchanged.begin('0.2.0')
  unchanged.opened(3)
  unchanged.begin('0.2.0')
  expect(unchanged.begin('0.2.0').kind).toBe('return')
})

test('the old version starts as usual until the new one is installed; a program lost by an installation is restored', () => {
  using folder = temporaryFolder()
  const { trials, target } = installed(folder.path)
  expect(trials.begin('0.1.0')).toEqual({ kind: 'usual' })
  trials.mend()
  expect(readFileSync(target, 'utf8')).toBe('new')
  writeFileSync(join(folder.path, 'x'), '')
  using lost = temporaryFolder()
  const other = new Trials(lost.path)
  mkdirSync(other.folder)
  writeFileSync(join(other.folder, 'kept'), 'old')
  other.plan({ from: '0.1.0', to: '0.2.0', notes: null, schema: 3, kept: join(other.folder, 'kept'), target: join(lost.path, 'Mnemo.AppImage') })
  other.mend()
  expect(readFileSync(join(lost.path, 'Mnemo.AppImage'), 'utf8')).toBe('old')
})

test.each(['', '{', '{"to":5}', 'null', `{"to":"0.2.0","starts":-1}`])('unreadable trial state (%s) does not prevent a start', (text) => {
  using folder = temporaryFolder()
  const trials = new Trials(folder.path)
  mkdirSync(trials.folder)
  writeFileSync(join(trials.folder, 'trial.json'), text)
  writeFileSync(join(trials.folder, 'refused.json'), text)
  expect(trials.begin('0.2.0')).toEqual({ kind: 'usual' })
  expect(trials.refused).toBeNull()
})
