/** A whole session of Alice on a connection in the test, to a server that refuses every request. */
import { EventEmitter } from 'node:events'
import type { Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { expect, onTestFinished } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Store } from '../../src/engine/threads/store.ts'
import type { Uploads } from '../../src/engine/xmpp/modules/uploads.ts'
import { Session } from '../../src/engine/xmpp/session.ts'
import { NS } from '../../src/engine/xmpp/stanzas/namespaces.ts'
import type { Connection } from '../../src/engine/xmpp/stream/connection.ts'
import { openStore, temporaryFolder } from './files.ts'

export const OWN = 'alice@example.org' as Jid
export const BOB = 'bob@example.org' as Jid

/** Node of a request's content, otherwise its namespace; of other stanzas the name. */
export function subjectOf(stanza: Element): string {
  const [child] = stanza.getChildElements()
  return stanza.name === 'iq' ? (child?.getChildElements()[0]?.attrs['node'] ?? child?.getNS() ?? '') : stanza.name
}

/** Connection and server in one. */
export class RefusingServer extends EventEmitter {
  account = { jid: OWN }
  jid = `${OWN}/desk`
  isReady = false
  hasAcks = true
  hasRosterVersions = false
  catchingUp = false
  state = { status: 'online' }
  outgoing = { most: null }
  /** Requests and other stanzas of the session, in order. */
  readonly received: Element[] = []
  /** Requests that the session answers: type, name and namespace. */
  readonly answered: string[] = []
  /** Subjects of requests that it answers too late, and how often. */
  readonly late = new Map<string, number>()

  start(): void {
    this.isReady = true
    this.emit('ready', false)
  }
  stop(): Promise<void> {
    this.isReady = false
    this.emit('lost')
    return Promise.resolve()
  }
  answer(type: string, namespace: string, name: string): void {
    this.answered.push(`${type} ${name} ${namespace}`)
  }
  request(iq: Element): Promise<Element> {
    this.received.push(iq)
    const subject = subjectOf(iq)
    const late = this.late.get(subject) ?? 0
    this.late.set(subject, late - 1)
    if (late > 0) return Promise.reject(Object.assign(new Error(`no answer about ${subject}`), { name: 'TimeoutError' }))
    const reply = this.reply(iq)
    return reply === null
      ? Promise.reject(Object.assign(new Error('refused'), { name: 'StanzaError', condition: 'service-unavailable' }))
      : Promise.resolve(parse(reply))
  }
  send(stanza: Element): Promise<void> {
    this.received.push(stanza)
    return Promise.resolve()
  }
  /** Answer to a request, XML; null: refused. */
  reply: (iq: Element) => string | null = () => null
  /** Number of requests in a namespace, to one address if it is given. */
  requests(namespace: string, to?: string): number {
    return this.received.filter((iq) => iq.name === 'iq' && iq.getChildElements()[0]?.getNS() === namespace && (to === undefined || iq.attrs['to'] === to))
      .length
  }
}

/** Starts a session with its own store; returns once its stream has begun. It ends with the test. */
export async function startSession<Server extends RefusingServer>(
  server: Server,
  againMs?: number
): Promise<{ session: Session; server: Server; store: Store; warnings: string[] }> {
  const folder = temporaryFolder()
  const store = await openStore(folder.path)
  await store.write.saveAccount({ jid: OWN, password: '', host: null, port: null, security: 'starttls', proxy: null, trustedFingerprint: null })
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (message: string) => void warnings.push(message) }
  const session = new Session(server as unknown as Connection, store, {} as Uploads, folder.path, log, againMs)
  onTestFinished(async () => {
    await session.stop()
    await store.close()
    folder[Symbol.dispose]()
  })
  await session.start()
  await expect.poll(() => server.requests(NS.blocking)).toBeGreaterThan(0)
  return { session, server, store, warnings }
}
