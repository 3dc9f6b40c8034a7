/** Decodes stored stanzas again that an older version did not understand; runs after an upgrade. */
import parse from '@xmpp/xml/lib/parse.js'
import type { MessageId } from '../../../contract/domain.ts'
import { encryptionOf } from '../stanzas/encryption.ts'
import { decodeMessage, type Self } from '../stanzas/message.ts'
import { DECODER } from '../stanzas/unknown.ts'
import type { Store } from '../../threads/store.ts'
import type { DecodedAgain, StoreChanges } from '../../store/types.ts'

const BATCH = 100

export async function decodeAgain(store: Store, self: Self, onChanges: (changes: StoreChanges) => void): Promise<void> {
  for (let after = 0; ;) {
    const raw = await store.read.rawStanzas({ decoder: DECODER, after, limit: BATCH })
    const last = raw.at(-1)
    if (last === undefined) return
    after = last.message
    const again: DecodedAgain[] = []
    /** Key transport messages, which have no content. */
    const silent: MessageId[] = []
    for (const { message, stanza } of raw) {
      const element = parse(stanza)
      if (encryptionOf(element) === 'keys') {
        silent.push(message)
        continue
      }
      const decoded = decodeMessage(element, self)
      // null: from a group that we have left
      if (decoded === null || decoded.change !== null) continue
      const { text, replyTo, files, link, mentioned, unstyled, encrypted } = decoded
      // stored by a version without OMEMO: not encrypted for this device
      const unreadable = decoded.sealed === null ? decoded.unreadable : 'device'
      again.push({ id: message, decoder: DECODER, unknown: decoded.raw !== null, text, replyTo, files, link, mentioned, unstyled, encrypted, unreadable })
    }
    onChanges(await store.write.decodeAgain(again))
    if (silent.length > 0) onChanges(await store.write.remove(silent))
  }
}
