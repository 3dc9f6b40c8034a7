/** Thumbnails of pictures and videos, made by a window; missing ones are made again. */
export const sql = `
CREATE TABLE thumbnail (
  attachment INTEGER PRIMARY KEY REFERENCES attachment (id) ON DELETE CASCADE,
  -- WebP
  image BLOB NOT NULL
) STRICT;
`
