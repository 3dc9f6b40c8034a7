/** The last of thousands of changes of one message is found without reading the others. */
export const sql = `
DROP INDEX change_by_target;
CREATE INDEX change_by_target ON change (conversation, target, place);
`
