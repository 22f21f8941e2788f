"""Somebody answers pages, one or several at once."""
