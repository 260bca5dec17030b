"""Observability: log set-up, Prometheus metrics, the access log, alerts about models."""
