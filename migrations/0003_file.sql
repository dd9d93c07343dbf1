-- Uploads, what they hold, and which messages show them.
CREATE TABLE blobs (
    hash TEXT PRIMARY KEY,               -- SHA-256 of the content, hexadecimal: its name on disk
    size INTEGER NOT NULL,
    type TEXT NOT NULL                   -- by content
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
    id TEXT PRIMARY KEY,                 -- 32 hexadecimal digits, random
    owner INTEGER NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,               -- as announced; never exceeded
    blob TEXT,                           -- NULL: not committed
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_owner ON files (owner, size);
CREATE INDEX files_by_blob ON files (blob) WHERE blob IS NOT NULL;

CREATE TABLE file_refs (                 -- made and dropped in the transaction of the message
    file TEXT NOT NULL,
    chat INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (file, chat, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_refs_by_message ON file_refs (chat, seq);
