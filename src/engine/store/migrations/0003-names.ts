/** Counter of name changes, so that caches of names know when to read them again. */
export const sql = `
CREATE TABLE name_change (
  count INTEGER NOT NULL
) STRICT;
INSERT INTO name_change VALUES (0);
CREATE TRIGGER contact_added AFTER INSERT ON contact BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER contact_renamed AFTER UPDATE OF name ON contact WHEN new.name <> old.name BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER contact_removed AFTER DELETE ON contact BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER conversation_added AFTER INSERT ON conversation BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER conversation_renamed AFTER UPDATE OF name ON conversation WHEN new.name <> old.name BEGIN UPDATE name_change SET count = count + 1; END;
CREATE TRIGGER conversation_removed AFTER DELETE ON conversation BEGIN UPDATE name_change SET count = count + 1; END;
`
