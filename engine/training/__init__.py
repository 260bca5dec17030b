"""Training loops of both networks, and what turns a corpus into a version."""
