/** Archive results (XEP-0313 section 4.2), each handed to the query it belongs to. */
import type { Element } from '@xmpp/client'
import { bare } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Incoming, Module } from '../module.ts'
import { isArchiveResult } from '../stanzas/archive.ts'
import { NS } from '../stanzas/namespaces.ts'

export class ArchiveResults implements Module {
  readonly extensions = [
    { id: 'XEP-0313', name: 'Message Archive Management', understands: [NS.mam] },
    { id: 'XEP-0059', name: 'Result Set Management', understands: [NS.rsm] }
  ]
  readonly #isOurs: (archive: string | undefined) => boolean
  readonly #readers = new Set<(stanza: Element) => void>()

  /** `isGroup`: true for a joined group, which has an archive of its own. */
  constructor(own: Jid, isGroup: (address: string) => boolean) {
    this.#isOurs = (archive) => archive === undefined || bare(archive) === own || isGroup(archive)
  }

  /** Hands each result to `reader` until `work` has settled; the reader recognizes those of its own query. */
  async during<T>(reader: (stanza: Element) => void, work: () => Promise<T>): Promise<T> {
    this.#readers.add(reader)
    try {
      return await work()
    } finally {
      this.#readers.delete(reader)
    }
  }

  /** Handles results of the queried archive; a result in anybody else's message is ignored, and the text beside it belongs to the sender. */
  message({ stanza }: Incoming): boolean {
    if (!isArchiveResult(stanza) || !this.#isOurs(stanza.attrs['from'])) return false
    for (const reader of this.#readers) reader(stanza)
    return true
  }
}
