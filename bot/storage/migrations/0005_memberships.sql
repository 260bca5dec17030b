-- The Discord servers that the bot is in, to notice those that it was removed from while it was off.
CREATE TABLE memberships (
    server INTEGER PRIMARY KEY,
    application INTEGER NOT NULL, -- whose bot was seen there last
    missing_since REAL            -- seconds since 1970; NULL while Discord lists it
) STRICT;
