/** No server leads a request into a private network other than our own server's, by whatever redirect, name or spelling of an address. */
import type * as dns from 'node:dns/promises'
import { lookup } from 'node:dns/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { selfSigned } from '../../../test/support/certificate.ts'
import { startPages, type WebPage } from '../../../test/support/pages.ts'
import { AddressRefused, get, type PrivateAccess } from './http.ts'

// the system's resolver, with two names more
vi.mock('node:dns/promises', async (original) => {
  const real = await original<typeof dns>()
  const names: Record<string, string> = { 'files.example.org': '127.0.0.1', 'printer.example.com': '127.0.0.2' }
  return { ...real, lookup: (name: string, options: { all: true }) => real.lookup(names[name] ?? name, options) }
})

const OWN = '127.0.0.1'
const OTHER = '127.0.0.2'
const access: PrivateAccess = { address: OWN, domain: 'example.org' }
type Pages = Awaited<ReturnType<typeof startPages>>
let own: Pages
let other: Pages
let trustedFingerprint = ''
/** Pages of our own server; those that redirect are added by the tests. */
const pages: Record<string, WebPage> = { '/file': { type: 'text/plain', body: 'of our server' } }

beforeAll(async () => {
  const { key, cert, fingerprint } = selfSigned()
  trustedFingerprint = fingerprint
  own = await startPages({ key, cert }, pages)
  other = await startPages({ key, cert }, { '/secret': { type: 'text/plain', body: 'of a device' } }, OTHER)
})
afterAll(() => {
  own.close()
  other.close()
})

const portOf = ({ origin }: Pages): string => new URL(origin).port
async function read(address: string, privateAccess: PrivateAccess = access, proxy: string | null = null): Promise<string> {
  const { body } = await get(address, { trustedFingerprint, privateAccess, proxy, signal: AbortSignal.timeout(20_000) })
  let text = ''
  for await (const chunk of body.setEncoding('utf8')) text += chunk
  return text
}

test('files of our own server are fetched where it is: at its address, and at hosts of its domain', async () => {
  for (const host of [OWN, 'localhost', 'files.example.org']) expect(await read(`https://${host}:${portOf(own)}/file`)).toBe('of our server')
  pages['/moved'] = { type: '', body: '', redirect: `https://files.example.org:${portOf(own)}/file` }
  expect(await read(`https://${OWN}:${portOf(own)}/moved`)).toBe('of our server')
})

/** The same device in the spellings that the URL standard knows, and by name. */
const spellings = (): string[] => [OTHER, '2130706434', '0x7f.2', '0177.0.0.2', '127.2', '[::ffff:127.0.0.2]', '[::ffff:7f00:2]', 'printer.example.com']
const elsewhere = [
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '[::1]',
  '[fe80::1]',
  '[fd00::1]',
  '[64:ff9b::a9fe:a9fe]',
  '0.0.0.0'
]

test.each([false, true])('other private addresses are not requested, redirected: %s', async (redirected) => {
  expect((await lookup('printer.example.com', { all: true })).map(({ address }) => address)).toEqual([OTHER])
  for (const host of [...spellings(), ...elsewhere]) {
    const goal = `https://${host}:${portOf(other)}/secret`
    pages['/leads'] = { type: '', body: '', redirect: goal }
    await expect(read(redirected ? `https://localhost:${portOf(own)}/leads` : goal), host).rejects.toThrow(AddressRefused)
  }
  expect(other.asked).toEqual([])
  // the device would answer
  expect(await read(`https://${OTHER}:${portOf(other)}/secret`, 'any')).toBe('of a device')
  other.asked.length = 0
})

test('a domain whose name only ends like that of our server is another one', async () => {
  for (const domain of ['er.example.com', 'xample.com', 'com.', ''])
    await expect(read(`https://printer.example.com:${portOf(other)}/secret`, { address: OWN, domain }), domain).rejects.toThrow(AddressRefused)
  expect(other.asked).toEqual([])
})

test('where our server is in no private network, none is requested; nor is one through a proxy', async () => {
  await expect(read(`https://${OWN}:${portOf(own)}/file`, 'none')).rejects.toThrow(AddressRefused)
  for (const host of ['10.0.0.1', '[::1]', OTHER])
    await expect(read(`https://${host}/secret`, { address: null, domain: 'example.org' }, 'socks5://127.0.0.1:1'), host).rejects.toThrow(AddressRefused)
})
