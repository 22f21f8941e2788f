"""Locks that limit how many runs of a kind go on at once."""
