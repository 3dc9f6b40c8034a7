/** Corrections, retractions and reactions stand in the order of their archive, not of the clocks that stamped them; see tables/change.ts. */
const MIDDLE = 2 ** 31
export const sql = `
ALTER TABLE change ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
UPDATE change SET place = ${MIDDLE} + r.n FROM (SELECT id, row_number() OVER (PARTITION BY conversation ORDER BY time, id) AS n FROM change) r WHERE r.id = change.id;
CREATE INDEX change_by_place ON change (conversation, place);
-- counts how often an archive was begun anew from its end: what comes then stands above what was there
ALTER TABLE archive ADD COLUMN era INTEGER NOT NULL DEFAULT 0;
`
