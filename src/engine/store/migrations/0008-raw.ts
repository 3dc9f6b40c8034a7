/** Stanzas of messages that were not fully understood. */
export const sql = `
CREATE TABLE raw (
  message INTEGER PRIMARY KEY REFERENCES message (id) ON UPDATE CASCADE ON DELETE CASCADE,
  -- as it came (RFC 6120 section 4.8), XML
  stanza TEXT NOT NULL,
  -- the version of our decoder that did not understand it
  decoder INTEGER NOT NULL
) STRICT;
`
