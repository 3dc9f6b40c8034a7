/** Read positions that follow from an answer written on another device. */
export const sql = `
-- 1: nobody was told of the read position; our other devices may still count the messages before it as unread
ALTER TABLE conversation ADD COLUMN by_answer INTEGER NOT NULL DEFAULT 0;
`
