"""Wishes in words: what somebody wants to run, kept while they are asked for what is missing."""
