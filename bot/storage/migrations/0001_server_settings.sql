-- What the admins of a Discord server have set; NULL: as it is by default.
CREATE TABLE server_settings (
    server INTEGER PRIMARY KEY,
    prefix TEXT,
    channels TEXT,                -- where the bot may speak: ids in JSON
    trainer_role INTEGER,         -- who may retrain beside the managers of the server
    user_cooldown_seconds REAL,
    channel_cooldown_seconds REAL,
    temperature REAL,
    locale TEXT,
    allows_indecent INTEGER
) STRICT;
