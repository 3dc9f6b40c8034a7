/** Texts of messages before their first correction; pins; group events; group read markers; deleted conversations. */
export const sql = `
-- the first text of a message that was corrected; the later ones are in change
CREATE TABLE former_text (
  message INTEGER PRIMARY KEY REFERENCES message (id) ON UPDATE CASCADE ON DELETE CASCADE,
  text TEXT NOT NULL
) STRICT;

-- bit 4096: pinned
CREATE INDEX message_pinned ON message (conversation, id) WHERE flags & 4096;

-- what happened in a group, beside its messages
CREATE TABLE notice (
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  -- whom it concerns, as the group called them
  name TEXT NOT NULL,
  -- the new subject, the new name, the reason
  text TEXT NOT NULL,
  time INTEGER NOT NULL
) STRICT;
CREATE INDEX notice_time ON notice (conversation, time);

-- up to which message somebody in a group has read (XEP-0333)
CREATE TABLE group_seen (
  conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  nick TEXT NOT NULL,
  up_to INTEGER NOT NULL,
  PRIMARY KEY (conversation, nick)
) STRICT, WITHOUT ROWID;

-- deleted here: what is from before this time (ms) does not come back, and it is not listed until something new comes
ALTER TABLE conversation ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
`
