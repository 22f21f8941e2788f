"""Signing in, one-time links and the second factor, through the pages."""
