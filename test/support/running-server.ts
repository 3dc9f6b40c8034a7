/**
 * Server of the conformance tests: a running one if the environment names it, otherwise one of our own.
 *
 * MNEMO_TEST_ACCOUNTS      three accounts: address and password each, separated by spaces
 * MNEMO_TEST_ADDRESS       host:port; by default from the accounts' domain (SRV)
 * MNEMO_TEST_FINGERPRINT   SHA-256 of a self-signed certificate, as 'mnemo sign-in' prints it
 */
import type { AccountSettings, Jid } from '../../src/contract/domain.ts'
import { startServer } from './server.ts'

export interface Accounts {
  /** Settings of three accounts. */
  settings: [AccountSettings, AccountSettings, AccountSettings]
  stop(): Promise<void>
}

export async function accounts(): Promise<Accounts> {
  const { MNEMO_TEST_ACCOUNTS: named, MNEMO_TEST_ADDRESS: address, MNEMO_TEST_FINGERPRINT: fingerprint } = process.env
  if (named === undefined) {
    const server = await startServer({ strangers: ['xenia', 'yann', 'zoe'] })
    return { settings: [server.settings('xenia'), server.settings('yann'), server.settings('zoe')], stop: () => server.stop() }
  }
  const words = named.trim().split(/\s+/)
  if (words.length !== 6) throw new Error('MNEMO_TEST_ACCOUNTS must contain three accounts: address and password each, separated by spaces')
  const [, host = null, port = null] = /^(.+):(\d+)$/.exec(address ?? '') ?? []
  const settings = (at: number): AccountSettings => ({
    jid: words[at * 2] as Jid,
    password: words[at * 2 + 1] ?? '',
    host,
    port: port === null ? null : Number(port),
    security: 'starttls',
    proxy: null,
    trustedFingerprint: fingerprint ?? null
  })
  return { settings: [settings(0), settings(1), settings(2)], stop: () => Promise.resolve() }
}
