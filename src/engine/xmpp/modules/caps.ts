/** XEP-0115 Entity Capabilities and XEP-0030: announced features and PEP subscriptions. */
import { createHash } from 'node:crypto'
import { xml, type Element } from '@xmpp/client'
import type { Extension } from '../stanzas/extensions.ts'
import { NS } from '../stanzas/namespaces.ts'

const NODE = 'https://mnemo.chat'
const IDENTITY = { category: 'client', type: 'pc', name: 'Mnemo' } as const

/** Features and notification requests of all extensions. */
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

  /** Element for presence. */
  get element(): Element {
    return xml('c', { xmlns: NS.caps, hash: 'sha-1', node: NODE, ver: this.#version })
  }

  /** Answer to a disco#info query. `node`: as requested. */
  answer(node: string | undefined): Element {
    return xml(
      'query',
      { xmlns: NS.disco, ...(node === undefined ? {} : { node }) },
      xml('identity', IDENTITY),
      ...this.#features.map((feature) => xml('feature', { var: feature }))
    )
  }
}
