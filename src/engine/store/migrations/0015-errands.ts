/** Requests still to be sent to the server: read state, leaving, blocking, contact names. The last request of a kind about an address counts. */
export const sql = `
CREATE TABLE errand (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  jid TEXT NOT NULL,
  -- JSON
  value TEXT NOT NULL,
  UNIQUE (account, kind, jid)
);
`
