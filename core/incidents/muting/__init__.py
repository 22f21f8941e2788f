"""Keeping alerts quiet for a time, and hearing again what still fires afterwards."""
