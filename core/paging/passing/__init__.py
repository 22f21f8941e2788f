"""Whoever a page calls, and cannot come, has another called in their place."""
