/** What pictures and films look like small, as a window made it: made anew where it is missing. */
export const sql = `
CREATE TABLE thumbnail (
  attachment INTEGER PRIMARY KEY REFERENCES attachment (id) ON DELETE CASCADE,
  -- WebP
  image BLOB NOT NULL
) STRICT;
`
