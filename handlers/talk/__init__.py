"""From words to what is meant; what is remembered of it, learned from it, and answered in words."""
