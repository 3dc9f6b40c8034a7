/** Imported histories shown within another conversation of the same person or group, until they are separated again. */
export const sql = `
-- the conversation that shows the messages of this one
ALTER TABLE conversation ADD COLUMN joined_into INTEGER REFERENCES conversation (id) ON DELETE SET NULL;
-- of a message that another conversation shows: the conversation that it was imported into
ALTER TABLE message ADD COLUMN home INTEGER;
CREATE INDEX message_home ON message (home) WHERE home IS NOT NULL;
CREATE INDEX conversation_joined ON conversation (joined_into) WHERE joined_into IS NOT NULL;
`
