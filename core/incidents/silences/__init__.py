"""Silences and maintenance windows: alerts that are kept and shown, and told to nobody."""
