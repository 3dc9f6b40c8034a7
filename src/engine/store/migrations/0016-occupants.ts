/** XEP-0421: whose a message in a group is, whatever nickname they have; null where the group does not say. */
export const sql = `
ALTER TABLE message ADD COLUMN occupant TEXT;
ALTER TABLE change ADD COLUMN occupant TEXT;
`
