/** Data of contacts and conversations beside messages: roster groups, notes, own names, notification settings of each conversation. */
export const sql = `
-- of the roster: names of its groups (RFC 6121 section 2.1.2.4), as JSON, and whether the contact has yet to answer
ALTER TABLE contact ADD COLUMN roster_groups TEXT NOT NULL DEFAULT '[]';
ALTER TABLE contact ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
-- the user's own, seen by nobody else
ALTER TABLE conversation ADD COLUMN note TEXT NOT NULL DEFAULT '';
-- instead of the group's; empty: the group's
ALTER TABLE conversation ADD COLUMN own_name TEXT NOT NULL DEFAULT '';
-- nothing is told of it until then, ms
ALTER TABLE conversation ADD COLUMN muted_until INTEGER;
-- of notifications; null: as the settings say
ALTER TABLE conversation ADD COLUMN notify_sound INTEGER;
ALTER TABLE conversation ADD COLUMN notify_text INTEGER;
-- the format of the history that it was imported from
ALTER TABLE conversation ADD COLUMN imported_from TEXT;
CREATE TRIGGER conversation_own_name AFTER UPDATE OF own_name ON conversation WHEN new.own_name <> old.own_name BEGIN UPDATE name_change SET count = count + 1; END;
`
