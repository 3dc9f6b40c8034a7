/** One side of an encrypted conversation on a store of its own, without a server. */
import { xml, type Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import type { Jid, Message } from '../../src/contract/domain.ts'
import type { IncomingMessage, RecordBatch, SessionAddress, StoreChanges } from '../../src/engine/store/types.ts'
import type { Store } from '../../src/engine/threads/store.ts'
import { bundleElement, decodeBundle } from '../../src/engine/xmpp/omemo/elements.ts'
import { FORMATS } from '../../src/engine/xmpp/omemo/format.ts'
import { padding } from '../../src/engine/xmpp/omemo/payload.ts'
import { buffers } from '../../src/engine/xmpp/omemo/sealed.ts'
import type { Version } from '../../src/engine/xmpp/omemo/version.ts'
import { contentOf, encryptedMessage } from '../../src/engine/xmpp/stanzas/encryption.ts'
import { envelope } from '../../src/engine/xmpp/stanzas/envelope.ts'
import { decodeMessage, encodeMessage } from '../../src/engine/xmpp/stanzas/message.ts'

/** Key element for the first device. */
export function keyElementOf(stanza: Element, version: Version): Element {
  const header = stanza.getChild('encrypted')!.getChild('header')!
  return (version === 'axolotl' ? header : header.getChild('keys')!).getChild('key')!
}

/** Identity of the message key for the first device: chain and position. */
export function messageKeyOf(stanza: Element, version: Version): string {
  const key = keyElementOf(stanza, version)
  const bytes = Buffer.from(key.text(), 'base64')
  const { decode, decodeFirst } = FORMATS[version]
  const { ratchetKey, counter } = decode((key.attrs['prekey'] ?? key.attrs['kex']) === 'true' ? decodeFirst(bytes).message : bytes)
  return `${ratchetKey.toString('hex')} ${counter}`
}

export class Side {
  readonly store: Store
  readonly own: Jid
  readonly peer: Jid
  readonly version: Version
  device = 0
  /** Bundle as last published, XML. */
  bundle = ''
  /** Offset of this side's clock when it encrypts, or when a stanza is stamped for it; ms. */
  ahead = 0
  #serial = 0

  private constructor(store: Store, own: Jid, peer: Jid, version: Version) {
    this.version = version
    this.store = store
    this.own = own
    this.peer = peer
  }

  static async open(store: Store, own: Jid, peer: Jid, version: Version = 'axolotl'): Promise<Side> {
    const side = new Side(store, own, peer, version)
    await side.publish()
    return side
  }

  async publish(): Promise<void> {
    const { device, bundles } = buffers(await this.store.write.ownDevice({ account: this.own, time: Date.now() }))
    this.device = device
    this.bundle = bundles.flatMap((bundle) => (bundle.version === this.version ? [bundleElement(bundle).toString()] : [])).join('')
  }

  /** Learns of the other side's device and begins a session with it; returns the refusal, or null. */
  async meet(device: number, bundle: string): Promise<string | null> {
    await this.hear(device)
    return this.store.write.beginSession({ account: this.own, jid: this.peer, device, bundle: decodeBundle(this.version, parse(bundle)), time: Date.now() })
  }

  /** Learns of the other side's device. */
  hear(device: number): Promise<boolean> {
    const devices = [{ id: device, label: null }]
    return this.store.write.setDevices({ account: this.own, jid: this.peer, version: this.version, devices, time: Date.now() })
  }

  /** Encrypts a message for all devices of the other side; `said` null: an empty message; an element: its content, only in `urn:xmpp:omemo:2`. */
  async write(said: string | Element | null, id = `${this.own}-${process.pid}-${Date.now()}-${this.#serial++}`): Promise<Element> {
    const { devices } = await this.store.write.encryptionTargets({ account: this.own, jids: [this.peer] })
    const plain =
      said === null
        ? xml('message', { to: this.peer, type: 'chat', id })
        : typeof said === 'string'
          ? encodeMessage(this.peer, 'direct', { text: said, id })
          : said
    const content = said === null ? null : envelope(contentOf(plain), { from: this.own, to: this.peer, time: Date.now() + this.ahead, padding: padding() })
    return this.seal(plain, devices, typeof said === 'string' ? said : null, content)
  }

  /** `content`: an envelope, as text. */
  async seal(plain: Element, devices: readonly SessionAddress[], text: string | null, content: string | null): Promise<Element> {
    const stanza = encryptedMessage(plain, buffers(await this.store.write.seal({ account: this.own, devices, text, envelope: content })))
    stanza.attrs['from'] = `${this.own}/there`
    return stanza
  }

  decode(stanza: Element): IncomingMessage | null {
    const decoded = decodeMessage(stanza, { jid: this.own, nickIn: () => null, device: () => this.device })
    return decoded === null ? null : { ...decoded, time: Date.now() + this.ahead, replayed: false }
  }

  /** Stores received stanzas. */
  read(stanzas: readonly Element[], order: RecordBatch['order'] = 'live'): Promise<StoreChanges> {
    return this.store.write.record({ account: this.own, messages: stanzas.flatMap((stanza) => this.decode(stanza) ?? []), archive: null, order })
  }

  async messages(): Promise<Message[]> {
    const conversation = await this.store.read.conversationByJid(this.peer)
    return conversation === null ? [] : (await this.store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 10_000 })).messages
  }

  /** Readable texts, and for other messages the reason why not. */
  async said(): Promise<string[]> {
    return (await this.messages()).map(({ text, unreadable }) => (unreadable === null ? text : `(${unreadable})`))
  }
}
