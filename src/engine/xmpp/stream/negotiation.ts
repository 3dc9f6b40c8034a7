/** Stream negotiation: socket, sign-in, and a new or resumed session (XEP-0198). */
import type { Client, Element } from '@xmpp/client'
import { ConnectionError } from '../../net/problem.ts'
import type { SignIn } from './sasl/sign-in.ts'
import { SERVICE } from './transport.ts'

export const NS_SM = 'urn:xmpp:sm:3'
/** Longest wait for a server to enable XEP-0198 after offering it, ms. */
const ENABLED_MS = 3000

/**
 * Opens socket and stream and waits until stanzas may be sent; true if the old session was resumed. Rejects with the cause of failure. `patience`: timeout of
 * its steps, ms.
 */
export async function negotiate(entity: Client, signIn: SignIn, offersAcks: () => boolean, patience: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  promise.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  let fallback: NodeJS.Timeout | undefined
  // a server that lets us in without authentication is not our server
  const mayGoOn = (): boolean => {
    if (!signIn.done) reject(new ConnectionError('not-the-server', 'the server did not ask for a password'))
    return signIn.done
  }
  const onResumed = (): void => {
    if (mayGoOn()) resolve(true)
  }
  // stanzas sent before stream management is on would never be acknowledged
  const onOnline = (): void => {
    if (!mayGoOn()) return
    if (!offersAcks()) resolve(false)
    else fallback = setTimeout(() => resolve(false), ENABLED_MS)
    // Bind 2 enables it in the same answer
    setImmediate(() => entity.streamManagement.enabled && resolve(false))
  }
  const onNonza = (element: Element): void => {
    if (element.is('enabled', NS_SM)) setImmediate(() => resolve(false))
  }
  const onDisconnect = (): void => reject(new ConnectionError('network', 'the server closed the connection'))
  entity.on('error', reject)
  entity.on('online', onOnline)
  entity.on('nonza', onNonza)
  entity.on('disconnect', onDisconnect)
  entity.streamManagement.on('resumed', onResumed)
  signIn.begin()
  entity.timeout = patience
  // without a session to resume nobody takes its unacknowledged stanzas: xmpp.js would fail each stream anew
  const sm = entity.streamManagement
  if (sm.id === '') for (const { stanza } of sm.outbound_q.splice(0)) sm.emit('fail', stanza)
  try {
    await Promise.race([entity.connect(SERVICE), promise])
    // unreachable hosts have timeouts of their own
    timer = setTimeout(() => reject(new ConnectionError('timed-out', 'signing in took too long')), patience)
    await entity.open(entity.options)
    return await promise
  } finally {
    clearTimeout(timer)
    clearTimeout(fallback)
    entity.removeListener('error', reject)
    entity.removeListener('online', onOnline)
    entity.removeListener('nonza', onNonza)
    entity.removeListener('disconnect', onDisconnect)
    entity.streamManagement.removeListener('resumed', onResumed)
  }
}
