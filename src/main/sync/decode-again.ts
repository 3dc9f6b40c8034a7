/** After an upgrade: what an older version kept without understanding it is decoded once more. */
import parse from '@xmpp/xml/lib/parse.js'
import { decodeMessage, type Self } from '../protocol/message.ts'
import { DECODER } from '../protocol/unknown.ts'
import type { Store } from '../store/store.ts'
import type { DecodedAgain, StoreChanges } from '../store/types.ts'

const BATCH = 100

export async function decodeAgain(store: Store, self: Self, onChanges: (changes: StoreChanges) => void): Promise<void> {
  for (let after = 0; ; ) {
    const raw = await store.read.rawStanzas({ decoder: DECODER, after, limit: BATCH })
    const last = raw.at(-1)
    if (last === undefined) return
    after = last.message
    onChanges(
      await store.write.decodeAgain(
        raw.flatMap(({ message, stanza }): DecodedAgain[] => {
          const decoded = decodeMessage(parse(stanza), self)
          // of a group that we are no longer in
          if (decoded === null || decoded.change !== null) return []
          const { text, replyTo, files, link, mentioned, unstyled } = decoded
          return [{ id: message, decoder: DECODER, unknown: decoded.raw !== null, text, replyTo, files, link, mentioned, unstyled }]
        })
      )
    )
  }
}
