/** Indexes on whole ids with their conversations. Indexes on the ends of ids let a sender of many ids with one end slow down every search for an id. */
export const sql = (['stanza', 'origin', 'message'] as const)
  .map(
    (id) => `
DROP INDEX message_by_${id}_id;
CREATE INDEX message_by_${id}_id ON message (${id}_key, conversation) WHERE ${id}_key IS NOT NULL;`
  )
  .join('\n')
