-- The step after the last released one, in binaries for test/fault only: something of every kind.
CREATE TABLE fault_next (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO fault_next (id, name) SELECT id, name FROM users;
ALTER TABLE users ADD COLUMN fault_note TEXT;
UPDATE users SET fault_note = 'next';
CREATE INDEX fault_next_name ON fault_next (name);
