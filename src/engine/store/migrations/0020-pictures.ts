/** Pictures are looked up by their hash at each presence that names one (XEP-0153 section 3.3). */
export const sql = `
CREATE INDEX avatar_by_hash ON avatar (hash);
`
