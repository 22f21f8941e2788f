"""Runs that are looked for by what they did and when."""
