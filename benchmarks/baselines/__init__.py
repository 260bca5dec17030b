"""The article's way of doing it, written plainly."""
