"""Log, metrics, the access log, model alerts."""
