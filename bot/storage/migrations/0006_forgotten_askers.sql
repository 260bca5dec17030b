-- Who asked, and in which channel, is no longer kept after a day: NULL then.
DROP INDEX answers_user;
DROP INDEX answers_channel;
ALTER TABLE answers RENAME COLUMN user TO asker;
ALTER TABLE answers RENAME COLUMN channel TO place;
ALTER TABLE answers ADD COLUMN user INTEGER;
ALTER TABLE answers ADD COLUMN channel INTEGER;
UPDATE answers SET user = asker, channel = place;
ALTER TABLE answers DROP COLUMN asker;
ALTER TABLE answers DROP COLUMN place;
CREATE INDEX answers_user ON answers (user);
CREATE INDEX answers_channel ON answers (channel, id);
