/** Files of messages on this computer. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isContactFile, type ContactFile } from '../contract/contact-files.ts'
import type { ConversationId } from '../contract/domain.ts'
import { contactsIn } from './media/contact-file.ts'
import type { Scope } from './scope.ts'

export class Files {
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Path and original name of an attachment's file, or null if it is not on this computer. */
  async attachment(id: number): Promise<{ path: string; name: string } | null> {
    const file = await this.#scope.store.read.attachment(id)
    return file === null || file.stored === null ? null : { path: join(this.#scope.media.folder, file.stored), name: file.name }
  }

  /** Contact cards in an attachment's file; empty if there are none or the file is not here. */
  async contactsIn(id: number): Promise<ContactFile[]> {
    const file = await this.#scope.store.read.attachment(id)
    if (file === null || file.stored === null || !isContactFile(file)) return []
    return contactsIn(await readFile(join(this.#scope.media.folder, file.stored)))
  }

  /** Removes local files that can be fetched again, of one conversation or of all; returns the bytes freed. */
  async clear(conversation: ConversationId | null): Promise<number> {
    const { files, bytes, ...changes } = await this.#scope.store.write.clearFiles(conversation)
    this.#scope.changed(changes)
    for (const name of files) await rm(join(this.#scope.media.folder, name), { force: true })
    return bytes
  }
}
