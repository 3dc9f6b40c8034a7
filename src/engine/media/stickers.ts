/** Stickers of the user: adding, sending, removing. Their files are in the media folder. */
import { readFile, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { stickerFileName, type Sticker, type StickerFate, type StickerPack } from '../../contract/stickers.ts'
import { keep } from '../store/media-folder.ts'
import type { NewAttachment } from '../store/tables/attachment.ts'
import type { Store } from '../threads/store.ts'
import { stickerName, stickerPicture, stickersInZip, type StickerPicture } from './sticker-files.ts'

export class Stickers {
  readonly #store: Store
  readonly #folder: string
  readonly #warn: (message: string) => void

  /** `folder`: the media folder. */
  constructor(store: Store, folder: string, warn: (message: string) => void) {
    this.#store = store
    this.#folder = folder
    this.#warn = warn
  }

  list(): Promise<Sticker[]> {
    return this.#store.read.stickers()
  }

  /** Adds a file of the media folder as a sticker. */
  async add({ stored, name }: Pick<NewAttachment, 'stored' | 'name'>, pack: string): Promise<StickerFate> {
    const picture = stored === null ? null : stickerPicture(await readFile(join(this.#folder, stored)))
    if (picture === null) return 'unfit'
    return (await this.#keep([{ ...picture, name: stickerName(name) }], pack)) > 0 ? 'added' : 'known'
  }

  /** Adds the pictures of a .zip in the media folder. Other files are skipped; a malicious archive is refused entirely. */
  async addZip({ stored, name }: Pick<NewAttachment, 'stored' | 'name'>): Promise<StickerPack> {
    try {
      const { pictures, skipped } = await stickersInZip(join(this.#folder, stored ?? ''))
      const added = await this.#keep(pictures, stickerName(name))
      return { added, skipped: skipped + pictures.length - added }
    } catch (error) {
      this.#warn(`a pack of stickers was refused: ${error instanceof Error ? error.message : String(error)}`)
      return { added: 0, skipped: 0 }
    }
  }

  async #keep(pictures: readonly (StickerPicture & { name: string })[], pack: string): Promise<number> {
    const kept = []
    for (const { content, ending, ...picture } of pictures) {
      const { stored } = await keep(this.#folder, Readable.from([content]), `x.${ending}`)
      kept.push({ ...picture, stored, pack })
    }
    return this.#store.write.addStickers(kept)
  }

  /** Attachment for a message with this sticker; null: the sticker no longer exists. */
  async use(id: number): Promise<NewAttachment | null> {
    const sticker = await this.#store.read.sticker(id)
    if (sticker === null) return null
    await this.#store.write.useSticker({ id, time: Date.now() })
    const { stored, name, width, height } = sticker
    const ending = extname(stored).slice(1)
    const content = await readFile(join(this.#folder, stored))
    return { kind: 'image', name: stickerFileName(name, ending), type: `image/${ending}`, bytes: content.length, stored, width, height }
  }

  /** Path of its file, or null. */
  async file(id: number): Promise<string | null> {
    const sticker = await this.#store.read.sticker(id)
    return sticker === null ? null : join(this.#folder, sticker.stored)
  }

  async remove(ids: number[]): Promise<void> {
    const names = await this.#store.write.removeStickers(ids)
    const needed = new Set(await this.#store.read.storedFiles())
    for (const name of names) if (!needed.has(name)) await rm(join(this.#folder, name), { force: true })
  }
}
