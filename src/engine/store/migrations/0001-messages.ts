/** First schema. */
export const sql = `
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  jid TEXT NOT NULL UNIQUE,
  -- an AccountSettings as JSON; the file is encrypted as a whole
  settings TEXT NOT NULL
) STRICT;

CREATE TABLE contact (
  jid TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- RFC 6121 section 2.1.2.5
  subscription TEXT NOT NULL CHECK (subscription IN ('none', 'to', 'from', 'both'))
) STRICT, WITHOUT ROWID;

CREATE TABLE conversation (
  id INTEGER PRIMARY KEY,
  jid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('direct', 'group')),
  name TEXT NOT NULL,
  nick TEXT,
  unread INTEGER NOT NULL DEFAULT 0,
  read_up_to INTEGER NOT NULL DEFAULT 0,
  last_message INTEGER,
  draft TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE message (
  -- its place in history: time in ms * 1024 + a number within that ms; see store/order.ts
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversation (id),
  sender TEXT NOT NULL,
  outgoing INTEGER NOT NULL CHECK (outgoing IN (0, 1)),
  text TEXT NOT NULL,
  -- what is shown; the id alone decides the order
  time INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('received', 'queued', 'sent', 'delivered', 'failed')),
  error TEXT,
  -- XEP-0359: the id its archive gave it, and the id its sender gave it
  stanza_id TEXT,
  origin_id TEXT
) STRICT;
CREATE INDEX message_by_conversation ON message (conversation, id);
CREATE UNIQUE INDEX message_by_stanza_id ON message (conversation, stanza_id) WHERE stanza_id IS NOT NULL;
CREATE UNIQUE INDEX message_by_origin_id ON message (conversation, sender, origin_id) WHERE origin_id IS NOT NULL;
CREATE INDEX message_queued ON message (id) WHERE state = 'queued';

-- How far each archive (XEP-0313; the account's own bare address, or a group's) has been read.
CREATE TABLE archive (
  jid TEXT PRIMARY KEY,
  -- the newest archive id that is stored, with everything before it but the holes below
  last_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A stretch of an archive that is not stored yet: all before before_id, down to after_id (exclusive; NULL: its start).
CREATE TABLE archive_hole (
  jid TEXT PRIMARY KEY,
  before_id TEXT NOT NULL,
  after_id TEXT
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE message_index USING fts5 (
  text,
  content = 'message',
  content_rowid = 'id',
  tokenize = 'mnemo'
);
`
