/** The user's stickers, shared by every window. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Sticker, StickerPack } from '../../contract/stickers.ts'
import { call, onEvent } from '../bridge.ts'
import { handOver } from '../composables/hand-over.ts'
import { smallPicture } from '../composables/photo.ts'

/** Longer side of stickers made from other pictures, in pixels. */
const MADE_SIDE = 512

export const useStickersStore = defineStore('stickers', () => {
  const list = ref<Sticker[]>([])
  let wanted = false

  async function load(): Promise<void> {
    wanted = true
    list.value = await call('stickers.list', undefined)
  }
  onEvent((event) => {
    if (event.type === 'stickers' && wanted) void load()
  })

  const over = (file: File): Promise<string> => handOver(file, { signal: new AbortController().signal, onBytes: () => undefined })

  /** Adds a picture unchanged where possible, otherwise scaled down. */
  async function addOne(file: File, pack: string): Promise<boolean> {
    const fate = await call('stickers.add', { token: await over(file), pack })
    if (fate !== 'unfit') return fate === 'added'
    const small = await smallPicture(file, MADE_SIDE)
    return small !== null && (await call('stickers.add', { token: await over(small), pack })) === 'added'
  }
  async function add(files: readonly File[], pack: string): Promise<StickerPack> {
    let added = 0
    for (const file of files) if (await addOne(file, pack)) added++
    return { added, skipped: files.length - added }
  }
  const addZip = async (file: File): Promise<StickerPack> => call('stickers.addZip', { token: await over(file) })

  /** Adds the picture of a message to the user's stickers. */
  async function copy(attachment: number, name: string): Promise<void> {
    if ((await call('stickers.copy', { attachment })) !== 'unfit') return
    const blob = await (await fetch(`/media/${attachment}`)).blob()
    await addOne(new File([blob], name, { type: blob.type }), '')
  }

  return { list, load, add, addZip, copy }
})
