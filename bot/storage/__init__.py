"""What lasts: the SQLite database and the stores in it."""
