"""Tokens: the keys that programs show, each belonging to a person."""
