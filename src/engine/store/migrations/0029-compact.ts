/**
 * Smaller messages: ids that are UUIDs or numbers are stored as such, senders and states are numbers, a time implied by the key is not stored, and id indexes
 * hold the ends of ids only. Runs without foreign keys enforced, in one transaction: an interrupted migration starts again.
 */

/** Packed id, as ids.ts packed them when this was written: 16 bytes of a lower-case UUID, whole numbers, else the text. */
export const packed = (id: string): string => {
  const bytes = `unhex(replace(${id}, '-', ''))`
  const uuid = `length(${id}) = 36 AND ${id} = lower(${id}) AND ${id} GLOB '????????-????-????-????-????????????' AND length(${bytes}) = 16`
  const number = `length(${id}) BETWEEN 5 AND 15 AND ${id} NOT GLOB '*[^0-9]*' AND ${id} NOT GLOB '0*'`
  return `CASE WHEN ${uuid} THEN ${bytes} WHEN ${number} THEN CAST(${id} AS INTEGER) ELSE ${id} END`
}
/** Inverse of `packed`. */
const unpacked = (key: string): string => {
  const hex = `hex(${key})`
  const part = (from: number, length: number): string => `substr(${hex}, ${from}, ${length})`
  return `CASE typeof(${key}) WHEN 'blob' THEN lower(${[part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ")}) ELSE CAST(${key} AS TEXT) END`
}
/** New columns computed from the old ones; `sender_id` is the sender's number in `address`. */
export const COMPACT = {
  stamp: 'nullif(time, id / 1024)',
  state_code: "CASE state WHEN 'received' THEN 0 WHEN 'sent' THEN 1 WHEN 'queued' THEN 2 WHEN 'delivered' THEN 3 ELSE 4 END",
  stanza_key: packed('stanza_id'),
  origin_key: packed('origin_id'),
  message_key: packed('message_id'),
  reply_key: packed('reply_to')
} as const

export const sql = `
DROP VIEW indexed_text;
INSERT OR IGNORE INTO address (jid) SELECT DISTINCT sender FROM message;
CREATE TABLE message_compact (
  -- its place in history: time in ms * 1024 + a number within that ms; see store/order.ts
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversation (id),
  -- an address
  sender_id INTEGER NOT NULL,
  outgoing INTEGER NOT NULL CHECK (outgoing IN (0, 1)),
  text TEXT NOT NULL,
  -- ms; NULL: as its place says
  stamp INTEGER,
  state_code INTEGER NOT NULL CHECK (state_code BETWEEN 0 AND 4),
  error TEXT,
  -- XEP-0359: the id its archive gave it, and the id its sender gave it; see store/ids.ts
  stanza_key ANY,
  origin_key ANY,
  doc INTEGER,
  flags INTEGER NOT NULL DEFAULT 0,
  -- RFC 6120 section 8.1.3: the stanza's own id, where it is not the origin-id
  message_key ANY,
  -- XEP-0461: an id of the message that this one answers
  reply_key ANY,
  occupant TEXT,
  home INTEGER,
  time INTEGER AS (coalesce(stamp, id / 1024)) VIRTUAL,
  state TEXT AS (CASE state_code WHEN 0 THEN 'received' WHEN 1 THEN 'sent' WHEN 2 THEN 'queued' WHEN 3 THEN 'delivered' ELSE 'failed' END) VIRTUAL,
  stanza_id TEXT AS (${unpacked('stanza_key')}) VIRTUAL,
  origin_id TEXT AS (${unpacked('origin_key')}) VIRTUAL,
  message_id TEXT AS (${unpacked('message_key')}) VIRTUAL,
  reply_to TEXT AS (${unpacked('reply_key')}) VIRTUAL
) STRICT;
INSERT INTO message_compact (id, conversation, sender_id, outgoing, text, stamp, state_code, error, stanza_key, origin_key, doc, flags, message_key, reply_key, occupant, home)
  SELECT m.id, conversation, (SELECT a.id FROM address a WHERE a.jid = m.sender), outgoing, text, ${COMPACT.stamp.replace('id /', 'm.id /')}, ${COMPACT.state_code}, error,
    ${COMPACT.stanza_key}, ${COMPACT.origin_key}, doc, flags, ${COMPACT.message_key}, ${COMPACT.reply_key}, occupant, home
  FROM message m ORDER BY m.id;
DROP TABLE message;
ALTER TABLE message_compact RENAME TO message;
-- the key itself is the end of each entry of an index
CREATE INDEX message_by_conversation ON message (conversation);
-- by the ends of ids, which differ; whose id it is says the message
CREATE INDEX message_by_stanza_id ON message (substr(stanza_key, -6)) WHERE stanza_key IS NOT NULL;
CREATE INDEX message_by_origin_id ON message (substr(origin_key, -6)) WHERE origin_key IS NOT NULL;
CREATE INDEX message_by_message_id ON message (substr(message_key, -6)) WHERE message_key IS NOT NULL;
CREATE INDEX message_pending ON message (id) WHERE state_code = 2 OR doc IS NULL;
-- after the one before: of two that would do SQLite takes the newest
CREATE INDEX message_queued ON message (id) WHERE state_code = 2;
CREATE INDEX message_unplaced ON message (id) WHERE outgoing = 1 AND stanza_key IS NULL AND origin_key IS NOT NULL AND state_code <> 4;
CREATE INDEX message_pinned ON message (conversation, id) WHERE flags & 4096;
CREATE INDEX message_mention ON message (conversation, id) WHERE flags & 32;
CREATE INDEX message_home ON message (home) WHERE home IS NOT NULL;
CREATE VIEW indexed_text AS
  SELECT d.doc, m.text, (SELECT group_concat(name, char(10)) FROM attachment WHERE message = m.id) AS files
  FROM doc d JOIN message m ON m.id = d.message;
`
