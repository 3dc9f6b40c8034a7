/** The beginning of a stream: socket, sign-in, and the session anew or resumed (XEP-0198). */
import type { Client, Element } from '@xmpp/client'
import { ConnectionError } from '../../net/problem.ts'
import type { SignIn } from './sasl/sign-in.ts'
import { SERVICE } from './transport.ts'

export const NS_SM = 'urn:xmpp:sm:3'
/** A server that offers XEP-0198 turns it on within this time, or goes without. */
const ENABLED_MS = 3000

/**
 * Opens socket and stream and waits until stanzas may be sent; true where the old session was resumed. Rejects with what ended it.
 * `patience`: how long its steps may take, ms.
 */
export async function negotiate(entity: Client, signIn: SignIn, offersAcks: () => boolean, patience: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  promise.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  let fallback: NodeJS.Timeout | undefined
  // whoever lets us in without having asked is not our server
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
    // Bind 2 turns it on in the same answer
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
  // without a session to go on with nobody takes what is left of one: xmpp.js would give up each stream anew
  const sm = entity.streamManagement
  if (sm.id === '') for (const { stanza } of sm.outbound_q.splice(0)) sm.emit('fail', stanza)
  try {
    await Promise.race([entity.connect(SERVICE), promise])
    // hosts that do not answer have times of their own
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
