"""Requests that take the place of others."""
