/** Index of queued messages; kinds of group conversations corrected; deleted messages are recognized by their archive position. */
export const sql = `
CREATE INDEX message_queued ON message (id) WHERE state = 'queued';

-- we have been in it, or somebody in it has written to us in private: it is a group
UPDATE conversation SET kind = 'group' WHERE kind = 'direct' AND instr(jid, '/') = 0 AND (nick IS NOT NULL OR out_why IS NOT NULL
  OR EXISTS (SELECT 1 FROM conversation o WHERE o.account = conversation.account AND o.jid > conversation.jid || '/' AND o.jid < conversation.jid || '0'));

-- the last message that was there when the conversation was deleted
ALTER TABLE conversation ADD COLUMN cleared_key INTEGER NOT NULL DEFAULT 0;
-- whether older history is read from below that place: 1 yes, 0 not yet, 2 deleted by an older version, which knew its time alone
ALTER TABLE conversation ADD COLUMN cleared_met INTEGER NOT NULL DEFAULT 0;
UPDATE conversation SET cleared_key = cleared * 1024 + 1023, cleared_met = 2 WHERE cleared > 0;
`
