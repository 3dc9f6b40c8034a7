/** Data of a conversation beside its messages. */
export const sql = `
-- a group's subject (XEP-0045 section 8.1)
ALTER TABLE conversation ADD COLUMN subject TEXT NOT NULL DEFAULT '';
-- why we are not in a group (OutReason), and what was said
ALTER TABLE conversation ADD COLUMN out_why TEXT;
ALTER TABLE conversation ADD COLUMN out_reason TEXT NOT NULL DEFAULT '';
-- to enter a group; the file is encrypted as a whole
ALTER TABLE conversation ADD COLUMN password TEXT;
ALTER TABLE conversation ADD COLUMN notify TEXT NOT NULL DEFAULT 'all' CHECK (notify IN ('all', 'mentions', 'none'));
-- when it was pinned, ms
ALTER TABLE conversation ADD COLUMN pinned INTEGER;
ALTER TABLE conversation ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1));
ALTER TABLE conversation ADD COLUMN marked_unread INTEGER NOT NULL DEFAULT 0 CHECK (marked_unread IN (0, 1));
`
