"""Changing what a run that waits for people is told."""
