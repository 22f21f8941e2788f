"""Links that let one person do one thing once, within minutes."""
