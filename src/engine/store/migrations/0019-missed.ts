/** What is still missing of an archive may have come while we were away for longer than the server remembered our place: then it is unread. */
export const sql = `
ALTER TABLE archive_hole ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;
`
