/**
 * One part of what a session does with a stream: an extension, or a few that belong together. The session has them in one list
 * (session.ts); in its order each begins with a stream and is handed what comes.
 */
import type { Element } from '@xmpp/client'
import type { Extension } from './stanzas/extensions.ts'

/** A message on its way through the modules. */
export interface Incoming {
  /** As it came. */
  readonly stanza: Element
  /** The message to be read: the stanza, or what another device of ours sent or got (XEP-0280), which the module of carbons puts here. */
  message: Element
  /** Of a copy: in which direction the other device had it. */
  copied: 'sent' | 'received' | null
}

/** An IQ that asks us; the handler answers with an element, with nothing (true), or says that it is not for us (undefined). */
export interface Answer {
  readonly type: 'get' | 'set'
  readonly namespace: string
  readonly name: string
  readonly answer: (iq: Element) => Element | true | undefined
}

export interface Module {
  readonly extensions?: readonly Extension[]
  readonly answers?: readonly Answer[]
  /** Before the first connection: what decoding needs is loaded. */
  remember?(): Promise<void>
  /**
   * A new stream, up to the archive: one module after the other. `resumed`: an older stream goes on that broke off before it was
   * introduced. A rejection ends the introduction; it is tried again in the same stream, or in the next.
   */
  begin?(resumed: boolean): Promise<void> | void
  /** The archive is read: what waited may go out. One module after the other, as `begin`. */
  open?(resumed: boolean): Promise<void> | void
  /** A stream that was introduced goes on where it was (XEP-0198). Nobody waits for it; a failure is told to the log. */
  resume?(): Promise<void> | void
  /** The stream ended. */
  lost?(): void
  /** True: the message's way ends here. */
  message?(incoming: Incoming): boolean | void
  /** True: the presence's way ends here. */
  presence?(stanza: Element): boolean | void
  /** The account signs out, or the app ends; before the stream is closed. */
  stop?(): void
}
