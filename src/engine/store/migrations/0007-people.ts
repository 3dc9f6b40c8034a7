/** Profile data that people publish. */
export const sql = `
-- the name that the user gave a contact, and what it calls itself (XEP-0172); name is the first of them that there is
ALTER TABLE contact ADD COLUMN given TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN nick TEXT NOT NULL DEFAULT '';
UPDATE contact SET given = name;
-- XEP-0084
CREATE TABLE avatar (
  jid TEXT PRIMARY KEY,
  -- SHA-1, hex
  hash TEXT NOT NULL,
  -- its name in the media folder
  stored TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
