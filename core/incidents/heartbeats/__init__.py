"""Heartbeats: what has to report again and again, and becomes an alert when it does not."""
