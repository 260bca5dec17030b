-- The slash commands that Discord knows of, to register them only when they have changed.
CREATE TABLE synced_commands (
    application INTEGER PRIMARY KEY,
    digest TEXT NOT NULL
) STRICT;
