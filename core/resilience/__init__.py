"""Limits and back-off, as pure rules."""
