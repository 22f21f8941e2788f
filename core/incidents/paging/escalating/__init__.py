"""Calling the next people for an incident."""
