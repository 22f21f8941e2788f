"""Runs that nobody asks for in person: begun by the clock, by an alert, by a call from outside."""
