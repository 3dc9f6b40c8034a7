/** What a picture looks like before it is here. */
export const sql = `
-- ThumbHash (https://github.com/evanw/thumbhash), base64
ALTER TABLE attachment ADD COLUMN preview TEXT;
`
