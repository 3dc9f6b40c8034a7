/** Ids are not unique: broken servers, groups and clients give one twice. A correction whose message is missing stands in for it. */
export const sql = `
DROP INDEX message_by_stanza_id;
CREATE INDEX message_by_stanza_id ON message (conversation, stanza_id) WHERE stanza_id IS NOT NULL;

DROP INDEX change_by_stanza_id;
CREATE INDEX change_by_stanza_id ON change (conversation, stanza_id) WHERE stanza_id IS NOT NULL;
DROP INDEX change_by_origin_id;
CREATE INDEX change_by_origin_id ON change (conversation, origin_id) WHERE origin_id IS NOT NULL;
-- the id of its stanza (RFC 6120 section 8.1.3) where that is not the origin-id
ALTER TABLE change ADD COLUMN message_id TEXT;
CREATE INDEX change_by_message_id ON change (conversation, message_id) WHERE message_id IS NOT NULL;

-- messages that were made of a correction; message_id is that of the one which it corrects
CREATE TABLE stand_in (
  message INTEGER PRIMARY KEY REFERENCES message (id) ON UPDATE CASCADE ON DELETE CASCADE
) STRICT;
`
