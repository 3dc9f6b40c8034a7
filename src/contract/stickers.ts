/**
 * Stickers: small pictures sent as files, whose name tells clients that know it to show them without a bubble; every other client shows a
 * picture.
 */
import { z } from 'zod'

export const Sticker = z.object({
  id: z.number().int().positive(),
  /** Search name: the file's name without its extension. */
  name: z.string(),
  /** Pack of the sticker; empty for the user's own. */
  pack: z.string(),
  favourite: z.boolean(),
  /** Time it was last sent, ms; null: never. */
  usedAt: z.number().int().nullable(),
  /** Size in pixels. */
  width: z.number().int(),
  height: z.number().int(),
  /** Has more than one frame. */
  animated: z.boolean()
})
export type Sticker = z.infer<typeof Sticker>

/** Result of adding a pack; `added` 0: it contains no picture that can be a sticker. */
export const StickerPack = z.object({ added: z.number().int(), skipped: z.number().int() })
export type StickerPack = z.infer<typeof StickerPack>

/** Result for one picture: it became a sticker, was one already, or is unfit as it is (too large, or of another type). */
export const StickerFate = z.enum(['added', 'known', 'unfit'])
export type StickerFate = z.infer<typeof StickerFate>

/** Largest sticker in bytes, and longest side in pixels. */
export const LARGEST_STICKER = 2 ** 20
export const LONGEST_STICKER_SIDE = 1024
/** Stickers kept at most. */
export const MOST_STICKERS = 2000

const NAME = /\.sticker\.(?:webp|png|gif)$/i
export const isStickerName = (name: string): boolean => NAME.test(name)
/** File name of a sticker. `ending`: webp, png or gif. */
export const stickerFileName = (name: string, ending: string): string => `${name}.sticker.${ending}`
