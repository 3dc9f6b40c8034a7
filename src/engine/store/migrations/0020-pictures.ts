/** Index of avatars by hash: each presence that names one looks it up (XEP-0153 section 3.3). */
export const sql = `
CREATE INDEX avatar_by_hash ON avatar (hash);
`
