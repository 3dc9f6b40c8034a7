/** Comparison of encrypted messages. */
import type { Element } from '@xmpp/client'
import { NAMESPACES } from '../../src/engine/xmpp/omemo/elements.ts'
import { FORMATS } from '../../src/engine/xmpp/omemo/format.ts'
import { VERSIONS } from '../../src/engine/xmpp/omemo/version.ts'

/** Prefix in place of an encrypted text that cannot be read, followed by the reason. */
export const UNREADABLE = 'unreadable:'

/** Message keys in what the server delivered: one that encrypts two messages is a fault. */
export class ChainKeys {
  /** Ciphertext of each key, base64; by the sender's device, the receiver's device, the chain and the index in it. */
  readonly #used = new Map<string, string>()
  reused = 0

  get count(): number {
    return this.#used.size
  }

  /** Records a stanza, including the messages inside copies and archive pages. */
  note(stanza: Element, from = String(stanza.attrs['from'] ?? '')): void {
    for (const version of VERSIONS) {
      const header = stanza.name === 'message' ? stanza.getChild('encrypted', NAMESPACES[version])?.getChild('header') : undefined
      for (const holder of header === undefined ? [] : [header, ...header.getChildren('keys')])
        for (const key of holder.getChildren('key'))
          this.#noteKey(version, `${from.split('/')[0] ?? ''} ${String(header?.attrs['sid'])} ${String(holder.attrs['jid'])}`, key)
    }
    for (const child of stanza.getChildElements()) this.note(child, child.name === 'message' ? String(child.attrs['from'] ?? from) : from)
  }

  #noteKey(version: (typeof VERSIONS)[number], name: string, key: Element): void {
    const { attrs } = key
    const bytes = Buffer.from(key.text(), 'base64')
    const { decode, decodeFirst } = FORMATS[version]
    const isFirst = attrs['prekey'] === 'true' || attrs['kex'] === 'true'
    const { ratchetKey, counter, ciphertext } = decode(isFirst ? decodeFirst(bytes).message : bytes)
    const named = `${version} ${name} ${String(attrs['rid'])} ${ratchetKey.toString('base64')} ${counter}`
    const before = this.#used.get(named)
    if (before === undefined) this.#used.set(named, ciphertext.toString('base64'))
    else if (before !== ciphertext.toString('base64')) this.reused++
  }
}
