import { beforeAll, expect, test } from 'vitest'
import { ConnectionProblem } from '../../contract/domain.ts'
import { ImportProblem } from '../../contract/history-files.ts'
import { CallErrorCode } from '../../contract/ipc.ts'
import { CallFailed } from '../bridge.ts'
import { connectionProblem, failure, i18n, refusal } from './index.ts'

beforeAll(() => void (i18n.global.missingWarn = false))

/** Text without bidirectional isolates. */
const plain = (text: string): string => text.replace(/[\u2068\u2069]/g, '')

test("every failure reported by the main process is shown in the reader's language", () => {
  const reasons = [...ImportProblem.options, 'full', 'damaged', 'disk', 'thread', 'other'] as const
  for (const language of ['en', 'zh-CN', 'zh-TW', 'ja'] as const) {
    i18n.global.locale.value = language
    const said = [
      failure(new Error('boom')),
      ...CallErrorCode.options.map((code) =>
        failure(new CallFailed({ code, message: code === 'refused' ? 'forbidden' : 'SQLITE_FULL: database or disk is full' }))
      ),
      failure(new CallFailed({ code: 'transfer', message: 'in English', reason: 'full', stopped: { imported: 31_998, total: 60_000 } })),
      ...reasons.map((reason) => failure(new CallFailed({ code: 'transfer', message: 'in English', reason, file: '记录.csv', line: 3 })))
    ]
    for (const text of said) {
      expect(text).not.toMatch(/SQLITE|boom|in English|failure\.|problem\./)
      if (language !== 'en') expect(text.replace(/Mnemo|csv|server\.org|name@/g, '')).not.toMatch(/[A-Za-z]{3}/)
    }
  }
  i18n.global.locale.value = 'en'
  expect(plain(failure(new CallFailed({ code: 'transfer', message: '', reason: 'broken', file: 'chat.json', line: 7 })))).toBe(
    '“chat.json” is damaged or incomplete (line 7). Nothing was imported.'
  )
  expect(plain(failure(new CallFailed({ code: 'transfer', message: '', reason: 'broken', file: 'chat.json', line: null })))).toBe(
    '“chat.json” is damaged or incomplete. Nothing was imported.'
  )
  expect(plain(failure(new CallFailed({ code: 'transfer', message: '', reason: 'full' })))).toMatch(/no room/)
  expect(failure(new CallFailed({ code: 'transfer', message: '', reason: 'full', stopped: { imported: 31_998, total: 60_000 } }))).toMatch(
    /no room.* Imported: 31,998 of 60,000\./
  )
})

/** RFC 6120 sections 4.9.3, 6.5 and 8.3.3. */
const STREAM = [
  'bad-format',
  'bad-namespace-prefix',
  'connection-timeout',
  'host-gone',
  'improper-addressing',
  'internal-server-error',
  'invalid-from',
  'invalid-namespace',
  'invalid-xml',
  'not-authorized',
  'not-well-formed',
  'policy-violation',
  'remote-connection-failed',
  'reset',
  'resource-constraint',
  'restricted-xml',
  'see-other-host',
  'system-shutdown',
  'undefined-condition',
  'unsupported-encoding',
  'unsupported-feature',
  'unsupported-stanza-type',
  'unsupported-version'
]
const SASL = ['aborted', 'encryption-required', 'incorrect-encoding', 'invalid-mechanism', 'mechanism-too-weak', 'temporary-auth-failure']
const STANZA = [
  'bad-request',
  'conflict',
  'feature-not-implemented',
  'forbidden',
  'gone',
  'internal-server-error',
  'item-not-found',
  'jid-malformed',
  'not-acceptable',
  'not-allowed',
  'not-authorized',
  'policy-violation',
  'recipient-unavailable',
  'redirect',
  'registration-required',
  'remote-server-not-found',
  'remote-server-timeout',
  'resource-constraint',
  'service-unavailable',
  'subscription-required',
  'undefined-condition',
  'unexpected-request'
]

test('each condition of the RFCs has a text; unknown conditions and the server’s own words are quoted', () => {
  for (const language of ['en', 'zh-CN', 'zh-TW', 'ja'] as const) {
    i18n.global.locale.value = language
    const said = [
      ...ConnectionProblem.options.filter((problem) => problem !== 'server-error').map((problem) => connectionProblem(problem, '')),
      ...[...STREAM, ...SASL].map((condition) => connectionProblem('server-error', condition)),
      ...STANZA.map(refusal)
    ]
    // for a fault of our own, the text names the error condition, to help developers
    for (const text of said.map((text) => plain(text).replace(/[“「][a-z-]+[”」]/, ''))) {
      expect(text).not.toMatch(/refusal|serverSays|problem\.|[a-z]-[a-z]+-[a-z]/)
      if (language !== 'en') expect(text.replace(/Mnemo|XMPP/g, '')).not.toMatch(/[A-Za-z]{3}/)
    }
    for (const odd of ['no-such-condition', 'says', 'silent', 'constructor', '维护中，十分钟后恢复']) {
      expect(connectionProblem('server-error', odd)).toContain(odd)
      expect(refusal(odd)).toContain(odd)
    }
    expect(connectionProblem('server-error', '')).toBe(connectionProblem('server-error', 'undefined-condition'))
  }
  i18n.global.locale.value = 'en'
})
