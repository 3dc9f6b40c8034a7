/** Corrections, retractions, reactions; and the message that a message answers. */
export const sql = `
-- RFC 6120 section 8.1.3: the stanza's own id, where it is not the origin-id
ALTER TABLE message ADD COLUMN message_id TEXT;
-- XEP-0461: an id of the message that this one answers
ALTER TABLE message ADD COLUMN reply_to TEXT;
CREATE INDEX message_by_message_id ON message (conversation, message_id) WHERE message_id IS NOT NULL;
DROP INDEX message_by_origin_id;
CREATE UNIQUE INDEX message_by_origin_id ON message (conversation, origin_id, sender) WHERE origin_id IS NOT NULL;

-- the newest own message that the other one has seen (XEP-0333)
ALTER TABLE conversation ADD COLUMN seen_up_to INTEGER NOT NULL DEFAULT 0;

-- where what was read of an archive ends in history: message ids
ALTER TABLE archive ADD COLUMN last_key INTEGER NOT NULL DEFAULT 0;
ALTER TABLE archive_hole ADD COLUMN floor INTEGER;

-- own messages whose place the archive has not said yet
CREATE INDEX message_unplaced ON message (id) WHERE outgoing = 1 AND stanza_id IS NULL AND origin_id IS NOT NULL AND state <> 'failed';

-- They are kept also where their message is not here yet: older history comes later.
CREATE TABLE change (
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  sender TEXT NOT NULL,
  outgoing INTEGER NOT NULL CHECK (outgoing IN (0, 1)),
  kind TEXT NOT NULL CHECK (kind IN ('correction', 'retraction', 'reactions')),
  -- the message's origin-id, stanza's id or stanza-id, as the change names it
  target TEXT NOT NULL,
  -- the new text; emoji, separated by spaces
  text TEXT NOT NULL,
  time INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('received', 'queued', 'sent', 'failed')),
  stanza_id TEXT,
  origin_id TEXT
) STRICT;
CREATE INDEX change_by_target ON change (conversation, target);
CREATE UNIQUE INDEX change_by_stanza_id ON change (conversation, stanza_id) WHERE stanza_id IS NOT NULL;
CREATE UNIQUE INDEX change_by_origin_id ON change (conversation, origin_id, sender) WHERE origin_id IS NOT NULL;
CREATE INDEX change_queued ON change (id) WHERE state = 'queued';

-- Messages that the user deleted here: their archive still has them.
CREATE TABLE deleted (
  conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  stanza_id TEXT NOT NULL,
  PRIMARY KEY (conversation, stanza_id)
) STRICT, WITHOUT ROWID;
`
