/** Deleted conversations with messages still to be removed. */
export const sql = `
ALTER TABLE conversation ADD COLUMN clearing INTEGER NOT NULL DEFAULT 0;
CREATE INDEX conversation_clearing ON conversation (id) WHERE clearing = 1;
`
