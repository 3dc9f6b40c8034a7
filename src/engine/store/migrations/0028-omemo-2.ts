/** Newer version of OMEMO (XEP-0384 0.8, `urn:xmpp:omemo:2`): keys, sessions and device lists by version; device names. */
export const sql = `
ALTER TABLE omemo_pre_key ADD COLUMN version TEXT NOT NULL DEFAULT 'axolotl';

-- its owner's list in the newer version has it
ALTER TABLE omemo_device ADD COLUMN active_2 INTEGER NOT NULL DEFAULT 0;
-- what its owner calls it
ALTER TABLE omemo_device ADD COLUMN label TEXT;

CREATE TABLE omemo_session_new (
  account TEXT NOT NULL REFERENCES omemo_own (account) ON DELETE CASCADE,
  jid TEXT NOT NULL,
  device INTEGER NOT NULL,
  version TEXT NOT NULL,
  -- JSON (xmpp/omemo/stored.ts)
  sessions TEXT NOT NULL,
  PRIMARY KEY (account, jid, device, version)
) STRICT, WITHOUT ROWID;
INSERT INTO omemo_session_new SELECT account, jid, device, 'axolotl', sessions FROM omemo_session;
DROP TABLE omemo_session;
ALTER TABLE omemo_session_new RENAME TO omemo_session;

-- there is a bundle more
UPDATE omemo_own SET unpublished = 1;
`
