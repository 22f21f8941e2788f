"""Layers of a schedule that are kept in a calendar elsewhere: read, understood, and kept for when it is away."""
