-- What a person chooses for themselves and for a chat; what is pinned, so that a list of it needs no
-- search through the history.
ALTER TABLE users ADD COLUMN color INTEGER NOT NULL DEFAULT 12;       -- 0 … 11; 12 = by id
ALTER TABLE users ADD COLUMN seen INTEGER NOT NULL DEFAULT 1;         -- 0: last_seen is not shown
ALTER TABLE chats ADD COLUMN post INTEGER NOT NULL DEFAULT 1;         -- who may send: all 1, moderators 2
ALTER TABLE members ADD COLUMN muted_until INTEGER NOT NULL DEFAULT 0; -- of a mute; 0 = until unmuted
ALTER TABLE members ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;     -- on top of one's own list

CREATE TABLE pins (
    chat INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (chat, seq)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO pins (chat, seq) SELECT id >> 32, id & 0xffffffff FROM history WHERE flags & 3 = 2;
INSERT OR IGNORE INTO pins (chat, seq) SELECT id >> 32, id & 0xffffffff FROM log WHERE flags & 3 = 2;
