/** Statements of the table `sticker`. Times in ms. */
import { MOST_STICKERS, type Sticker } from '../../../contract/stickers.ts'
import type { ReadableDB, WritableDB } from '../database.ts'

export type NewSticker = Pick<Sticker, 'name' | 'pack' | 'width' | 'height' | 'animated'> & { stored: string }
type StickerRow = Omit<Sticker, 'favourite' | 'animated'> & { stored: string; favourite: number; animated: number }

const toSticker = ({ id, name, pack, usedAt, width, height, favourite, animated }: StickerRow): Sticker => ({
  id,
  name,
  pack,
  usedAt,
  width,
  height,
  favourite: favourite === 1,
  animated: animated === 1
})

export function stickerReads(db: ReadableDB) {
  const COLUMNS = 'id, stored, name, pack, favourite, used_at AS usedAt, width, height, animated'
  const all = db.prepare<[], StickerRow>(`SELECT ${COLUMNS} FROM sticker ORDER BY pack, id`)
  const byId = db.prepare<[number], StickerRow>(`SELECT ${COLUMNS} FROM sticker WHERE id = ?`)
  return {
    /** Stickers by pack, in the order in which they were added. */
    stickers: (): Sticker[] => all.all().map(toSticker),
    sticker: (id: number): (Sticker & { stored: string }) | null => {
      const row = byId.get(id)
      return row === undefined ? null : { ...toSticker(row), stored: row.stored }
    }
  }
}

export function stickerWrites(db: WritableDB) {
  const count = db.prepare<[], number>('SELECT count(*) FROM sticker').pluck()
  const add = db.prepare('INSERT INTO sticker (stored, name, pack, width, height, animated) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (stored) DO NOTHING')
  const favour = db.prepare('UPDATE sticker SET favourite = ? WHERE id = ?')
  const use = db.prepare('UPDATE sticker SET used_at = ? WHERE id = ?')
  const remove = db.prepare<[number], string>('DELETE FROM sticker WHERE id = ? RETURNING stored').pluck()
  return {
    /** Adds stickers and returns how many were new; the rest exist already or exceed the limit. */
    addStickers: (list: readonly NewSticker[]): number => {
      let added = 0
      let have = count.get() ?? 0
      for (const { stored, name, pack, width, height, animated } of list) {
        if (have >= MOST_STICKERS) break
        const { changes } = add.run(stored, name, pack, width, height, animated ? 1 : 0)
        added += changes
        have += changes
      }
      return added
    },
    favourSticker: ({ id, favourite }: { id: number; favourite: boolean }): void => void favour.run(favourite ? 1 : 0, id),
    useSticker: ({ id, time }: { id: number; time: number }): void => void use.run(time, id),
    /** Removes stickers; returns their names in the media folder. */
    removeStickers: (ids: readonly number[]): string[] => ids.flatMap((id) => remove.get(id) ?? [])
  }
}
