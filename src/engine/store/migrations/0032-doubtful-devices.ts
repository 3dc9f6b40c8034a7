/** Reason why the user has to decide about a known device. */
export const sql = `
-- 'key': its identity key has changed; 'returned': the user removed it, and it is listed again
ALTER TABLE omemo_device ADD COLUMN doubt TEXT;
`
