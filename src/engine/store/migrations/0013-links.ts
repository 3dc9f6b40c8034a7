/** Link metadata that messages carry (XEP-0511). */
export const sql = `
CREATE TABLE link (
  message INTEGER PRIMARY KEY REFERENCES message (id) ON UPDATE CASCADE ON DELETE CASCADE,
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  site TEXT NOT NULL
) STRICT;
`
