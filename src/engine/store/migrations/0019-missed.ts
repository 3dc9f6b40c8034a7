/** Flag of an archive hole that arose while we were away for longer than the server remembered our position: messages in it are unread. */
export const sql = `
ALTER TABLE archive_hole ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;
`
