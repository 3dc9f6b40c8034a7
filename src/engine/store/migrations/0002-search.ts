/** Data for search beside the texts: numbered rows, senders by number, attachments. The index is rebuilt. */
export const sql = `
ALTER TABLE message ADD COLUMN doc INTEGER;
ALTER TABLE message ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;
-- what is still to be sent, and what the index does not have yet: one index, for each costs every message a little
DROP INDEX message_queued;
CREATE INDEX message_pending ON message (id) WHERE state = 'queued' OR doc IS NULL;

-- how often a conversation is opened, halved with time; see tables/conversation.ts
ALTER TABLE conversation ADD COLUMN uses REAL NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;

CREATE TABLE address (
  id INTEGER PRIMARY KEY,
  jid TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE attachment (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message (id) ON UPDATE CASCADE ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'video', 'voice', 'file')),
  name TEXT NOT NULL,
  -- NULL where nobody said
  bytes INTEGER,
  -- the file's name in the profile's media folder; NULL where it is not on this computer
  stored TEXT
) STRICT;
CREATE INDEX attachment_by_message ON attachment (message);

-- One row for each row of the index: what a search needs of a message without reading it.
CREATE TABLE doc (
  -- the index's row id: dense, and in the order of history within a run
  doc INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  conversation INTEGER NOT NULL,
  -- an address
  sender INTEGER NOT NULL,
  -- FLAG, and OUTGOING
  flags INTEGER NOT NULL,
  -- of the text, in UTF-16 units
  length INTEGER NOT NULL
) STRICT;

-- Stretches of docs in which a larger doc is a later message.
CREATE TABLE doc_run (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  -- the message ids of first and last
  oldest INTEGER NOT NULL,
  newest INTEGER NOT NULL
) STRICT;

-- Docs that changed or went, for readers that keep a copy; new ones are not listed.
CREATE TABLE doc_change (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  doc INTEGER NOT NULL
) STRICT;

DROP TABLE message_index;
CREATE VIEW indexed_text AS
  SELECT d.doc, m.text, (SELECT group_concat(name, char(10)) FROM attachment WHERE message = m.id) AS files
  FROM doc d JOIN message m ON m.id = d.message;
CREATE VIRTUAL TABLE message_index USING fts5 (
  text,
  files,
  content = 'indexed_text',
  content_rowid = 'doc',
  columnsize = 0,
  tokenize = 'mnemo'
);
-- fits one page of an encrypted database
INSERT INTO message_index (message_index, rank) VALUES ('pgsz', 3960);
-- what is deleted leaves the index's pages at once
INSERT INTO message_index (message_index, rank) VALUES ('secure-delete', 1);
-- a large import is sorted in memory; merges are left to idle times
INSERT INTO message_index (message_index, rank) VALUES ('hashsize', 67108864);
INSERT INTO message_index (message_index, rank) VALUES ('automerge', 0);
`
