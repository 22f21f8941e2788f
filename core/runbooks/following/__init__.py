"""Runs that follow one that has ended, and the points from which they can."""
