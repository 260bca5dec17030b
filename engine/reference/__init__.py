"""The procedures of the original article, with its own symbols."""
