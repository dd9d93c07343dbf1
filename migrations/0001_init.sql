-- The first schema. `log` takes commits in commit order; behind them rows are folded, sorted by chat,
-- into `history`; both hold an event and the present state of the item it may be.
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id INTEGER PRIMARY KEY,              -- never reused: deleted users stay as rows
    name TEXT NOT NULL UNIQUE,
    display TEXT NOT NULL,
    role INTEGER NOT NULL,               -- guest 1, bot 2, member 3, admin 4, owner 5
    disabled INTEGER NOT NULL DEFAULT 0,
    receipts INTEGER NOT NULL DEFAULT 1, -- 0: shows no marks and sees none
    password TEXT,                       -- scrypt$…, NULL: none
    created INTEGER NOT NULL,
    last_seen INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE devices (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL,
    name TEXT NOT NULL,
    token BLOB NOT NULL,                 -- SHA-256 of the secret
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL
) STRICT;

CREATE TABLE links (                     -- set-up (user 0) and sign-in links
    secret BLOB PRIMARY KEY,             -- SHA-256
    user INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invites (
    id INTEGER PRIMARY KEY,
    secret BLOB NOT NULL UNIQUE,         -- SHA-256
    role INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0,
    expires INTEGER NOT NULL,
    by INTEGER NOT NULL,
    chats TEXT NOT NULL                  -- JSON array of chat ids
) STRICT;

CREATE TABLE chats (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,               -- direct 1, group 2, channel 3
    title TEXT NOT NULL,
    topic TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    history INTEGER NOT NULL DEFAULT 1,  -- all 1, since_join 2
    pair INTEGER UNIQUE,                 -- direct: lower user << 32 | higher user
    created INTEGER NOT NULL,
    head INTEGER NOT NULL DEFAULT 0,     -- as of the last fold; the log holds what came after
    msg_no INTEGER NOT NULL DEFAULT 0,
    last_ts INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE members (
    user INTEGER NOT NULL,
    chat INTEGER NOT NULL,
    role INTEGER NOT NULL,               -- readonly 1, member 2, moderator 3, owner 4
    level INTEGER NOT NULL DEFAULT 1,    -- all 1, mentions 2, none 3
    muted INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    read_msg INTEGER NOT NULL DEFAULT 0,
    alerted INTEGER NOT NULL DEFAULT 0,
    visible_from INTEGER NOT NULL DEFAULT 0,
    unread_from INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user, chat)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_chat ON members (chat);

CREATE TABLE mentions (
    user INTEGER NOT NULL,
    chat INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (user, chat, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE heres (                     -- @here: one row a message, counted by range
    chat INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (chat, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
    commit_no INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,                 -- chat << 32 | seq
    ts INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,    -- item: 1 deleted, 2 pinned
    msg_no INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    target INTEGER NOT NULL,
    edited_ts INTEGER NOT NULL DEFAULT 0,
    cid TEXT,
    sent BLOB,                           -- digest of (chat, kind, body as first sent)
    body TEXT,
    args TEXT,
    now TEXT,                            -- item: body after edits
    reactions TEXT                       -- item: {"emoji":[user…]}
) STRICT;

CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    commit_no INTEGER NOT NULL,
    ts INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    msg_no INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    target INTEGER NOT NULL,
    edited_ts INTEGER NOT NULL DEFAULT 0,
    cid TEXT,
    body TEXT,
    args TEXT,
    now TEXT,
    reactions TEXT
) STRICT;

-- finds the edit events of a message whose text must go
CREATE INDEX history_edits ON history (id >> 32, target) WHERE kind = 2;

CREATE TABLE cids (
    sender INTEGER NOT NULL,
    cid TEXT NOT NULL,
    id INTEGER NOT NULL,                 -- of the event; chat << 32 for chat.create
    sent BLOB NOT NULL,
    PRIMARY KEY (sender, cid)
) STRICT, WITHOUT ROWID;
