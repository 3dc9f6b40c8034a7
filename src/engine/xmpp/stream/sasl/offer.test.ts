import { expect, test } from 'vitest'
import { ConnectionError } from '../../../net/problem.ts'
import { choose, MECHANISMS, type Circumstances, type MechanismName, type Offer } from './offer.ts'

const data = Buffer.from('channel')
const modern: Circumstances = {
  bindings: [
    { type: 'tls-exporter', data },
    { type: 'tls-server-end-point', data }
  ],
  security: 'starttls',
  pin: null,
  mayBeWeaker: false
}
const old: Circumstances = {
  ...modern,
  bindings: [
    { type: 'tls-unique', data },
    { type: 'tls-server-end-point', data }
  ]
}
const none: Circumstances = { ...modern, bindings: [] }
const offer = (mechanisms: string[], types: string[] | null = null): Offer => ({ mechanisms, all: mechanisms, types })
const said = (o: Offer, circumstances: Circumstances): string => {
  try {
    const { mechanism, binding, mustProveOffer } = choose(o, circumstances)
    return `${mechanism} ${binding.flag}${binding.flag === 'p' ? `=${binding.type}` : ''}${mustProveOffer ? ' proven' : ''}`
  } catch (error) {
    return error instanceof ConnectionError ? error.problem : String(error)
  }
}

test.each([
  ['the strongest of all', offer(['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512']), modern, 'SCRAM-SHA-512 y'],
  ['a bound channel before a longer hash', offer(['SCRAM-SHA-512', 'SCRAM-SHA-1-PLUS'], ['tls-exporter']), modern, 'SCRAM-SHA-1-PLUS p=tls-exporter'],
  ['the strongest type that both have', offer(['SCRAM-SHA-256-PLUS'], ['tls-server-end-point', 'tls-exporter']), modern, 'SCRAM-SHA-256-PLUS p=tls-exporter'],
  ['the one type that both have', offer(['SCRAM-SHA-256-PLUS'], ['tls-server-end-point', 'tls-unique']), modern, 'SCRAM-SHA-256-PLUS p=tls-server-end-point'],
  ['types that are not announced, TLS 1.2', offer(['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS']), old, 'SCRAM-SHA-256-PLUS p=tls-unique'],
  ['types that are not announced, TLS 1.3', offer(['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS']), modern, 'SCRAM-SHA-256 n'],
  ['no type that both have', offer(['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'], ['tls-new']), modern, 'SCRAM-SHA-256 n'],
  ['no type that both have, and nothing but -PLUS', offer(['SCRAM-SHA-256-PLUS'], ['tls-new']), modern, 'no-sign-in'],
  ['a channel that cannot be bound', offer(['SCRAM-SHA-256']), none, 'SCRAM-SHA-256 n'],
  ['only the other profile can bind', { ...offer(['SCRAM-SHA-256']), all: ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'] }, old, 'SCRAM-SHA-256 n'],
  ['nothing that is known', offer(['DIGEST-MD5', 'ANONYMOUS', 'EXTERNAL', 'SCRAM-SHA3-512']), modern, 'no-sign-in'],
  ['nothing', offer([]), modern, 'no-sign-in']
])('%s', (_name, o, circumstances, expected) => {
  expect(said(o, circumstances)).toBe(expected)
})

test('after each mechanism, each other one: PLAIN never after SCRAM, a weaker SCRAM only proven or wanted', () => {
  const types = ['tls-exporter']
  for (const [before, earlier] of MECHANISMS.entries())
    for (const [now, offered] of MECHANISMS.entries()) {
      const circumstances: Circumstances = { ...modern, pin: { mechanism: earlier, binding: null, security: 'starttls' } }
      const binding = offered.endsWith('-PLUS') ? 'p=tls-exporter' : 'y'
      const toPlain = offered === 'PLAIN' && earlier !== 'PLAIN'
      expect(said(offer([offered], types), circumstances), `${earlier} -> ${offered}`).toBe(
        toPlain ? 'password-in-plain' : `${offered} ${binding}${now > before ? ' proven' : ''}`
      )
      expect(said(offer([offered], types), { ...circumstances, mayBeWeaker: true })).toBe(toPlain ? 'password-in-plain' : `${offered} ${binding}`)
    }
})

test('over another connection method only the hash is compared', () => {
  const pin = (mechanism: MechanismName): Circumstances => ({ ...none, security: 'websocket', pin: { mechanism, binding: null, security: 'starttls' } })
  expect(said(offer(['SCRAM-SHA-512']), pin('SCRAM-SHA-512-PLUS'))).toBe('SCRAM-SHA-512 n')
  expect(said(offer(['SCRAM-SHA-256']), pin('SCRAM-SHA-512-PLUS'))).toBe('SCRAM-SHA-256 n proven')
  expect(said(offer(['PLAIN']), pin('SCRAM-SHA-1-PLUS'))).toBe('password-in-plain')
})

test('a type that binds only the certificate is weaker than one that binds the connection', () => {
  const both = offer(['SCRAM-SHA-256-PLUS'], ['tls-server-end-point'])
  const pin = (binding: string, security: 'starttls' | 'direct-tls' = 'starttls'): Circumstances => ({
    ...modern,
    pin: { mechanism: 'SCRAM-SHA-256-PLUS', binding, security }
  })
  expect(said(both, pin('tls-exporter'))).toBe('SCRAM-SHA-256-PLUS p=tls-server-end-point proven')
  expect(said(both, pin('tls-unique'))).toBe('SCRAM-SHA-256-PLUS p=tls-server-end-point proven')
  expect(said(both, pin('tls-server-end-point'))).toBe('SCRAM-SHA-256-PLUS p=tls-server-end-point')
  expect(said(both, pin('tls-exporter', 'direct-tls'))).toBe('SCRAM-SHA-256-PLUS p=tls-server-end-point')
  // an older TLS has another type of the same strength
  expect(said(offer(['SCRAM-SHA-256-PLUS']), { ...old, pin: { mechanism: 'SCRAM-SHA-256-PLUS', binding: 'tls-exporter', security: 'starttls' } })).toBe(
    'SCRAM-SHA-256-PLUS p=tls-unique'
  )
})
