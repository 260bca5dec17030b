-- The record of retraining: who trained what, from which text, with which result.
CREATE TABLE trainings (
    id TEXT PRIMARY KEY,
    server INTEGER,               -- NULL: trained by the host
    user INTEGER,                 -- NULL: of the host, or forgotten
    member TEXT NOT NULL,         -- what they were called then
    network TEXT NOT NULL,
    source TEXT NOT NULL,         -- what the upload was called; empty for the default text
    corpus TEXT,                  -- SHA-256 of the text; of the default one known at the end
    locale TEXT NOT NULL,
    channel INTEGER,              -- where it is shown
    message INTEGER,              -- the message that shows it
    began TEXT NOT NULL,
    ended TEXT,
    result TEXT NOT NULL,
    version TEXT,
    new_score REAL,
    old_score REAL,
    is_worse INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX trainings_of_server ON trainings (server, began);
CREATE INDEX trainings_of_version ON trainings (version);
