/** Several accounts: each has its own conversations, contacts and archives. Runs without foreign keys enforced. */
const OWN = "coalesce((SELECT jid FROM account ORDER BY id LIMIT 1), '')"
export const sql = `
CREATE TABLE conversation_of (
  id INTEGER PRIMARY KEY,
  jid TEXT NOT NULL,
  -- whose it is; '': nobody's, such as an imported one
  account TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('direct', 'group')),
  name TEXT NOT NULL,
  nick TEXT,
  unread INTEGER NOT NULL DEFAULT 0,
  read_up_to INTEGER NOT NULL DEFAULT 0,
  last_message INTEGER,
  draft TEXT NOT NULL DEFAULT '',
  uses REAL NOT NULL DEFAULT 0,
  used_at INTEGER NOT NULL DEFAULT 0,
  seen_up_to INTEGER NOT NULL DEFAULT 0,
  subject TEXT NOT NULL DEFAULT '',
  out_why TEXT,
  out_reason TEXT NOT NULL DEFAULT '',
  password TEXT,
  notify TEXT NOT NULL DEFAULT 'all' CHECK (notify IN ('all', 'mentions', 'none')),
  pinned INTEGER,
  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  marked_unread INTEGER NOT NULL DEFAULT 0 CHECK (marked_unread IN (0, 1)),
  UNIQUE (jid, account)
) STRICT;
INSERT INTO conversation_of (id, jid, account, kind, name, nick, unread, read_up_to, last_message, draft, uses, used_at, seen_up_to, subject, out_why, out_reason, password, notify, pinned, archived, marked_unread)
  SELECT id, jid, CASE WHEN jid LIKE '%.invalid' THEN '' ELSE ${OWN} END, kind, name, nick, unread, read_up_to, last_message, draft, uses, used_at, seen_up_to, subject, out_why, out_reason, password, notify, pinned, archived, marked_unread FROM conversation;
DROP TABLE conversation;
ALTER TABLE conversation_of RENAME TO conversation;
CREATE TRIGGER conversation_added AFTER INSERT ON conversation BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER conversation_renamed AFTER UPDATE OF name ON conversation WHEN new.name <> old.name BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER conversation_removed AFTER DELETE ON conversation BEGIN UPDATE name_change SET count = count + 1; END;

CREATE TABLE contact_of (
  jid TEXT NOT NULL,
  -- in whose roster
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  subscription TEXT NOT NULL CHECK (subscription IN ('none', 'to', 'from', 'both')),
  given TEXT NOT NULL DEFAULT '',
  nick TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (jid, account)
) STRICT, WITHOUT ROWID;
INSERT INTO contact_of SELECT jid, ${OWN}, name, subscription, given, nick FROM contact;
DROP TABLE contact;
ALTER TABLE contact_of RENAME TO contact;
CREATE TRIGGER contact_added AFTER INSERT ON contact BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER contact_renamed AFTER UPDATE OF name ON contact WHEN new.name <> old.name BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER contact_removed AFTER DELETE ON contact BEGIN UPDATE name_change SET count = count + 1; END;
UPDATE name_change SET count = count + 1;

CREATE TABLE archive_of (
  jid TEXT NOT NULL,
  -- who reads it: a group has one archive, and each of our accounts its own part of it
  account TEXT NOT NULL,
  last_id TEXT NOT NULL,
  last_key INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (jid, account)
) STRICT, WITHOUT ROWID;
INSERT INTO archive_of SELECT jid, ${OWN}, last_id, last_key FROM archive;
DROP TABLE archive;
ALTER TABLE archive_of RENAME TO archive;
CREATE TABLE archive_hole_of (
  jid TEXT NOT NULL,
  account TEXT NOT NULL,
  before_id TEXT NOT NULL,
  after_id TEXT,
  floor INTEGER,
  PRIMARY KEY (jid, account)
) STRICT, WITHOUT ROWID;
INSERT INTO archive_hole_of SELECT jid, ${OWN}, before_id, after_id, floor FROM archive_hole;
DROP TABLE archive_hole;
ALTER TABLE archive_hole_of RENAME TO archive_hole;
`
