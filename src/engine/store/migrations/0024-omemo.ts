/** OMEMO (XEP-0384): this device's keys, others' devices and sessions with them; encrypted conversations. */
export const sql = `
-- our device of each account
CREATE TABLE omemo_own (
  account TEXT PRIMARY KEY,
  device INTEGER NOT NULL,
  -- Ed25519, of which the identity follows
  seed BLOB NOT NULL,
  -- the next prekey's number; one is never used twice
  next_id INTEGER NOT NULL,
  -- the bundle has changed since the server last took it
  unpublished INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE omemo_pre_key (
  account TEXT NOT NULL REFERENCES omemo_own (account) ON DELETE CASCADE,
  id INTEGER NOT NULL,
  secret BLOB NOT NULL,
  -- when it was made, ms; of signed ones, which are many times used
  signed_at INTEGER,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- devices that others, and we ourselves, announce or have written with
CREATE TABLE omemo_device (
  account TEXT NOT NULL REFERENCES omemo_own (account) ON DELETE CASCADE,
  jid TEXT NOT NULL,
  device INTEGER NOT NULL,
  -- X25519; null: its bundle was not read
  identity BLOB,
  -- its owner's list has it
  active INTEGER NOT NULL DEFAULT 0,
  trust TEXT NOT NULL,
  -- ms; 0: never
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, jid, device)
) STRICT, WITHOUT ROWID;

-- in a table of its own: a session is rewritten with each message
CREATE TABLE omemo_session (
  account TEXT NOT NULL REFERENCES omemo_own (account) ON DELETE CASCADE,
  jid TEXT NOT NULL,
  device INTEGER NOT NULL,
  -- JSON (xmpp/omemo/stored.ts)
  sessions TEXT NOT NULL,
  PRIMARY KEY (account, jid, device)
) STRICT, WITHOUT ROWID;

-- 'on': it was encrypted once and stays so; 'off': the user wants it plain; null: nobody has decided
ALTER TABLE conversation ADD COLUMN encryption TEXT;

ALTER TABLE change ADD COLUMN encrypted INTEGER NOT NULL DEFAULT 0;

-- so far nothing that was encrypted could be read
UPDATE message SET flags = flags | 16384 WHERE flags & 8192;
UPDATE doc SET flags = flags | 16384 WHERE flags & 8192;
`
