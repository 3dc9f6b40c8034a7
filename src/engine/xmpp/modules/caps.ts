/** XEP-0115 Entity Capabilities and XEP-0030: what we can do, and what we want to hear of. */
import { createHash } from 'node:crypto'
import { xml, type Element } from '@xmpp/client'
import { NS } from '../stanzas/namespaces.ts'

const NODE = 'https://mnemo.chat'
const IDENTITY = { category: 'client', type: 'pc', name: 'Mnemo' } as const

const FEATURES = [
  NS.chatMarkers,
  NS.chatStates,
  NS.correction,
  NS.disco,
  NS.fileSharing,
  NS.caps,
  NS.muc,
  NS.conference,
  NS.outOfBand,
  NS.reactions,
  NS.receipts,
  NS.replies,
  NS.retraction,
  NS.oldRetraction,
  NS.stableId,
  'urn:xmpp:ping',
  // what is told when it changes (XEP-0163 section 4.3.2)
  `${NS.avatarMetadata}+notify`,
  `${NS.axolotl}.devicelist+notify`,
  `${NS.bookmarks}+notify`,
  `${NS.displayedSync}+notify`,
  `${NS.nick}+notify`
].sort()

/** Section 5.1: SHA-1 over identity and features. */
const VERSION = createHash('sha1')
  .update(`${IDENTITY.category}/${IDENTITY.type}//${IDENTITY.name}<${FEATURES.map((feature) => `${feature}<`).join('')}`)
  .digest('base64')

export const capabilities = (): Element => xml('c', { xmlns: NS.caps, hash: 'sha-1', node: NODE, ver: VERSION })

/** The answer to a question what we can do. `node`: as it was asked. */
export const discoAnswer = (node: string | undefined): Element =>
  xml(
    'query',
    { xmlns: NS.disco, ...(node === undefined ? {} : { node }) },
    xml('identity', IDENTITY),
    ...FEATURES.map((feature) => xml('feature', { var: feature }))
  )
