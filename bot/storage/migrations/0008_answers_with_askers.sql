-- To find the answers whose asker is to be forgotten, without a look at those where it was.
CREATE INDEX answers_with_asker ON answers (created) WHERE user IS NOT NULL;
