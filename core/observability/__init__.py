"""Metrics, logs and traces, asked in words."""
