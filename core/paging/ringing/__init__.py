"""Calling one person by one way after another."""
