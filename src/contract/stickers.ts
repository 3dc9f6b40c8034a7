/** Stickers: small pictures that are sent as files whose name says that they stand without a bubble, so that every client shows a picture. */
import { z } from 'zod'

export const Sticker = z.object({
  id: z.number().int().positive(),
  /** What it is searched by: its file's name without ending. */
  name: z.string(),
  /** The pack it came with; empty: one of the user's own. */
  pack: z.string(),
  favourite: z.boolean(),
  /** When it was sent last, ms; null: never. */
  usedAt: z.number().int().nullable(),
  /** In pixels. */
  width: z.number().int(),
  height: z.number().int(),
  /** It has more pictures than one. */
  animated: z.boolean()
})
export type Sticker = z.infer<typeof Sticker>

/** What came of a pack; `added` 0: nothing of it was a picture that can be one. */
export const StickerPack = z.object({ added: z.number().int(), skipped: z.number().int() })
export type StickerPack = z.infer<typeof StickerPack>

/** Whether a picture became a sticker, was one already, or cannot be one as it is: it is too large, or of another kind. */
export const StickerFate = z.enum(['added', 'known', 'unfit'])
export type StickerFate = z.infer<typeof StickerFate>

/** Bytes of a sticker; pixels of its longer side. */
export const LARGEST_STICKER = 2 ** 20
export const LONGEST_STICKER_SIDE = 1024
/** Stickers that are kept. */
export const MOST_STICKERS = 2000

const NAME = /\.sticker\.(?:webp|png|gif)$/i
export const isStickerName = (name: string): boolean => NAME.test(name)
/** The name of a file that is a sticker. `ending`: webp, png or gif. */
export const stickerFileName = (name: string, ending: string): string => `${name}.sticker.${ending}`
