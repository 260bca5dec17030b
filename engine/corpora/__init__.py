"""Reading, validating, splitting and downloading texts."""
