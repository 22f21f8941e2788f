"""Requests that no policy asks anybody about."""
