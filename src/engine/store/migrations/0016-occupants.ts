/** Occupant ids (XEP-0421): the author of a group message under any nickname; null if the group gives none. */
export const sql = `
ALTER TABLE message ADD COLUMN occupant TEXT;
ALTER TABLE change ADD COLUMN occupant TEXT;
`
