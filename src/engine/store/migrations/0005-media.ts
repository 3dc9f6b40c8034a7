/** Files of messages on a server (XEP-0363), and their metadata before download. */
export const sql = `
-- where its sender put it; NULL: nowhere, or not yet
ALTER TABLE attachment ADD COLUMN url TEXT;
-- its media type (RFC 6838), as its sender says
ALTER TABLE attachment ADD COLUMN type TEXT;
-- of images, in pixels
ALTER TABLE attachment ADD COLUMN width INTEGER;
ALTER TABLE attachment ADD COLUMN height INTEGER;
-- the SHA-256 that its sender gave, hex
ALTER TABLE attachment ADD COLUMN hash TEXT;
-- failed fetches; GONE: it cannot be had any more
ALTER TABLE attachment ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX attachment_to_fetch ON attachment (id) WHERE stored IS NULL AND url IS NOT NULL;
`
