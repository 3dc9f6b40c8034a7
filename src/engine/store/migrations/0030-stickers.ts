/** Stickers of the user. Times in ms. */
export const sql = `
CREATE TABLE sticker (
  id INTEGER PRIMARY KEY,
  -- its name in the media folder
  stored TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  pack TEXT NOT NULL,
  favourite INTEGER NOT NULL DEFAULT 0,
  used_at INTEGER,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  animated INTEGER NOT NULL
) STRICT;
`
