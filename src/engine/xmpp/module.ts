/**
 * Module of a session: one extension, or a few that belong together. The session keeps its modules in one list (session.ts); streams and stanzas pass them in
 * that order.
 */
import type { Element } from '@xmpp/client'
import type { Extension } from './stanzas/extensions.ts'

/** Message on its way through the modules. */
export interface Incoming {
  /** Stanza as received. */
  readonly stanza: Element
  /** Message to be read: the stanza itself, or the message copied from another device of ours (XEP-0280), set by the carbons module. */
  message: Element
  /** Direction of a copied message at the other device. */
  copied: 'sent' | 'received' | null
}

/** Handler of an incoming IQ; it answers with an element, with an empty result (true), or as unsupported (undefined). */
export interface Answer {
  readonly type: 'get' | 'set'
  readonly namespace: string
  readonly name: string
  readonly answer: (iq: Element) => Element | true | undefined
}

export interface Module {
  readonly extensions?: readonly Extension[]
  readonly answers?: readonly Answer[]
  /** Loads data that decoding needs, before the first connection. */
  remember?(): Promise<void>
  /**
   * Starts a new stream, before the archive is read: one module after the other. `resumed`: an older stream continues that broke off during its initial sync.
   * A rejection ends the initial sync; it is tried again in the same stream, or in the next.
   */
  begin?(resumed: boolean): Promise<void> | void
  /** Called when the archive is read: queued stanzas may be sent. One module after the other, as `begin`. */
  open?(resumed: boolean): Promise<void> | void
  /** Called when a stream resumes after a complete initial sync (XEP-0198). Nobody waits for it; a failure is logged. */
  resume?(): Promise<void> | void
  /** Called when the stream ended. */
  lost?(): void
  /** Handles a message; true: later modules do not get it. */
  message?(incoming: Incoming): boolean | void
  /** Handles a presence; true: later modules do not get it. */
  presence?(stanza: Element): boolean | void
  /** Called at sign-out and on exit, before the stream is closed. */
  stop?(): void
}
