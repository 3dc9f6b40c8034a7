/** Previews of pictures that are not downloaded yet. */
export const sql = `
-- ThumbHash (https://github.com/evanw/thumbhash), base64
ALTER TABLE attachment ADD COLUMN preview TEXT;
`
