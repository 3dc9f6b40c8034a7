/** What is still to be told to the server: reading, leaving, blocking, names of contacts. Of each kind the last wish about somebody counts. */
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
