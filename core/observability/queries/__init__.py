"""Queries built from their parts, so that they are always well-formed."""
