"""Metrics of both networks, and the reports made from them."""
