import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { ConnectionError } from '../../../net/problem.ts'
import { offerHash, prepared, Scram, type Binding, type ScramHash, type ScramOptions } from './scram.ts'

const plain: ScramOptions = {
  hash: 'sha256',
  username: 'user',
  password: 'pencil',
  binding: { flag: 'n' },
  offered: { mechanisms: ['SCRAM-SHA-256'], types: null },
  nonce: 'rOprNGfwEbeRWgbNEkqO'
}

test('RFC 5802 section 5: SCRAM-SHA-1', async () => {
  const scram = new Scram({ ...plain, hash: 'sha1', nonce: 'fyko+d2lbbFgONRv9qkxdawL' })
  expect(scram.first()).toBe('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL')
  expect(await scram.final('r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096')).toBe(
    'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts='
  )
  scram.verify('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=')
  expect(scram.verified).toBe(true)
})

test('RFC 7677 section 3: SCRAM-SHA-256', async () => {
  const scram = new Scram(plain)
  expect(scram.first()).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO')
  expect(await scram.final('r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096')).toBe(
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='
  )
  scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
  expect(scram.verified).toBe(true)
})

/** RFC 5802 server that checks each part independently. */
function serve(hash: ScramHash, password: string, clientFirst: string, { salt = Buffer.from('salt of the server'), rounds = 4096, extra = '' } = {}) {
  const bare = /^(?:n|y|p=[^,]*),[^,]*,(.*)$/.exec(clientFirst)?.[1] ?? ''
  const nonce = `${/r=([^,]*)/.exec(bare)?.[1] ?? ''}SERVER`
  const first = `r=${nonce},s=${salt.toString('base64')},i=${rounds}${extra}`
  const salted = pbkdf2Sync(password, salt, rounds, createHash(hash).digest().length, hash)
  const mac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
  const stored = createHash(hash).update(mac(salted, 'Client Key')).digest()
  return {
    first,
    /** Bound channel data, and the server's answer: null if the client's proof is wrong. */
    finish(clientFinal: string): { channel: Buffer; answer: string | null } {
      const [, unproven = '', channel = '', proof = ''] = /^(c=([^,]*),r=[^,]*),p=(.*)$/.exec(clientFinal) ?? []
      const whole = `${bare},${first},${unproven}`
      const signature = mac(stored, whole)
      const key = Buffer.from(proof, 'base64').map((byte, at) => byte ^ (signature[at] ?? 0))
      const right = createHash(hash).update(key).digest().equals(stored)
      return { channel: Buffer.from(channel, 'base64'), answer: right ? `v=${mac(mac(salted, 'Server Key'), whole).toString('base64')}` : null }
    }
  }
}

const bound: Binding = { flag: 'p', type: 'tls-exporter', data: Buffer.from([0, 1, 0x2c, 0xff, 0xfe]) }

test.each(['sha1', 'sha256', 'sha512'] as const)('%s with and without a bound channel, and odd names and passwords', async (hash) => {
  for (const binding of [bound, { flag: 'y' }, { flag: 'n' }] as const)
    for (const [username, password, stored] of [
      ['小明', '密码 ñ', '密码 ñ'],
      ['a,b=c', 'I\u00ADX', 'IX'],
      ['x', '\u2168', 'IX'],
      ['y', 'a\u00A0b', 'a b']
    ] as const) {
      const scram = new Scram({ ...plain, hash, username, password, binding })
      const server = serve(hash, stored, scram.first())
      const { channel, answer } = server.finish(await scram.final(server.first))
      expect(answer).not.toBeNull()
      expect(channel).toEqual(
        Buffer.concat([Buffer.from(binding.flag === 'p' ? 'p=tls-exporter,,' : `${binding.flag},,`), binding.flag === 'p' ? binding.data : Buffer.alloc(0)])
      )
      scram.verify(answer ?? '')
      expect(scram.verified).toBe(true)
    }
})

test('SASLprep as in RFC 4013 section 3; forbidden texts stay unchanged', () => {
  expect(['I\u00ADX', 'user', 'USER', '\u00AA', '\u2168'].map(prepared)).toEqual(['IX', 'user', 'USER', 'a', 'IX'])
  expect(prepared('\u0007')).toBe('\u0007')
  expect(prepared('\u06271')).toBe('\u06271')
  expect(prepared('🔑 key')).toBe('🔑 key')
})

const problemOf = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work()
  } catch (error) {
    return error instanceof ConnectionError ? error.problem : String(error)
  }
  return 'none'
}

test('a server that does not know the password is not believed', async () => {
  const scram = new Scram(plain)
  const server = serve('sha256', 'another', scram.first())
  await scram.final(server.first)
  for (const final of ['v=', 'v=AAAA', `v=${Buffer.alloc(32).toString('base64')}`, 'x=1'])
    expect(await problemOf(async () => scram.verify(final))).toBe('not-the-server')
  expect(scram.verified).toBe(false)
  // a server's signature before the handshake
  expect(await problemOf(async () => new Scram(plain).verify('v='))).toBe('not-the-server')
})

test.each([
  ['r=another,s=AAAA,i=4096', 'not-the-server'],
  ['r=rOprNGfwEbeRWgbNEkqO,s=AAAA,i=4096', 'not-the-server'],
  ['r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=1', 'server-error'],
  ['r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4095', 'server-error'],
  ['r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=9999999999', 'server-error'],
  ['r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=1e9', 'server-error'],
  ['r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096', 'server-error'],
  ['r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4096,i=4097', 'server-error'],
  ['m=x,r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4096', 'server-error'],
  ['', 'server-error'],
  ['e=channel-bindings-dont-match', 'offer-changed'],
  ['e=unknown-user', 'wrong-password']
])('%s: %s', async (first, problem) => {
  expect(await problemOf(() => new Scram(plain).final(first))).toBe(problem)
})

test('XEP-0474: the hash of its example, and an offer that was changed on its way', async () => {
  const offered = { mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'], types: ['tls-server-end-point', 'tls-exporter'] }
  expect(offerHash('sha1', offered)).toBe('G6k/rBLDqgOhRRaCuuatSDFkJ08=')
  const offers: [ScramOptions['offered'], string][] = [
    [offered, 'none'],
    [{ ...offered, mechanisms: ['SCRAM-SHA-1'] }, 'offer-changed'],
    [{ ...offered, mechanisms: [...offered.mechanisms, 'PLAIN'] }, 'offer-changed'],
    [{ ...offered, types: ['tls-server-end-point'] }, 'offer-changed'],
    [{ ...offered, types: null }, 'offer-changed']
  ]
  for (const [seen, problem] of offers) {
    const scram = new Scram({ ...plain, hash: 'sha1', offered: seen })
    const server = serve('sha1', 'pencil', scram.first(), { extra: ',h=G6k/rBLDqgOhRRaCuuatSDFkJ08=' })
    expect(await problemOf(() => scram.final(server.first)), JSON.stringify(seen)).toBe(problem)
  }
  const weaker = new Scram({ ...plain, mustProveOffer: true })
  expect(await problemOf(() => weaker.final(serve('sha256', 'pencil', weaker.first()).first))).toBe('weaker-sign-in')
})
