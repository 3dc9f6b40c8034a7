/** Types for the part of xmpp.js 0.14 in use; the packages ship no types. */
declare module '@xmpp/client' {
  export interface Element {
    name: string
    attrs: Record<string, string | undefined>
    parent: Element | null
    children: (Element | string)[]
    is(name: string, xmlns?: string): boolean
    getNS(): string | undefined
    getChild(name: string, xmlns?: string): Element | undefined
    getChildren(name: string, xmlns?: string): Element[]
    getChildElements(): Element[]
    getChildText(name: string, xmlns?: string): string | null
    text(): string
    append(...children: Element[]): void
    toString(): string
  }
  export function xml(name: string, attrs?: Record<string, string | number | undefined>, ...children: (Element | string | undefined)[]): Element

  interface Emitter {
    on(event: string, listener: (...args: never[]) => void): void
    prependListener(event: string, listener: (...args: never[]) => void): void
    emit(event: 'error', error: Error): void
    listeners(event: string): ((...args: never[]) => void)[]
    once(event: string, listener: (...args: never[]) => void): void
    removeListener(event: string, listener: (...args: never[]) => void): void
  }
  /** SASL mechanism; texts hold one byte per UTF-16 unit. */
  export interface SaslMechanism {
    name: string
    clientFirst: boolean
    response(credentials: { password: string }): string | Promise<string>
    challenge(data: string): void | Promise<void>
    /** Data of SASL2's success. */
    final?(data: string): void
  }
  interface SaslFactory {
    create(names: string[]): SaslMechanism
  }
  /** `streamFeatures`: sent within <authenticate/>. */
  interface FastStep {
    streamFeatures: (Element | undefined)[]
    authenticate(step: FastStep): Promise<void>
  }
  interface Fast {
    saslFactory: SaslFactory
    auth(step: FastStep): Promise<boolean>
    fetch(): Promise<{ token: string; mechanism: string } | null>
  }
  /** `mechanisms`: those supported by both sides; `fast` null: not offered by the server. */
  export type CredentialsFunction = (
    authenticate: (credentials: { username: string; password: string; token: object | null }, mechanism: string, userAgent: Element) => Promise<void>,
    mechanisms: string[],
    fast: Fast | null
  ) => Promise<void>
  export interface Client extends Emitter {
    status: string
    jid: { toString(): string } | null
    socket: { destroy?(): void } | null
    timeout: number
    transports: unknown[]
    options: { domain: string; lang?: string }
    streamManagement: Omit<Emitter, 'emit'> & {
      enabled: boolean
      id: string
      /** Unacknowledged stanzas, and the number of sent ones. */
      outbound_q: { stanza: Element }[]
      outbound: number
      timeout: number
      requestAckDebounce: number
      emit(event: 'fail', stanza: Element): void
    }
    reconnect: { stop(): void }
    fast: Fast
    saslFactory: SaslFactory
    iqCallee: Record<'get' | 'set', (namespace: string, name: string, handler: (context: { stanza: Element }) => Element | true | undefined) => void>
    iqCaller: {
      handlers: Map<string, { promise: Promise<Element>; reject(error: Error): void }>
      request(stanza: Element, timeoutMs?: number): Promise<Element>
    }
    connect(service: string): Promise<void>
    open(options: { domain: string; lang?: string }): Promise<unknown>
    stop(): Promise<unknown>
    disconnect(): Promise<unknown>
    _onSeeOtherHost(error: Error & { element?: Element }): void
    send(stanza: Element): Promise<void>
  }
  export function client(options: {
    domain: string
    username: string
    credentials: CredentialsFunction
    resource?: string
    service?: string
    timeout?: number
    lang?: string
  }): Client
}

declare module '@xmpp/xml/lib/parse.js' {
  import type { Element } from '@xmpp/client'
  /** Throws on invalid XML. */
  export default function parse(text: string): Element
}

declare module '@xmpp/websocket/lib/Connection.js' {
  class ConnectionWebSocket {
    socketParameters(service: string): unknown
  }
  export default ConnectionWebSocket
}

declare module '@xmpp/tcp/lib/Connection.js' {
  class ConnectionTCP {
    socketParameters(service: string): unknown
  }
  export default ConnectionTCP
}
