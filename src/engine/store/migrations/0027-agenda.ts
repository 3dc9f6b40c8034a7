/** Scheduled messages and reminders of messages. Times in ms. */
export const sql = `
CREATE TABLE scheduled (
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  -- the message that it answers
  reply INTEGER REFERENCES message (id) ON UPDATE CASCADE ON DELETE SET NULL,
  due INTEGER NOT NULL,
  origin_id TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX scheduled_due ON scheduled (due);
CREATE INDEX scheduled_of ON scheduled (conversation);
CREATE INDEX scheduled_reply ON scheduled (reply) WHERE reply IS NOT NULL;
CREATE TABLE reminder (
  message INTEGER PRIMARY KEY REFERENCES message (id) ON UPDATE CASCADE ON DELETE CASCADE,
  due INTEGER NOT NULL
) STRICT;
CREATE INDEX reminder_due ON reminder (due);
`
