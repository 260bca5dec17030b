-- What was answered to whom, so that it can be had again, gone on from, and explained.
CREATE TABLE answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user INTEGER NOT NULL,
    server INTEGER,               -- NULL in a direct message or a terminal
    channel INTEGER NOT NULL,
    network TEXT NOT NULL,        -- 'dino' or 'poem'
    request TEXT NOT NULL,        -- in JSON, without what the member typed
    model TEXT NOT NULL,
    typed TEXT,                   -- the first line or letters; NULL after a day
    text TEXT,                    -- of a poem; NULL after a day
    created REAL NOT NULL         -- seconds since 1970
) STRICT;
CREATE INDEX answers_created ON answers (created);
CREATE INDEX answers_channel ON answers (channel, id);
CREATE INDEX answers_user ON answers (user);
CREATE INDEX answers_server ON answers (server);
