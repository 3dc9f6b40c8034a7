/** XEP-0115 Entity Capabilities and XEP-0030: what we can do, and what we want to hear of. */
import { createHash } from 'node:crypto'
import { xml, type Element } from '@xmpp/client'
import type { Extension } from '../stanzas/extensions.ts'
import { NS } from '../stanzas/namespaces.ts'

const NODE = 'https://mnemo.chat'
const IDENTITY = { category: 'client', type: 'pc', name: 'Mnemo' } as const

/** What all of these say that we can do, and want to hear of. */
export class Capabilities {
  readonly #features: readonly string[]
  /** XEP-0115 section 5.1: SHA-1 over identity and features. */
  readonly #version: string

  constructor(extensions: readonly Extension[]) {
    this.#features = [...new Set(extensions.flatMap(({ features = [] }) => features))].sort()
    this.#version = createHash('sha1')
      .update(`${IDENTITY.category}/${IDENTITY.type}//${IDENTITY.name}<${this.#features.map((feature) => `${feature}<`).join('')}`)
      .digest('base64')
  }

  /** For presence. */
  get element(): Element {
    return xml('c', { xmlns: NS.caps, hash: 'sha-1', node: NODE, ver: this.#version })
  }

  /** The answer to a question what we can do. `node`: as it was asked. */
  answer(node: string | undefined): Element {
    return xml(
      'query',
      { xmlns: NS.disco, ...(node === undefined ? {} : { node }) },
      xml('identity', IDENTITY),
      ...this.#features.map((feature) => xml('feature', { var: feature }))
    )
  }
}
