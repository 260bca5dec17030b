"""The features in a terminal, without Discord."""
