import { expect, test } from 'vitest'
import { shortagesOf, type Found } from './shortages.ts'

const info = (features: string[], identities: Record<string, string>[] = []): Found['server'] => ({ features: new Set(features), identities, forms: [] })
const whole: Found = {
  server: info(['urn:xmpp:carbons:2', 'msgoffline']),
  account: info(['urn:xmpp:mam:2'], [{ category: 'pubsub', type: 'pep' }]),
  hasGroups: true,
  takesFiles: true
}

test.each([
  ['nothing is missing', whole, []],
  ['no archive', { ...whole, account: info([], [{ category: 'pubsub', type: 'pep' }]) }, ['archive']],
  [
    'neither an archive nor a place for messages of who is away',
    { ...whole, server: info(['urn:xmpp:carbons:2']), account: info([], [{ category: 'pubsub', type: 'pep' }]) },
    ['anything-kept']
  ],
  ['an archive does without the latter', { ...whole, server: info(['urn:xmpp:carbons:2']) }, []],
  ['no copies, but an archive', { ...whole, server: info(['msgoffline']) }, ['late-copies']],
  [
    'old servers say it of themselves',
    { ...whole, server: info(['urn:xmpp:carbons:2', 'urn:xmpp:mam:2'], [{ category: 'pubsub', type: 'pep' }]), account: info([]) },
    []
  ],
  ['a bare server', { server: info([]), account: info([]), hasGroups: false, takesFiles: false }, ['anything-kept', 'copies', 'storage', 'groups', 'files']]
] as [string, Found, string[]][])('%s', (_name, found, expected) => {
  expect(shortagesOf(found)).toEqual(expected)
})
