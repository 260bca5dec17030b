-- Which message shows an answer: when that is deleted on Discord, so is the answer.
ALTER TABLE answers ADD COLUMN message INTEGER;  -- NULL before it is sent, and after a day
CREATE INDEX answers_message ON answers (message) WHERE message IS NOT NULL;
