"""Runs that a step of another run has started."""
