"""Calling people until somebody answers: pages, by escalation policies and everybody's own ways."""
