/** Picture that came with a link's metadata. */
export const sql = `
-- a data: URL
ALTER TABLE link ADD COLUMN image TEXT;
`
