"""Reminding those who lead an incident that others wait for news of it."""
