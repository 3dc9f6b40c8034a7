/** Index for the last change of a message. */
export const sql = `
DROP INDEX change_by_target;
CREATE INDEX change_by_target ON change (conversation, target, place);
`
