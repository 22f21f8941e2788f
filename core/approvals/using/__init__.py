"""Using what was approved: once, within its window, and saying what became of it."""
