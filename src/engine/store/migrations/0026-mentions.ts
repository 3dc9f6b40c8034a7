/** Mentions, new reactions to own messages, and the real addresses of group occupants. */
export const sql = `
CREATE INDEX message_mention ON message (conversation, id) WHERE flags & 32;
-- own messages that others have reacted to since the user last looked
CREATE TABLE reaction_news (
  message INTEGER PRIMARY KEY REFERENCES message (id) ON UPDATE CASCADE ON DELETE CASCADE,
  conversation INTEGER NOT NULL
) STRICT;
CREATE INDEX reaction_news_of ON reaction_news (conversation);
-- the person behind an occupant, by nickname (room/nick) and by occupant-id (room, line break, id), where the room shows that; empty: two have had that nickname
CREATE TABLE occupant (
  address TEXT PRIMARY KEY,
  jid TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER occupant_met AFTER INSERT ON occupant BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER occupant_changed AFTER UPDATE ON occupant BEGIN UPDATE name_change SET count = count + 1; END;
`
