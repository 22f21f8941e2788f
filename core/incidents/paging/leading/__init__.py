"""Whoever answers the page of an incident leads it."""
