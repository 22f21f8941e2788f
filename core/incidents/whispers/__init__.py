"""Telling one person in private what they need for an incident."""
