"""How a message leans on what was said before it."""
